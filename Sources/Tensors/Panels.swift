/// The memory layout of a matrix [rows, columns] in panels of adjacent columns, one panel after the other.
/// Threads that work on one panel each do not share cache lines; hardware prefetching across a common border
/// would otherwise move lines between the processors.
public struct Panels: Equatable, Sendable {
    public struct Panel: Equatable, Sendable {
        public let columns: Range<Int>
        /// The start of the panel, and its row stride.
        public let start, stride: Int

        public init(columns: Range<Int>, start: Int, stride: Int) {
            (self.columns, self.start, self.stride) = (columns, start, stride)
        }
    }

    public let rows: Int
    public let all: [Panel]
    /// The size of all panels, including padding between rows.
    public let count: Int

    /// - Parameter aligned: Aligns each row of a panel to a cache line.
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
