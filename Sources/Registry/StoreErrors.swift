import Base
import GRDB

extension CellarError {
    /// Converts an error of SQLite, which lacks the index's path.
    static func index(_ error: any Error, doing: String, path: String) -> CellarError {
        if let known = error as? CellarError { return known }
        guard let error = error as? DatabaseError else {
            return CellarError(.inputOutput, "cannot \(doing): \(error)", file: path)
        }
        let (category, fix): (Category, String) =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.inputOutput, "Another process has locked it for over \(Index.patience) seconds; try again.")
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
                (.noPermission, "Check the permissions of the store's folder.")
            case .SQLITE_FULL:
                (.inputOutput, "Free some disk space and try again.")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                (.badData, "Run `registry rebuild` to rebuild the index from the model files.")
            default: (.inputOutput, "Run `registry verify` to check the index.")
            }
        let reason = error.message ?? error.resultCode.description
        return CellarError(category, "cannot \(doing): \(reason).", file: path, remedy: fix)
    }
}
