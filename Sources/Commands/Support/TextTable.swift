import Base

/// A table of texts: aligned under a bold header for people, tab-separated for programs.
public struct TextTable: Sendable {
    public enum Alignment: Sendable {
        /// To the right where all of the column's texts are numbers or empty.
        case byContent
        case left
        case right
    }

    public struct Column: Sendable {
        public let title: String
        public let alignment: Alignment
        /// Where the window is too narrow for all columns, those of the lowest importance are left out, from the right.
        public let importance: Int

        public init(_ title: String, _ alignment: Alignment = .byContent, importance: Int = 0) {
            (self.title, self.alignment, self.importance) = (printable(title), alignment, importance)
        }
    }

    public let columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    public init(_ titles: String...) { columns = titles.map { Column($0) } }

    /// Adds a row; texts that are missing at its end are empty.
    public mutating func add(_ row: [String]) {
        precondition(row.count <= columns.count, "\(row.count) cells in a table of \(columns.count) columns")
        rows.append((row + Array(repeating: "", count: columns.count - row.count)).map(printable))
    }

    /// The table as that output wants it, ended by a newline.
    public func text(for terminal: Terminal = .output) -> String {
        terminal.isTerminal ? aligned(for: terminal) : tabSeparated
    }

    private var tabSeparated: String {
        ([columns.map(\.title)] + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    private func aligned(for terminal: Terminal) -> String {
        let isNumeric = columns.indices.map { column in
            rows.contains { !$0[column].isEmpty } && rows.allSatisfy { isNumberOrEmpty($0[column]) }
        }
        let layout = TableLayout(columns, rows, isNumeric: isNumeric, width: terminal.width)
        let titles = layout.titles(isUnicode: terminal.isUnicode)
        func line(_ cells: [String], _ style: (String) -> String) -> String {
            var line = ""
            for (place, column) in layout.shown.enumerated() {
                let width = layout.widths[column]
                let text = fitted(cells[column], to: width, isUnicode: terminal.isUnicode)
                let blanks = String(repeating: " ", count: max(0, width - textWidth(text)))
                let isRight =
                    columns[column].alignment == .right
                    || columns[column].alignment == .byContent && isNumeric[column]
                // Blanks at a line's end would only wrap it.
                let isLast = place == layout.shown.count - 1
                line += isRight ? blanks + style(text) : style(text) + (isLast ? "" : blanks)
                if !isLast { line += "  " }
            }
            return line + "\n"
        }
        let notes = layout.notes(titles).map { wrapped($0, to: terminal.width) }
        return line(titles) { terminal.bold($0) } + rows.map { line($0) { $0 } }.joined() + notes.joined()
    }
}

/// Whether the text reads as a number, perhaps with a unit or a sign: `-0.5`, `1,200`, `97.8 %`, `3e-4`, `–`.
private func isNumberOrEmpty(_ text: String) -> Bool {
    if text.isEmpty || text == "-" || text == "–" || text == "nan" { return true }
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits > 0 && text.utf8.allSatisfy { "0123456789+-.,%e ".utf8.contains($0) }
}
