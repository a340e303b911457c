import Base

/// A page in one file: style, texts, tables and figures, and nothing from a network. It is light or dark as the reader's system
/// is, and light on paper.
///
///     var page = HTMLPage(title: "wine.csv", summary: "1599 rows, 12 columns")
///     page.add(HTMLPage.Section("Classes", id: "classes", [.figure(figure), .table(table)]))
///     try writeFile("report.html", Array(page.html.utf8))
public struct HTMLPage: Sendable {
    public var title: String
    /// A sentence below the title.
    public var summary: String
    /// Names and values below the summary.
    public var facts: [(name: String, value: String)] = []
    public private(set) var sections: [Section] = []
    /// A line at the foot of the page.
    public var footer = ""

    public init(title: String, summary: String = "") { (self.title, self.summary) = (title, summary) }

    public struct Section: Sendable {
        public var title: String
        /// The target of links within the page: letters, digits, hyphens.
        public var id: String
        public var blocks: [Block]

        public init(_ title: String, id: String, _ blocks: [Block]) {
            (self.title, self.id, self.blocks) = (title, id, blocks)
        }
    }

    public enum Block: Sendable {
        case text(String)
        case heading(String)
        case list([String])
        case figure(Figure)
        case table(HTMLTable)
        case preformatted(String)
        /// A verdict that stands out.
        case note(String)
        /// Shown after a click on its title.
        case details(String, [Block])
    }

    public mutating func add(_ section: Section) { sections.append(section) }

    public var html: String {
        let navigation =
            sections.count < 2
            ? ""
            : "<nav aria-label=\"Contents\"><ul>"
                + sections.map { "<li><a href=\"#\($0.id)\">\(xmlEscaped($0.title))</a></li>" }.joined()
                + "</ul></nav>\n"
        let facts =
            facts.isEmpty
            ? ""
            : "<dl>"
                + facts.map { "<div><dt>\(xmlEscaped($0.name))</dt><dd>\(xmlEscaped($0.value))</dd></div>" }
                .joined()
                + "</dl>\n"
        let body = sections.map { section in
            "<section id=\"\(section.id)\" aria-labelledby=\"\(section.id)-title\">\n<h2 id=\"\(section.id)-title\">"
                + xmlEscaped(section.title) + "</h2>\n" + section.blocks.map(html).joined() + "</section>\n"
        }.joined()
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <meta name="color-scheme" content="light dark">
            <title>\(xmlEscaped(title))</title>
            <link rel="icon" href="data:,">
            <style>
            \(HTMLStyle.text)
            </style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header>
            <h1>\(xmlEscaped(title))</h1>
            \(summary.isEmpty ? "" : "<p>\(xmlEscaped(summary))</p>\n")\(facts)\(navigation)</header>
            <main id="content">
            \(body)</main>
            \(footer.isEmpty ? "" : "<footer><p>\(xmlEscaped(footer))</p></footer>\n")</body>
            </html>

            """
    }

    private func html(_ block: Block) -> String {
        switch block {
        case .text(let text): "<p>\(xmlEscaped(text))</p>\n"
        case .heading(let text): "<h3>\(xmlEscaped(text))</h3>\n"
        case .list(let items): "<ul>" + items.map { "<li>\(xmlEscaped($0))</li>\n" }.joined() + "</ul>\n"
        case .figure(let figure): "<figure>\n" + figure.drawing.pageSVG + "</figure>\n"
        case .table(let table): table.html
        case .preformatted(let text):
            "<pre tabindex=\"0\">"
                + text.split(separator: "\n", omittingEmptySubsequences: false).map { xmlEscaped(String($0)) }
                .joined(separator: "\n") + "</pre>\n"
        case .note(let text): "<p class=\"note\">\(xmlEscaped(text))</p>\n"
        case .details(let title, let blocks):
            "<details><summary>\(xmlEscaped(title))</summary>\n" + blocks.map(html).joined() + "</details>\n"
        }
    }
}

/// A table of a page. The first column names the row; other columns are aligned to the right where they are numbers.
public struct HTMLTable: Equatable, Sendable {
    /// Read out before the table, and shown above it.
    public var caption: String
    public var columns: [String]
    public var rows: [[String]]
    /// The columns, beside the first, whose texts are no numbers.
    public var textColumns: Set<Int>
    /// Texts of cells that are paths of other pages, from this page's folder: they become links.
    public var links: Set<String> = []

    public init(caption: String, columns: [String], rows: [[String]], textColumns: Set<Int> = []) {
        (self.caption, self.columns, self.rows, self.textColumns) = (caption, columns, rows, textColumns)
    }

    var html: String {
        func style(_ column: Int, _ text: String, isName: Bool) -> String {
            var classes: [String] = []
            if column > 0, !textColumns.contains(column) { classes.append("n") }
            if isName ? text.count > Self.longestName : hasLongWord(text) { classes.append("w") }
            return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
        }
        func content(_ text: String) -> String {
            links.contains(text)
                ? "<a href=\"\(percentEncoded(text))\">\(xmlEscaped(text))</a>" : xmlEscaped(text)
        }
        let head = columns.enumerated().map { column, name in
            "<th scope=\"col\"\(style(column, name, isName: true))>\(xmlEscaped(name))</th>"
        }.joined()
        let body = rows.map { row in
            "<tr>"
                + row.enumerated().map { column, cell in
                    column == 0
                        ? "<th scope=\"row\"\(style(0, cell, isName: true))>\(content(cell))</th>"
                        : "<td\(style(column, cell, isName: false))>\(content(cell))</td>"
                }.joined() + "</tr>\n"
        }.joined()
        // A wide table scrolls in its own box, by keys too.
        return
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(xmlEscaped(caption))\"><table>"
            + "<caption>\(xmlEscaped(caption))</caption>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)</tbody></table></div>\n"
    }

    /// The most letters of a name, or of a word elsewhere, that stay on one line: a longer one would push the other columns
    /// out of sight.
    private static let longestName = 40

    private func hasLongWord(_ text: String) -> Bool {
        text.utf8.count > Self.longestName
            && text.split(separator: " ").contains { $0.count > Self.longestName }
    }
}

/// A path as the address of a link: all but letters, digits and `-._~/` by their bytes.
private func percentEncoded(_ path: String) -> String {
    path.utf8.map { byte in
        let scalar = Unicode.Scalar(byte)
        if scalar.properties.isAlphabetic && byte < 0x80 || "0123456789-._~/".utf8.contains(byte) {
            return String(scalar)
        }
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (byte < 16 ? "0" : "") + digits
    }.joined()
}
