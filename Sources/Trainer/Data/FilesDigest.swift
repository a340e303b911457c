import Base

/// The SHA-256 of a data set's files in lower-case hex. Of one file: its own. Of several: that of the listing which
/// `sha256sum` would print of them, with the names that they have below `folder`.
func filesDigest(_ paths: [String], below folder: String) throws(CellarError) -> String {
    if paths.count == 1 { return try FileDigest(ofFile: paths[0]).sha256 }
    var listing = ""
    for path in paths {
        let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        listing += "\(try FileDigest(ofFile: path).sha256)  \(name)\n"
    }
    return sha256(of: listing)
}
