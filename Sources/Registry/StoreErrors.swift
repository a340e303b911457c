import Base
import GRDB

extension CellarError {
    /// Converts an error of SQLite, which lacks the index's path.
    static func index(_ error: any Error, doing: String, path: String) -> CellarError {
        if let known = error as? CellarError { return known }
        let rebuild = "Run `registry rebuild` to make the index anew from the logs."
        if error is RowDecodingError {
            return CellarError(
                .badData, "cannot \(doing): the index is damaged.", file: path, remedy: rebuild)
        }
        guard let error = error as? DatabaseError else {
            return CellarError(.inputOutput, "cannot \(doing): \(error)", file: path)
        }
        let (category, fix): (Category, String) =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.inputOutput, "Another process has locked it for over \(Index.patience) seconds; try again.")
            case .SQLITE_CANTOPEN where path.utf8.count > Index.longestPath:
                (
                    .usage,
                    "SQLite opens files with paths of at most \(Index.longestPath) bytes, and this one has \(path.utf8.count): use a shorter one."
                )
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
                (.noPermission, "Check the permissions of the store's folder.")
            case .SQLITE_FULL:
                (.inputOutput, "Free some disk space and try again.")
            // The logs are checked before they are applied: a value that breaks a rule of the schema was in the index.
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
                (.badData, rebuild)
            default: (.inputOutput, "Run `registry verify` to check the index.")
            }
        let reason = error.message ?? error.resultCode.description
        return CellarError(category, "cannot \(doing): \(reason).", file: path, remedy: fix)
    }
}

extension Row {
    /// Decodes the column at `index`; NULL for an optional only.
    ///
    /// GRDB's subscript ends the process where a value has another type than the schema says, as a damaged page may have.
    ///
    /// - Throws: `RowDecodingError`.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) throws -> Value {
        try decode(atIndex: index)
    }
}
