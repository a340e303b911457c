/// Our own stream of random numbers: xoshiro256++ (Blackman and Vigna, 2019), seeded through SplitMix64. It serves
/// initial weights and shuffling; `MersenneTwister` in Datasets is there for scikit-learn's splits only.
public struct RandomNumbers: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// `stream` separates uses of one seed, so that adding a layer does not reshuffle the data.
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

    /// Evenly spread over [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A permutation of 0..<count, by Fisher and Yates.
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

/// Random numbers by place, not by order: the n-th number of a stream is the same whichever thread asks for it.
public struct CountedRandomNumbers: Sendable {
    private let key: UInt64

    public init(seed: Int, stream: Int, step: Int) {
        key = mixed(
            mixed(UInt64(bitPattern: Int64(seed)) &+ 0x9e37_79b9_7f4a_7c15)
                &+ mixed(UInt64(bitPattern: Int64(stream)) &+ 0x85eb_ca6b)
                &+ 0xd1b5_4a32_d192_ed03 &* UInt64(bitPattern: Int64(step)))
    }

    /// Evenly spread over [0, 1).
    public func uniform(_ index: Int) -> Float {
        Float(mixed(key &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(bitPattern: Int64(index))) >> 40) * 0x1p-24
    }

    /// Standard normal, by Box and Muller.
    public func normal(_ index: Int) -> Float {
        let radius = max(uniform(2 * index), 0x1p-24)
        let angle = uniform(2 * index + 1) * 2 * .pi
        return boxMuller(radius: radius, angle: angle)
    }
}
