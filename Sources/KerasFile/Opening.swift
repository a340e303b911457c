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

/// Opens the file by its first bytes, and gives every error the file's name.
func reading<Result>(
    _ file: TrustedFile, _ body: (OpenedFile) throws -> Result
) throws(CellarError) -> Result {
    do {
        return try body(try open(file.path))
    } catch {
        throw named(error, file.path)
    }
}

private func open(_ path: String) throws -> OpenedFile {
    let start = (try? readBytes(path, limit: 64)) ?? []
    if start.first == UInt8(ascii: "P"), ZipArchive.begins(path) {
        let archive = try ZipArchive(path: path)
        if let kind = FileKind(archive: archive) { throw kind.error }
        return .archive(archive)
    }
    let text = start.starts(with: byteOrderMark) ? start.dropFirst(3) : start[...]
    switch text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
    case UInt8(ascii: "{"), UInt8(ascii: "\""): return .text(try readText(path))
    default: break
    }
    if !start.isEmpty || isRegularFile(path), let kind = FileKind(start: start) { throw kind.error }
    return .hdf5(try HDF5File(reading: path))
}

private func isRegularFile(_ path: String) -> Bool { FileSystem.size(ofFile: path) != nil }

/// The error with the file's name; errors of the formats below are told in our words.
func named(_ error: any Error, _ path: String) -> CellarError {
    switch error {
    case let error as CellarError:
        guard error.place.file == nil else { return error }
        var error = error.at(file: path)
        error.place.subject = error.place.subject.map { "the model's config: \($0)" }
        return error
    case let error as HDF5Error:
        let category: CellarError.Category =
            switch error.reason {
            case .missing, .notAFile, .notPermitted: .noInput
            case .notWritten: .cannotCreate
            case .outOfMemory: .outOfMemory
            default: .badData
            }
        // An archive's member is named in the message.
        let member = error.file == path ? "" : "\(error.file), "
        return CellarError(category, member + error.details, file: path, remedy: error.fix)
    case let error as ZipError:
        return CellarError(
            error.reason == .notReadable ? .noInput : .badData, error.details, file: path,
            remedy: error.fix)
    case let error as JSONError: return CellarError(.badData, "\(error)", file: path)
    default: return CellarError(.internalFault, "\(error)", file: path)
    }
}

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
