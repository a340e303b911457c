import Base
import Glibc

/// Checks of a file before HDF5 opens it, so that common mistakes get a clear message.
struct FileCheck {
    /// The file's size in bytes.
    let size: Int

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    init(path: String) throws(HDF5Error) {
        let place = HDF5Place(file: path)
        guard !path.utf8.contains(0), !path.isEmpty else { throw place.missing }
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw place.missing
            case EACCES, EPERM:
                throw place.error(
                    .notPermitted, expected: "a readable file", found: "no permission",
                    fix: "Change its permissions (chmod +r), or run as another user.")
            default:
                throw place.error(
                    .notPermitted, expected: "a readable file", found: systemMessage(errno),
                    fix: "Check the path.")
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw place.error(
                .notAFile, expected: "an HDF5 file",
                found: status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or device",
                fix: "Use the path of the file.")
        }
        size = Int(status.st_size)
        try place.checkSignature(size: size) { offset, count in
            var bytes = [UInt8](repeating: 0, count: count)
            let read = unsafe pread(descriptor, &bytes, count, offset)
            return Array(bytes.prefix(max(0, read)))
        }
    }

    init(bytes: [UInt8], place: HDF5Place) throws(HDF5Error) {
        size = bytes.count
        try place.checkSignature(size: size) { offset, count in Array(bytes[offset...].prefix(count)) }
    }

    /// HDF5 searches its signature at 0, 512, 1024, 2048 …, because a program may put its own block first.
    fileprivate static func hasSignature(size: Int, read: (Int, Int) -> [UInt8]) -> Bool {
        var offset = 0
        while offset + signature.count <= size {
            if read(offset, signature.count) == signature { return true }
            offset = offset == 0 ? 512 : offset * 2
        }
        return false
    }
}

extension HDF5Place {
    fileprivate var missing: HDF5Error {
        error(.missing, expected: "a file", found: "nothing of that name", fix: "Check the path.")
    }

    fileprivate func checkSignature(size: Int, read: (Int, Int) -> [UInt8]) throws(HDF5Error) {
        guard size > 0 else {
            throw error(.empty, expected: "an HDF5 file", found: "an empty file")
        }
        guard !FileCheck.hasSignature(size: size, read: read) else { return }
        let start = read(0, min(size, 8))
        let isText = start.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        let kind =
            if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
                "a ZIP archive"
            } else if start.starts(with: [0x1F, 0x8B]) { "a gzip file" } else if isText { "text" } else {
                "other data (\(size) bytes)"
            }
        throw error(
            .notHDF5, expected: "an HDF5 file", found: kind, fix: "Check the path.")
    }
}
