import CNettle
import Foundation

/// SHA-256 in lower-case hex.
struct Digest {
    private var context = sha256_ctx()

    init() { unsafe nettle_sha256_init(&context) }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe nettle_sha256_update(
            &context, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    mutating func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        unsafe nettle_sha256_digest(&context, digest.count, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func of(_ text: String) -> String {
        var digest = Digest()
        unsafe Array(text.utf8).withUnsafeBytes { unsafe digest.update($0) }
        return digest.finish()
    }

    /// Of a file's bytes, 1 MiB at a time.
    static func ofFile(_ path: String) throws(TrainerError) -> String {
        var digest = Digest()
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
                unsafe block.withUnsafeBytes { unsafe digest.update($0) }
            }
        } catch {
            throw TrainerError(.noInput, file: path, "the file cannot be read: \(error.localizedDescription)")
        }
        return digest.finish()
    }

    /// Of one file: its own. Of several: that of the listing which `sha256sum` would print of them, with the names that
    /// they have below `folder`.
    static func ofFiles(_ paths: [String], below folder: String) throws(TrainerError) -> String {
        if paths.count == 1 { return try ofFile(paths[0]) }
        var listing = ""
        for path in paths {
            let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
            listing += "\(try ofFile(path))  \(name)\n"
        }
        return of(listing)
    }
}

/// SHA-256 of a file's bytes, in lower-case hex.
public func fileDigest(_ path: String) throws(TrainerError) -> String { try Digest.ofFile(path) }
