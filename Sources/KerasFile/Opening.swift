import Base
import Glibc
import HDF5
import Network
import Zip

/// A file that a model, its weights or its config may lie in.
enum OpenedFile {
    case hdf5(HDF5File)
    case archive(ZipArchive)
    /// What begins like JSON.
    case text([UInt8])
}

/// What stops a reader: a part that is broken, told without the file's name, which `reading` adds.
struct CellarError: Error {
    var kind: CellarError.Kind
    var message: String
    init(_ kind: CellarError.Kind, _ message: String) { (self.kind, self.message) = (kind, message) }
}

/// Opens the file by what it begins with, and gives every error the file's name.
func reading<Result>(_ path: String, _ body: (OpenedFile) throws -> Result) throws(CellarError) -> Result {
    do {
        return try body(try open(path))
    } catch {
        throw named(error, path)
    }
}

private func open(_ path: String) throws -> OpenedFile {
    switch firstByte(of: path) {
    case UInt8(ascii: "P") where ZipArchive.begins(path): .archive(try ZipArchive(path: path))
    case UInt8(ascii: "{"): .text(try readText(path))
    default: .hdf5(try HDF5File(reading: path))
    }
}

func named(_ error: any Error, _ path: String) -> CellarError {
    // Descriptions of files' errors begin with the file; that of an archive's member stays.
    func rest(_ text: String, _ file: String) -> String {
        file != "model.weights.h5" && text.hasPrefix(file)
            ? String(text.dropFirst(file.count).drop { ",: ".contains($0) }) : text
    }
    switch error {
    case let error as CellarError: return error
    case let error as HDF5Error:
        let kind: CellarError.Kind =
            switch error.reason {
            case .missing, .notAFile, .notPermitted: .missing
            case .notWritten: .notWritable
            default: .damaged
            }
        return CellarError(kind, rest(error.description, error.file), file: path)
    case let error as ZipError:
        return CellarError(
            error.reason == .notReadable ? .missing : .damaged,
            rest(error.description, error.file), file: path)
    case let error as CellarError:
        return CellarError(.badData, "the model's config: \(error)", file: path)
    case let error as CellarError: return CellarError(error.kind, error.message, file: path)
    default: return CellarError(.badData, "\(error)", file: path)
    }
}

private func firstByte(of path: String) -> UInt8? { (try? readBytes(path, limit: 1))?.first }

private func readText(_ path: String) throws -> [UInt8] {
    let bytes = try readBytes(path, limit: Architecture.mostBytes + 1)
    guard bytes.count <= Architecture.mostBytes else {
        throw CellarError(.badData, "the text is longer than any config (\(Architecture.mostBytes) bytes)")
    }
    return bytes
}

/// A file's first bytes, at most `limit`; nothing of a folder, a pipe or a device.
private func readBytes(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var about = stat()
    guard unsafe fstat(descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return [] }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit, 1 << 20))
    while bytes.count < limit {
        let got = unsafe read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        bytes += buffer[..<got]
    }
    return bytes
}
