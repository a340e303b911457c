import ArgumentParser
import FoundationEssentials
import Glibc
import Base

/// An error as a command reports it.
public struct CellarError: Error, Equatable, Sendable {
    public var status: ExitStatus
    /// What was expected, what was found, what to do next: a sentence or two, without the place.
    public var message: String
    public var file: String?
    /// Counted from 1.
    public var line: Int?
    public var column: String?

    public init(
        _ status: ExitStatus, _ message: String, file: String? = nil, line: Int? = nil, column: String? = nil
    ) {
        (self.status, self.message) = (status, message)
        (self.file, self.line, self.column) = (file, line, column)
    }

    /// The place and the message, for people.
    public var text: String {
        let place = [file, line.map { "line \($0)" }, column.map { "column '\($0)'" }].compactMap { $0 }
        return (place + [message]).joined(separator: ": ")
    }

    /// `{"error": {"message", "file", "line", "column"}}`; what is not known is null.
    public var json: JSON {
        [
            "error": [
                "message": .string(message), "file": file.map { .string($0) } ?? .null,
                "line": line.map { .integer($0) } ?? .null, "column": column.map { .string($0) } ?? .null,
            ]
        ]
    }
}

/// An error that knows how it is to be reported. Errors of modules that do not import this one are described by a
/// command instead; see `reportingErrors`.
public protocol ReportableError: Error {
    var failure: CellarError { get }
}

extension CellarError: ReportableError {
    public var failure: CellarError { self }
}

extension CellarError {
    /// Any error at all, in its own words as far as it has some.
    public init(describing error: any Error) {
        switch error {
        case let error as any ReportableError: self = error.failure
        case let error as CocoaError: self.init(error)
        case let error as POSIXError: self.init(systemError: error.code.rawValue, file: nil)
        case let error as any CustomStringConvertible: self.init(.software, error.description)
        default: self.init(.software, "An unforeseen error, \(type(of: error)): \(error).")
        }
    }

    /// An `errno` at a file: "No such file or directory".
    public init(systemError code: Int32, file: String?) {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "system error \(code)"
        let status: ExitStatus =
            switch code {
            case ENOENT, ENOTDIR, EISDIR: .noInput
            case EACCES, EPERM, EROFS: .noPermission
            default: .inputOutput
            }
        self.init(status, reason + ".", file: file)
    }

    /// Foundation's errors are structures that say little to a reader.
    private init(_ error: CocoaError) {
        let file = unsafe error.userInfo["NSFilePath"] as? String
        if let cause = unsafe error.userInfo["NSUnderlyingError"] as? POSIXError {
            self.init(systemError: cause.code.rawValue, file: file)
            // The same ENOENT: an input is missing, or the folder to write into is.
            if status == .noInput, error.code == .fileNoSuchFile || error.code.rawValue / 100 == 5 {
                status = .cannotCreate
            }
            return
        }
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: self.init(.noInput, "No such file.", file: file)
        case .fileReadNoPermission, .fileWriteNoPermission:
            self.init(.noPermission, "Permission denied.", file: file)
        case .fileReadCorruptFile, .fileReadInapplicableStringEncoding, .fileReadUnknownStringEncoding:
            self.init(.data, "The file is not UTF-8 text.", file: file)
        case .fileWriteOutOfSpace: self.init(.inputOutput, "No space is left on the device.", file: file)
        case .fileWriteFileExists: self.init(.cannotCreate, "The file exists already.", file: file)
        default:
            self.init(
                .inputOutput, "The file cannot be read or written (\(error.code.rawValue)).", file: file)
        }
    }
}
