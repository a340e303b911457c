import Base

/// The files that a table's rows come from, in their order.
public struct RowOrigins: Sendable {
    private var files: [(file: String, rows: Int)]

    init(file: String, rows: Int) { files = [(file, rows)] }

    mutating func append(_ other: RowOrigins) { files += other.files }

    /// Returns an error about a row of the whole table as one about that row of its file.
    public func placed(_ error: CellarError) -> CellarError {
        guard files.count > 1, var row = error.place.row else { return error }
        for (file, rows) in files {
            if row <= rows {
                var error = error
                (error.place.file, error.place.row) = (file, row)
                return error
            }
            row -= rows
        }
        return error
    }
}
