/// Returns FarmHash's Fingerprint64, with which TensorFlow puts texts into buckets (`to_hash_bucket_fast`).
/// Source: farmhashna::Hash64 of google/farmhash, whose results are fixed forever.
func fingerprint64(_ s: ArraySlice<UInt8>) -> UInt64 {
    let hash = FarmHash(bytes: s, count: UInt64(s.count))
    return switch s.count {
    case 0...16: hash.upTo16()
    case 17...32: hash.upTo32()
    case 33...64: hash.upTo64()
    default: hash.longer()
    }
}

/// Returns the combination of two fingerprints that TensorFlow's crossed columns use.
func fingerprintCat64(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let multiplier: UInt64 = 0xc6a4_a793_5bd1_e995
    var result = a ^ multiplier
    result ^= shiftMix(b &* multiplier) &* multiplier
    result = result &* multiplier
    result = shiftMix(result) &* multiplier
    return shiftMix(result)
}

private func shiftMix(_ v: UInt64) -> UInt64 { v ^ (v >> 47) }
private func rotate(_ v: UInt64, _ n: UInt64) -> UInt64 { (v >> n) | (v << (64 - n)) }

private struct FarmHash {
    let bytes: ArraySlice<UInt8>
    let count: UInt64

    private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
    private static let k1: UInt64 = 0xb492_b66f_be98_f273
    private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f

    private func byte(_ place: Int) -> UInt64 { UInt64(bytes[bytes.startIndex + place]) }
    private func word(_ place: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<8 { word |= byte(place + index) << UInt64(8 * index) }
        return word
    }
    private func half(_ place: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<4 { word |= byte(place + index) << UInt64(8 * index) }
        return word
    }

    private func mix16(_ u: UInt64, _ v: UInt64, _ multiplier: UInt64) -> UInt64 {
        let a = shiftMix((u ^ v) &* multiplier)
        return shiftMix((v ^ a) &* multiplier) &* multiplier
    }

    func upTo16() -> UInt64 {
        let n = Int(count)
        if n >= 8 {
            let multiplier = FarmHash.k2 &+ count &* 2
            let a = word(0) &+ FarmHash.k2
            let b = word(n - 8)
            let c = rotate(b, 37) &* multiplier &+ a
            let d = (rotate(a, 25) &+ b) &* multiplier
            return mix16(c, d, multiplier)
        }
        if n >= 4 {
            return mix16(count &+ (half(0) << 3), half(n - 4), FarmHash.k2 &+ count &* 2)
        }
        if n > 0 {
            let y = byte(0) &+ (byte(n >> 1) << 8)
            let z = count &+ (byte(n - 1) << 2)
            return shiftMix((y &* FarmHash.k2) ^ (z &* FarmHash.k0)) &* FarmHash.k2
        }
        return FarmHash.k2
    }

    func upTo32() -> UInt64 {
        let n = Int(count)
        let multiplier = FarmHash.k2 &+ count &* 2
        let a = word(0) &* FarmHash.k1
        let b = word(8)
        let c = word(n - 8) &* multiplier
        let d = word(n - 16) &* FarmHash.k2
        return mix16(
            rotate(a &+ b, 43) &+ rotate(c, 30) &+ d, a &+ rotate(b &+ FarmHash.k2, 18) &+ c, multiplier)
    }

    func upTo64() -> UInt64 {
        let n = Int(count)
        let multiplier = FarmHash.k2 &+ count &* 2
        let a = word(0) &* FarmHash.k2
        let b = word(8)
        let c = word(n - 8) &* multiplier
        let d = word(n - 16) &* FarmHash.k2
        let y = rotate(a &+ b, 43) &+ rotate(c, 30) &+ d
        let z = mix16(y, a &+ rotate(b &+ FarmHash.k2, 18) &+ c, multiplier)
        let e = word(16) &* multiplier
        let f = word(24)
        let g = (y &+ word(n - 32)) &* multiplier
        let h = (z &+ word(n - 24)) &* multiplier
        return mix16(rotate(e &+ f, 43) &+ rotate(g, 30) &+ h, e &+ rotate(f &+ a, 18) &+ g, multiplier)
    }

    private func weak(_ place: Int, _ a: UInt64, _ b: UInt64) -> (UInt64, UInt64) {
        let (w, x, y, z) = (word(place), word(place + 8), word(place + 16), word(place + 24))
        var (a, b) = (a &+ w, b)
        b = rotate(b &+ a &+ z, 21)
        let c = a
        a = a &+ x &+ y
        b = b &+ rotate(a, 44)
        return (a &+ z, b &+ c)
    }

    func longer() -> UInt64 {
        let n = Int(count)
        let (k1, k2) = (FarmHash.k1, FarmHash.k2)
        let seed: UInt64 = 81
        var x = seed
        var y = seed &* k1 &+ 113
        var z = shiftMix(y &* k2 &+ 113) &* k2
        var v: (UInt64, UInt64) = (0, 0)
        var w: (UInt64, UInt64) = (0, 0)
        x = x &* k2 &+ word(0)
        let end = (n - 1) / 64 * 64
        let last = end + ((n - 1) & 63) - 63
        var place = 0
        repeat {
            x = rotate(x &+ y &+ v.0 &+ word(place + 8), 37) &* k1
            y = rotate(y &+ v.1 &+ word(place + 48), 42) &* k1
            x ^= w.1
            y = y &+ v.0 &+ word(place + 40)
            z = rotate(z &+ w.0, 33) &* k1
            v = weak(place, v.1 &* k1, x &+ w.0)
            w = weak(place + 32, z &+ w.1, y &+ word(place + 16))
            (z, x) = (x, z)
            place += 64
        } while place != end
        let multiplier = k1 &+ ((z & 0xff) << 1)
        place = last
        w.0 = w.0 &+ UInt64((n - 1) & 63)
        v.0 = v.0 &+ w.0
        w.0 = w.0 &+ v.0
        x = rotate(x &+ y &+ v.0 &+ word(place + 8), 37) &* multiplier
        y = rotate(y &+ v.1 &+ word(place + 48), 42) &* multiplier
        x ^= w.1 &* 9
        y = y &+ (v.0 &* 9 &+ word(place + 40))
        z = rotate(z &+ w.0, 33) &* multiplier
        v = weak(place, v.1 &* multiplier, x &+ w.0)
        w = weak(place + 32, z &+ w.1, y &+ word(place + 16))
        (z, x) = (x, z)
        return mix16(
            mix16(v.0, w.0, multiplier) &+ shiftMix(y) &* FarmHash.k0 &+ z,
            mix16(v.1, w.1, multiplier) &+ x, multiplier)
    }
}
