/// How a matrix [rows, columns] lies in memory: cut into panels of neighbouring columns, one panel after the other, so that
/// threads which work on a panel each never touch each other's memory (a processor reads ahead past what it was asked for, and
/// two that do so across a common border take the lines between them from each other all the time).
public struct Panels: Equatable, Sendable {
    public struct Panel: Equatable, Sendable {
        public let columns: Range<Int>
        /// Where it begins, and from one of its rows to the next.
        public let start, stride: Int

        public init(columns: Range<Int>, start: Int, stride: Int) {
            (self.columns, self.start, self.stride) = (columns, start, stride)
        }
    }

    public let rows: Int
    public let all: [Panel]
    /// The numbers of all panels, with what lies unused between rows.
    public let count: Int

    /// - aligned: Each row of a panel begins at a cache line.
    public init(rows: Int, columns: Int, panels: Int = 1, aligned: Bool) {
        self.rows = rows
        let lines = (columns + 15) / 16
        var (all, start) = ([Panel](), 0)
        for panel in 0..<panels {
            let first = lines * panel / panels * 16
            let end = min(lines * (panel + 1) / panels * 16, columns)
            let stride = aligned ? (end - first + 15) / 16 * 16 : end - first
            all.append(Panel(columns: first..<end, start: start, stride: stride))
            start += rows * stride
        }
        (self.all, count) = (all, start)
    }
}
