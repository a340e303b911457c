import Base

/// Why data could not be read or written: what was being done, the file and the place in it, what was expected, what
/// was found, and what to do. Its description is one or two lines for a person.
public struct CellarError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What a caller chooses by, as for an exit code.
    public enum Kind: Sendable {
        /// The input is not there, or may not be read.
        case noInput
        /// The input is there and is not what it should be.
        case badData
        /// An output cannot be made: its folder is missing, or may not be written to.
        case cannotCreate
        /// The system failed to read or write: disk full, broken pipe.
        case inputOutput
        /// Asked for what cannot be had of good data: a fraction of 1.5, a column that the table lacks.
        case badRequest
    }

    public var kind: Kind
    /// Nil where no file is at fault.
    public var file: String?
    /// The data row, counted from 1 after the header.
    public var row: Int?
    /// The line of the text file, counted from 1. A quoted field may span several.
    public var line: Int?
    /// The column's name.
    public var column: String?
    public var expected, found, fix: String

    public init(
        _ kind: Kind, file: String? = nil, row: Int? = nil, line: Int? = nil, column: String? = nil,
        expected: String, found: String, fix: String
    ) {
        (self.kind, self.file, self.row, self.line, self.column) = (kind, file, row, line, column)
        (self.expected, self.found, self.fix) = (expected, found, fix)
    }

    /// What was expected, what was found, what to do, without the file, the line and the column.
    public var message: String {
        (row.map { "row \($0): " } ?? "") + "expected \(expected), found \(found).\n\(fix)"
    }

    public var description: String {
        var place: [String] = []
        if let file { place.append(file) }
        if let row { place.append("row \(row)" + (line.map { " (line \($0))" } ?? "")) }
        if row == nil, let line { place.append("line \(line)") }
        if let column { place.append("column \"\(column)\"") }
        let start = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
        return "\(start)expected \(expected), found \(found).\n\(fix)"
    }
}
