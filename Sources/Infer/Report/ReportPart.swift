import Base
import Plots

/// A part of an evaluation's report: shown on the page, and written as files of its own.
public struct ReportPart: Sendable {
    /// The name of its files and of its place in the page: letters, digits, hyphens.
    public var id: String
    public var title: String
    /// A sentence or two before its pictures.
    public var texts: [String] = []
    public var notes: [String] = []
    /// The pictures, each with the end of its file's name; empty for the first.
    public var figures: [(suffix: String, figure: Figure)] = []
    public var tables: [(suffix: String, table: HTMLTable)] = []
    /// Text as it is, such as a report of scikit-learn's form.
    public var preformatted: String?
    public var json: JSON = .null

    init(_ id: String, _ title: String) { (self.id, self.title) = (id, title) }

    /// The section of the page.
    public var section: HTMLPage.Section {
        var blocks: [HTMLPage.Block] = texts.map { .text($0) } + notes.map { .note($0) }
        blocks += figures.map { .figure($0.figure) }
        for (_, table) in tables {
            blocks.append(table.rows.count > 20 ? .details(table.caption, [.table(table)]) : .table(table))
        }
        if let preformatted { blocks.append(.preformatted(preformatted)) }
        return HTMLPage.Section(title, id: id, blocks)
    }

    /// True if the part has more than pictures.
    private var hasText: Bool {
        !texts.isEmpty || !notes.isEmpty || !tables.isEmpty || preformatted != nil
    }

    /// The part as plain text.
    public var text: String {
        var text = title + "\n\n"
        for line in texts + notes { text += line + "\n" }
        for (_, table) in tables { text += "\n" + plainText(of: table) }
        if let preformatted { text += "\n" + preformatted }
        return text
    }

    /// Writes the part's files into a folder: what it has of text and JSON, a CSV for each table, and SVG and PNG for each figure.
    ///
    /// - png: Draws a figure as PNG; returns nil where that is not possible.
    public func write(to folder: String, png: (Figure) throws(CellarError) -> [UInt8]?) throws(CellarError) {
        func path(_ suffix: String, _ kind: String) -> String {
            let name = id.replacing("-", with: "_") + (suffix.isEmpty ? "" : "_" + suffix)
            return "\(folder)/\(name).\(kind)"
        }
        if hasText { try writeFile(path("", "txt"), Array(text.utf8)) }
        if !json.isNull { try writeReportFile(path("", "json"), json) }
        for (suffix, table) in tables { try writeFile(path(suffix, "csv"), Array(csv(of: table).utf8)) }
        for (suffix, figure) in figures {
            try writeFile(path(suffix, "svg"), figure.file(.svg))
            if let bytes = try png(figure) { try writeFile(path(suffix, "png"), bytes) }
        }
    }
}

private func plainText(of table: HTMLTable) -> String {
    let rows = ([table.columns] + table.rows).map { $0.map(printable) }
    let widths = table.columns.indices.map { column in
        rows.reduce(0) { max($0, column < $1.count ? $1[column].unicodeScalars.count : 0) }
    }
    let lines = rows.map { row in
        row.enumerated().map { column, cell -> String in
            let blanks = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
            return column == 0 || table.textColumns.contains(column) ? cell + blanks : blanks + cell
        }.joined(separator: "  ")
    }
    return table.caption + "\n" + lines.map { $0.trimmingEnd() + "\n" }.joined()
}

private func csv(of table: HTMLTable) -> String {
    ([table.columns] + table.rows).map { row in
        csvLine(row.map(CSVGuard.guarded))
    }.joined()
}

extension String {
    /// The text without blanks at its end.
    fileprivate func trimmingEnd() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
