import Base

/// Returns the SHA-256 of a data set's files in lower-case hex. For several files it is the SHA-256 of the output of
/// `sha256sum`, with names relative to `folder`.
func filesDigest(_ paths: [String], below folder: String) throws(CellarError) -> String {
    if paths.count == 1 { return try FileDigest(ofFile: paths[0]).sha256 }
    var listing = ""
    for path in paths {
        let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        listing += "\(try FileDigest(ofFile: path).sha256)  \(name)\n"
    }
    return sha256(of: listing)
}
