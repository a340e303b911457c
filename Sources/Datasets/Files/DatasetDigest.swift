import Base

/// The SHA-256 that identifies a model's data, in lower-case hex.
public enum DatasetDigest {
    /// The digest of a data set's files. For several it is the SHA-256 of the output of `sha256sum`, with names relative to the
    /// deepest folder that holds them all.
    public static func files(_ paths: [String]) throws(CellarError) -> String {
        if paths.count == 1 { return try FileDigest(ofFile: paths[0]).sha256 }
        let folder = commonFolder(of: paths)
        var listing = ""
        for path in paths {
            let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
            listing += "\(try FileDigest(ofFile: path).sha256)  \(name)\n"
        }
        return sha256(of: listing)
    }

    /// The digest of the pixels and labels, for pictures in many files.
    public static func samples(_ data: LabelledSamples) -> String {
        var digest = SHA256()
        switch data.samples.storage {
        case .bytes(let bytes): unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
        case .floats(let values): unsafe values.withUnsafeBytes { unsafe digest.update($0) }
        case .texts(let texts): unsafe texts.bytes.withUnsafeBytes { unsafe digest.update($0) }
        }
        unsafe data.labels.withUnsafeBytes { unsafe digest.update($0) }
        return digest.finish()
    }
}

/// Returns the deepest folder that is a prefix of all paths.
public func commonFolder(of paths: [String]) -> String {
    var folder = paths[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
    for path in paths {
        while !path.hasPrefix(folder.joined(separator: "/") + "/"), !folder.isEmpty { folder.removeLast() }
    }
    return folder.isEmpty ? "." : folder.joined(separator: "/")
}
