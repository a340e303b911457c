/// The number of missing values in each column of a table.
public struct MissingValues: Equatable, Sendable, CustomStringConvertible {
    public struct MissingCount: Equatable, Sendable {
        public var name: String
        public var count: Int
        public init(name: String, count: Int) { (self.name, self.count) = (name, count) }
    }

    public var columns: [MissingCount]
    public init(columns: [MissingCount]) { self.columns = columns }

    public var total: Int { columns.reduce(0) { $0 + $1.count } }

    /// One line that says "none", or one line for each column with missing values.
    public var description: String {
        guard total > 0 else { return "missing values: none in \(columns.count) columns" }
        let lacking = columns.filter { $0.count > 0 }
        let width = lacking.map(\.name.count).max() ?? 0
        return "missing values: \(total)\n"
            + lacking.map { "  \(padded($0.name, width))  \($0.count)" }.joined(separator: "\n")
    }
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func paddedLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
