/// A stream of random numbers for initial weights and shuffling: xoshiro256++ (Blackman and Vigna, 2019),
/// seeded by SplitMix64. (`MersenneTwister` in Datasets is only for scikit-learn's splits.)
public struct RandomNumbers: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// `stream` separates the uses of one seed, so that adding a layer does not change the order of the data.
    public init(seed: Int, stream: Int = 0) {
        var mixer = UInt64(bitPattern: Int64(seed)) &+ mixed(UInt64(bitPattern: Int64(stream)) &+ 0x1f83_d9ab)
        func next() -> UInt64 {
            mixer &+= 0x9e37_79b9_7f4a_7c15
            return mixed(mixer)
        }
        state = (next(), next(), next(), next())
    }

    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(state.0 &+ state.3, 23) &+ state.0
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Returns a number uniformly distributed in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Returns a permutation of 0..<count (Fisher-Yates).
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        order.shuffle(using: &self)
        return order
    }
}

/// SplitMix64's finalizer: a bijection in which every bit depends on every bit.
func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}

/// Counter-based random numbers: the n-th number of a stream does not depend on the thread or the order of
/// calls.
public struct CountedRandomNumbers: Sendable {
    private let key: UInt64

    public init(seed: Int, stream: Int, step: Int) {
        key = mixed(
            mixed(UInt64(bitPattern: Int64(seed)) &+ 0x9e37_79b9_7f4a_7c15)
                &+ mixed(UInt64(bitPattern: Int64(stream)) &+ 0x85eb_ca6b)
                &+ 0xd1b5_4a32_d192_ed03 &* UInt64(bitPattern: Int64(step)))
    }

    /// Returns a number uniformly distributed in [0, 1).
    public func uniform(_ index: Int) -> Float {
        Float(mixed(key &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(bitPattern: Int64(index))) >> 40) * 0x1p-24
    }

    /// Returns a number of the standard normal distribution (Box-Muller).
    public func normal(_ index: Int) -> Float {
        let radius = max(uniform(2 * index), 0x1p-24)
        let angle = uniform(2 * index + 1) * 2 * .pi
        return boxMuller(radius: radius, angle: angle)
    }
}
