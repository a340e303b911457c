import Base

/// SHA-256 of files, in lower-case hex.
enum Digest {
    /// Of a file's bytes.
    static func ofFile(_ path: String) throws(CellarError) -> String {
        do {
            return try sha256(ofFile: path)
        } catch {
            throw CellarError(.noInput, "the file cannot be read: \(error)", file: path)
        }
    }

    /// Of one file: its own. Of several: that of the listing which `sha256sum` would print of them, with the names that
    /// they have below `folder`.
    static func ofFiles(_ paths: [String], below folder: String) throws(CellarError) -> String {
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
public func fileDigest(_ path: String) throws(CellarError) -> String { try Digest.ofFile(path) }
