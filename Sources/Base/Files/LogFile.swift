import Glibc

/// A file that grows while a program runs. It creates its folder if that is missing, and closes itself.
public final class LogFile: Sendable {
    public enum Opening: Sendable {
        /// Appends to an existing file.
        case append
        /// Truncates an existing file.
        case replace
        /// Fails if the file exists.
        case new
    }

    public let path: String
    private let descriptor: Int32

    public init(_ path: String, _ opening: Opening) throws(CellarError) {
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        let flags =
            switch opening {
            case .append: O_APPEND
            case .replace: O_TRUNC
            case .new: O_EXCL
            }
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
        guard descriptor >= 0 else { throw .writing(path, errno) }
        self.path = path
    }

    deinit { close(descriptor) }

    /// The size of the file in bytes.
    public var size: Int {
        var about = stat()
        return unsafe fstat(descriptor, &about) == 0 ? Int(about.st_size) : 0
    }

    public func write(_ bytes: [UInt8]) throws(CellarError) {
        try bytes.span.write(to: descriptor, path: path)
    }
}
