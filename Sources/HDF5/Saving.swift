import Base
import Glibc

/// Files that appear under their name whole, or not at all.
public enum WholeFile {
    /// Finds out early, and as well as can be without writing, whether `path` can be written.
    public static func checkWritable(_ path: String) throws(HDF5Error) { try canWrite(path) }

    /// Puts these bytes, one piece after the other, in place of whatever is at the path.
    public static func replace(_ path: String, with pieces: [[UInt8]]) throws(HDF5Error) {
        try replaceFile(path, with: pieces)
    }
}

/// Finds out early, and as well as can be without writing, whether `path` can be written.
private func canWrite(_ path: String) throws(HDF5Error) {
    let place = Place(file: path)
    func fail(_ expected: String, _ found: String) -> HDF5Error {
        place.error(.notWritten, expected: expected, found: found, fix: "Choose another place.")
    }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw fail("a file name", "none") }
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or device"
        throw fail("the name of a file to write", kind)
    }
    let folder = folder(of: path)
    guard unsafe access(folder, W_OK | X_OK) == 0 else {
        throw fail("a folder that may be written (\(folder))", systemMessage())
    }
}

/// Writes beside `path` and renames, so that a reader sees the old file or the new one and never a part.
private func replaceFile(_ path: String, with pieces: [[UInt8]]) throws(HDF5Error) {
    let place = Place(file: path)
    // A name of fixed length, as the file's own may be as long as names can be; not visible to a `*.h5`.
    let beside = "\(folder(of: path))/.saving-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let descriptor = unsafe open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw place.notSaved() }
    var failure: HDF5Error?
    for bytes in pieces where failure == nil {
        unsafe bytes.withUnsafeBytes { bytes in
            var rest = unsafe bytes[...]
            while unsafe !rest.isEmpty {
                let written = unsafe write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return failure = place.notSaved() }
                unsafe rest = rest.dropFirst(written)
            }
        }
    }
    if failure == nil, fsync(descriptor) != 0 { failure = place.notSaved() }
    if close(descriptor) != 0, failure == nil { failure = place.notSaved() }
    if failure == nil, unsafe rename(beside, path) != 0 { failure = place.notSaved() }
    if let failure {
        unsafe _ = unlink(beside)
        throw failure
    }
    // The new name too is to outlive a power cut; not every kind of disk can promise that.
    let folder = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
        _ = fsync(folder)
        close(folder)
    }
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

extension Place {
    fileprivate func notSaved() -> HDF5Error {
        error(
            .notWritten, expected: "to save the file", found: systemMessage(),
            fix: "Make room or choose another place; a file that was there before is unchanged.")
    }
}
