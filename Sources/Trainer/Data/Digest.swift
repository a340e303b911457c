import Digests
import Foundation

/// SHA-256 of files, in lower-case hex.
enum Digest {
    /// Of a file's bytes, 1 MiB at a time.
    static func ofFile(_ path: String) throws(TrainerError) -> String {
        var digest = SHA256()
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
        return sha256(of: listing)
    }
}

/// SHA-256 of a file's bytes, in lower-case hex.
public func fileDigest(_ path: String) throws(TrainerError) -> String { try Digest.ofFile(path) }
