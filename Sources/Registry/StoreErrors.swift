import Base
import GRDB

extension CellarError {
    /// SQLite's error while `doing` something with the index at `path`. SQLite leaves the path out.
    static func index(_ error: any Error, doing: String, path: String) -> CellarError {
        if let known = error as? CellarError { return known }
        guard let error = error as? DatabaseError else {
            return CellarError(.inputOutput, "cannot \(doing): \(error)", file: path)
        }
        let (category, fix): (Category, String) =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.inputOutput, "Another process has held it for over \(Index.patience) seconds; try again.")
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
                (.noPermission, "The store cannot be written here; check the permissions of the folder.")
            case .SQLITE_FULL:
                (.inputOutput, "Free some space and try again.")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                (.badData, "Run `registry rebuild`: it rebuilds the index from the model files.")
            default: (.inputOutput, "Run `registry verify` to see whether the index is sound.")
            }
        let reason = error.message ?? error.resultCode.description
        return CellarError(category, "cannot \(doing): \(reason).", file: path, remedy: fix)
    }
}
