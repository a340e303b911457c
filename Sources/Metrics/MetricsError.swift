import Base

/// Why labels or scores cannot be measured, in a sentence or two that says what to do.
public struct CellarError: Error, Equatable, CustomStringConvertible {
    /// The file that the labels came from, where they came from one.
    public var file: String?
    /// Counted from 1, the header included.
    public var line: Int?
    public var column: String?
    /// What was expected, what was found, what to do next.
    public var message: String

    public init(_ message: String, file: String? = nil, line: Int? = nil, column: String? = nil) {
        (self.message, self.file, self.line, self.column) = (message, file, line, column)
    }

    public var description: String {
        var place = [file, line.map { "line \($0)" }, column.map { "column '\($0)'" }].compactMap { $0 }
        place.append(message)
        return place.joined(separator: ": ")
    }
}

/// Throws where two lists that belong together, row by row, differ in length or have no rows.
func requireRows(_ first: (String, Int), _ second: (String, Int)) throws(CellarError) {
    guard first.1 == second.1 else {
        throw CellarError(.badData, "\(first.1) \(first.0) but \(second.1) \(second.0): each row needs both.")
    }
    guard first.1 > 0 else { throw CellarError(.badData, "There is no row to measure.") }
}
