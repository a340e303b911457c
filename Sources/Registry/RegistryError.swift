import Base
import Foundation
import GRDB

/// What went wrong in the store, in one or two lines for a person: what was being done, where, what was found and
/// what to do next.
public struct CellarError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble it is, for a command's exit code.
    public enum Kind: Sendable {
        /// The request makes no sense as it was put: a malformed name, an unknown metric.
        case usage
        /// What was asked for is not there: a model, a version, a file, a folder.
        case notFound
        /// A file or the index holds something else than it should.
        case badData
        /// The store forbids it as it stands: an alias is in the way, a file exists already.
        case refused
        /// A file outside of the store cannot be made: its folder is missing, or may not be written to.
        case cannotCreate
        /// The system said no: no space, a failing disk, a file that somebody else holds.
        case inputOutput
        /// Not with these rights, or not on this disk.
        case noPermission
    }

    public var kind: Kind
    public var message: String
    /// The file or folder that it is about, where there is one.
    public var file: String?

    public init(_ kind: Kind, _ message: String, file: String? = nil) {
        (self.kind, self.message, self.file) = (kind, message, file)
    }

    public var description: String { message }
}

extension CellarError {
    /// The system call that did `doing` on `path` failed; `errno` still says why.
    static func system(_ doing: String, _ path: String) -> CellarError {
        let code = errno
        let reason = unsafe String(cString: strerror(code))
        let fix =
            switch code {
            case ENOSPC, EDQUOT: " Free some space and try again."
            case EACCES, EPERM, EROFS: " Check the permissions, or choose another store with --store."
            default: ""
            }
        let kind: Kind =
            switch code {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM, EROFS: .noPermission
            default: .inputOutput
            }
        return CellarError(
            kind, "cannot \(doing) \(path): \(reason).\(fix)", file: path
        )
    }

    /// SQLite's error while `doing` something with the index at `path`. SQLite leaves the path out.
    static func index(_ error: any Error, doing: String, path: String) -> CellarError {
        if let known = error as? CellarError { return known }
        guard let error = error as? DatabaseError else {
            return CellarError(.inputOutput, "cannot \(doing) (\(path)): \(error)", file: path)
        }
        let (kind, fix): (Kind, String) =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.inputOutput, "Another process has held it for over \(Index.patience) seconds; try again.")
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
                (.noPermission, "The store cannot be written here; check the permissions of the folder.")
            case .SQLITE_FULL:
                (.inputOutput, "Free some space and try again.")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                (.badData, "Run `registry rebuild`: it makes the index anew from the model files.")
            default: (.inputOutput, "Run `registry verify` to see whether the index is sound.")
            }
        let reason = error.message ?? error.resultCode.description
        return CellarError(kind, "cannot \(doing): \(path): \(reason). \(fix)", file: path)
    }
}
