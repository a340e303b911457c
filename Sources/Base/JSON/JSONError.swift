/// A syntax error in JSON text: its position, the expected and the found token.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Both count from 1; the column counts characters (Unicode scalars), not bytes.
    public var line, column: Int
    public var expected, found: String

    public init(line: Int, column: Int, expected: String, found: String) {
        (self.line, self.column, self.expected, self.found) = (line, column, expected, found)
    }

    public var description: String {
        "JSON, line \(line), column \(column): expected \(expected), found \(found)."
    }
}
