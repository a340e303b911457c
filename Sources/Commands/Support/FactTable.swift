import Base

/// A table of facts about several things, a column each: for people in as many blocks as the window needs, with a legend of
/// what was cut; tab-separated for programs.
public struct FactTable: Sendable {
    public struct Row: Sendable {
        public var name: String
        /// A text for each thing.
        public var cells: [String]
        /// The positions of the best cells, which are marked.
        public var best: [Int]

        public init(_ name: String, _ cells: [String], best: [Int] = []) {
            (self.name, self.cells, self.best) = (name, cells, best)
        }
    }

    let title: String
    let things: [String]
    let rows: [Row]

    public init(_ title: String, of things: [String], _ rows: [Row]) {
        (self.title, self.things) = (printable(title), things.map(printable))
        self.rows = rows.map { Row(printable($0.name), $0.cells.map(printable), best: $0.best) }
    }

    /// The table as that output wants it, ended by a newline.
    public func text(for terminal: Terminal = .output) -> String {
        terminal.isTerminal ? blocks(for: terminal) : tabSeparated
    }

    private var tabSeparated: String {
        let lines = rows.map { row in
            [row.name] + row.cells.enumerated().map { $1 + (row.best.contains($0) ? " *" : "") }
        }
        return ([[title] + things] + lines).map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    // MARK: For people

    /// The narrowest that a cut cell may be, and the width to which cells are cut so that more things fit side by side.
    private static let (shortestCell, usualCell) = (10, 14)

    private func blocks(for terminal: Terminal) -> String {
        let names = names(within: max(Self.shortestCell, terminal.width * 2 / 5), terminal)
        let side = ([title] + names.short).map(textWidth).max() ?? 0
        let room = max(Self.shortestCell + 2, terminal.width - side)
        // At least two things fit side by side, so that they can be compared.
        let half = max(Self.shortestCell, room / min(2, max(1, things.count)) - 2)
        let widest = min(half, max(Self.usualCell, room / max(1, things.count) - 2))
        let widths = things.indices.map { thing in
            let cells = rows.map { textWidth($0.cells[thing]) + ($0.best.isEmpty ? 0 : 2) }
            return min(widest, max(cells.max() ?? 0, textWidth(things[thing])))
        }
        var legend = names.legend
        var blocks: [String] = []
        var rest = things.indices[...]
        while let first = rest.first {
            var (used, last) = (widths[first] + 2, first)
            while last + 1 < things.count, used + widths[last + 1] + 2 <= room {
                last += 1
                used += widths[last] + 2
            }
            blocks.append(block(first...last, names.short, side, widths, terminal))
            rest = rest[(last + 1)...]
        }
        for (row, name) in zip(rows, names.short) {
            let shown = row.cells.indices.map { cell(row, $0, widths[$0], terminal) }
            let isAmbiguous = row.cells.indices.contains { a in
                row.cells.indices.contains { b in
                    b > a && row.cells[a] != row.cells[b] && plain(shown[a]) == plain(shown[b])
                }
            }
            guard isAmbiguous else { continue }
            legend.append(name + ":")
            legend += zip(things, row.cells).map { "  \($0)  \($1)" }
        }
        if !legend.isEmpty {
            let lines = legend.map { line in
                wrapped(line, to: terminal.width, indent: line.hasPrefix("  ") ? "    " : "  ")
            }
            blocks.append(lines.joined())
        }
        return blocks.joined(separator: "\n")
    }

    private func block(
        _ shown: ClosedRange<Int>, _ names: [String], _ side: Int, _ widths: [Int], _ terminal: Terminal
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - textWidth(text))) + text
        }
        func left(_ text: String) -> String {
            text + String(repeating: " ", count: max(0, side - textWidth(text)))
        }
        var text = terminal.bold(left(title))
        for thing in shown {
            let name = fitted(things[thing], to: widths[thing], isUnicode: terminal.isUnicode)
            text += "  " + right(name, widths[thing]).replacing(name, with: terminal.bold(name))
        }
        text += "\n"
        for (row, name) in zip(rows, names) {
            text += left(name)
            for thing in shown {
                text += "  " + right(cell(row, thing, widths[thing], terminal), widths[thing])
            }
            text += "\n"
        }
        return text
    }

    /// The cell's text, cut, and its mark.
    private func cell(_ row: Row, _ thing: Int, _ width: Int, _ terminal: Terminal) -> String {
        if row.best.isEmpty { return fitted(row.cells[thing], to: width, isUnicode: terminal.isUnicode) }
        let text = fitted(row.cells[thing], to: width - 2, isUnicode: terminal.isUnicode)
        return text + (row.best.contains(thing) ? " *" : "  ")
    }

    private func plain(_ cell: String) -> Substring { cell.hasSuffix(" *") ? cell.dropLast(2) : cell[...] }

    /// Names that fit, without what they have in common; a name that is cut gets a number, which the legend explains.
    private func names(within width: Int, _ terminal: Terminal) -> (short: [String], legend: [String]) {
        let all = Set(rows.map(\.name))
        let plain = rows.map { row -> String in
            // `learning_rate` says as much as `hyperparameters.learning_rate`, where nothing else is called so.
            let prefix = "hyperparameters."
            guard row.name.hasPrefix(prefix) else { return row.name }
            let short = String(row.name.dropFirst(prefix.count))
            return all.contains(short) ? row.name : short
        }
        var legend: [String] = []
        let short = zip(rows, plain).map { row, name in
            guard textWidth(name) > width else { return name }
            let mark = "[\(legend.count + 1)] "
            legend.append(mark + row.name)
            return mark + fitted(name, to: width - mark.count, isUnicode: terminal.isUnicode)
        }
        return (short, legend)
    }
}
