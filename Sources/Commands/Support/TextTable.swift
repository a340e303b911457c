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

        public init(_ title: String, _ alignment: Alignment = .byContent) {
            (self.title, self.alignment) = (printable(title), alignment)
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
        let toRight = columns.indices.map { column in
            switch columns[column].alignment {
            case .left: false
            case .right: true
            case .byContent:
                rows.contains { !$0[column].isEmpty } && rows.allSatisfy { isNumberOrEmpty($0[column]) }
            }
        }
        let widths = widths(within: terminal.width)
        func line(_ cells: [String], _ style: (String) -> String) -> String {
            var line = ""
            for (column, cell) in cells.enumerated() {
                let text = fitted(cell, to: widths[column], isUnicode: terminal.isUnicode)
                let blanks = String(repeating: " ", count: widths[column] - textWidth(text))
                // Blanks at a line's end would only wrap it.
                let isLast = column == cells.count - 1
                line += toRight[column] ? blanks + style(text) : style(text) + (isLast ? "" : blanks)
                if !isLast { line += "  " }
            }
            return line + "\n"
        }
        return line(columns.map(\.title)) { terminal.bold($0) } + rows.map { line($0) { $0 } }.joined()
    }

    /// As wide as the texts are; where that is too much, the widest columns give way, down to 8 each.
    private func widths(within width: Int) -> [Int] {
        var widths = columns.indices.map { column in
            rows.reduce(textWidth(columns[column].title)) { max($0, textWidth($1[column])) }
        }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
        while excess > 0, let widest = widths.max(), widest > 8, let column = widths.firstIndex(of: widest) {
            widths[column] -= 1
            excess -= 1
        }
        return widths
    }
}

/// Whether the text reads as a number, perhaps with a unit or a sign: `-0.5`, `1,200`, `97.8 %`, `3e-4`, `–`.
private func isNumberOrEmpty(_ text: String) -> Bool {
    if text.isEmpty || text == "-" || text == "–" || text == "nan" { return true }
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits > 0 && text.utf8.allSatisfy { "0123456789+-.,%e ".utf8.contains($0) }
}
