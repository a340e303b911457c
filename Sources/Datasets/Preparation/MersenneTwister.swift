/// NumPy's `RandomState`: the Mersenne Twister MT19937, seeded by one number, with RandomState's way to draw and shuffle.
///
/// Source: Matsumoto and Nishimura, "Mersenne Twister" (1998), their mt19937ar.c; numpy/random/mtrand.pyx.
public struct MersenneTwister: RandomNumberGenerator, Sendable {
    private static let size = 624
    private var state: [UInt32]
    private var index = size

    public init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(MersenneTwister.size)
        for i in 1..<MersenneTwister.size {
            let last = state[i - 1]
            state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(i))
        }
    }

    /// Returns the next 32 bits.
    public mutating func next32() -> UInt32 {
        if index == MersenneTwister.size { twist() }
        var y = state[index]
        index += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9d2c_5680
        y ^= y << 15 & 0xefc6_0000
        return y ^ y >> 18
    }

    public mutating func next() -> UInt64 {
        let low = next32()
        return UInt64(next32()) << 32 | UInt64(low)
    }

    private mutating func twist() {
        for i in 0..<MersenneTwister.size {
            let y = state[i] & 0x8000_0000 | state[(i + 1) % MersenneTwister.size] & 0x7fff_ffff
            state[i] = state[(i + 397) % MersenneTwister.size] ^ y >> 1 ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        index = 0
    }

    /// Draws a number from 0 through `max`: takes as many bits as `max` has, and repeats while the result is
    /// too large.
    public mutating func draw(through max: Int) -> Int {
        guard max > 0 else { return 0 }
        precondition(max <= Int(UInt32.max), "a draw of more than 32 bits")
        let mask = UInt32.max >> UInt32(max).leadingZeroBitCount
        while true {
            let value = Int(next32() & mask)
            if value <= max { return value }
        }
    }

    /// Returns the values in random order, as `RandomState.permutation`.
    public mutating func permutation(_ values: [Int]) -> [Int] {
        var shuffled = values
        for i in stride(from: values.count - 1, to: 0, by: -1) { shuffled.swapAt(i, draw(through: i)) }
        return shuffled
    }

    public mutating func permutation(_ count: Int) -> [Int] { permutation(Array(0..<count)) }
}
