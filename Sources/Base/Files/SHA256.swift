import CNettle

/// An incremental SHA-256 (FIPS 180-4). Uses the processor's SHA instructions if available.
public struct SHA256: Sendable {
    private var context = sha256_ctx()

    public init() { unsafe nettle_sha256_init(&context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe nettle_sha256_update(
            &context, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// Returns the digest in lower-case hex.
    public mutating func finish() -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hex = finishBytes().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }

    public mutating func finishBytes() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        unsafe nettle_sha256_digest(&context, digest.count, &digest)
        return digest
    }
}

/// Returns the SHA-256 of a text's UTF-8 bytes, in lower-case hex.
public func sha256(of text: String) -> String {
    var hash = SHA256()
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
    return hash.finish()
}

public func sha256Bytes(of bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
    return hash.finishBytes()
}
