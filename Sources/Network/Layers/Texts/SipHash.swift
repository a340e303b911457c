/// Returns SipHash-2-4 of a text, with which TensorFlow puts texts into buckets under a salt
/// (`to_hash_bucket_strong`).
func sipHash(_ s: ArraySlice<UInt8>, key: (UInt64, UInt64)) -> UInt64 {
    var state = SipState(key)
    let start = s.startIndex
    let whole = s.count / 8 * 8
    for place in stride(from: 0, to: whole, by: 8) {
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(s[start + place + index]) << UInt64(8 * index) }
        state.add(word)
    }
    var word = UInt64(s.count & 0xff) << 56
    for place in whole..<s.count { word |= UInt64(s[start + place]) << UInt64(8 * (place - whole)) }
    state.add(word)
    return state.finish()
}

private struct SipState {
    private var v0, v1, v2, v3: UInt64

    init(_ key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func add(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    mutating func finish() -> UInt64 {
        v2 ^= 0xff
        for _ in 0..<4 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
        func rotate(_ v: UInt64, _ n: UInt64) -> UInt64 { (v << n) | (v >> (64 - n)) }
        v0 = v0 &+ v1
        v1 = rotate(v1, 13) ^ v0
        v0 = rotate(v0, 32)
        v2 = v2 &+ v3
        v3 = rotate(v3, 16) ^ v2
        v0 = v0 &+ v3
        v3 = rotate(v3, 21) ^ v0
        v2 = v2 &+ v1
        v1 = rotate(v1, 17) ^ v2
        v2 = rotate(v2, 32)
    }
}
