/// The columns of a table that a window has room for, and their widths.
///
/// Texts are cut, the widest first, down to 8 characters. Numbers are never cut: half a number is a wrong one. Where that is
/// not enough, columns are left out.
struct TableLayout {
    private static let shortestText = 8
    private static let longestTitle = 16

    private let columns: [TextTable.Column]
    /// The columns that are shown, in order.
    private(set) var shown: [Int]
    /// The width of each column; of those that are not shown too.
    private(set) var widths: [Int]

    init(_ columns: [TextTable.Column], _ rows: [[String]], isNumeric: [Bool], width: Int) {
        self.columns = columns
        let texts = columns.indices.map { column in rows.reduce(0) { max($0, textWidth($1[column])) } }
        let titles = columns.map { textWidth($0.title) }
        // The first column names the row: it is cut last, and at most to half of the window.
        let least = columns.indices.map { column in
            let title = min(titles[column], Self.longestTitle)
            let natural = max(texts[column], titles[column])
            if isNumeric[column] { return max(texts[column], title) }
            if column == 0 { return min(natural, max(Self.shortestText, width / 2)) }
            return min(natural, max(Self.shortestText, title))
        }
        shown = Array(columns.indices)
        func needed(_ widths: [Int], _ shown: [Int]) -> Int {
            shown.reduce(0) { $0 + widths[$1] } + 2 * (shown.count - 1)
        }
        while needed(least, shown) > width, shown.count > 1 {
            let lowest = shown.dropFirst().map { columns[$0].importance }.min()
            guard let place = shown.lastIndex(where: { $0 != 0 && columns[$0].importance == lowest }) else {
                break
            }
            shown.remove(at: place)
        }
        widths = columns.indices.map { max(texts[$0], titles[$0]) }
        var excess = needed(widths, shown) - width
        while excess > 0 {
            let wide = shown.filter { widths[$0] > least[$0] }
            guard let most = wide.map({ widths[$0] }).max(),
                let column = wide.first(where: { widths[$0] == most })
            else { break }
            widths[column] -= 1
            excess -= 1
        }
        // A first column that is wider than the window.
        if excess > 0, let only = shown.first, shown.count == 1 { widths[only] = max(1, width) }
    }

    /// The titles as they are shown: cut where the column is narrower, and then all different.
    func titles(isUnicode: Bool) -> [String] {
        var titles: [String] = []
        for (column, heading) in columns.enumerated() {
            let width = widths[column]
            var title = fitted(heading.title, to: width, isUnicode: isUnicode)
            var number = 2
            while title != heading.title, titles.contains(title), number < 100 {
                title =
                    fitted(heading.title, to: width - "\(number)".count, isUnicode: isUnicode) + "\(number)"
                number += 1
            }
            titles.append(title)
        }
        return titles
    }

    /// Sentences about titles that were cut and columns that were left out.
    func notes(_ titles: [String]) -> [String] {
        let cut = shown.filter { titles[$0] != columns[$0].title }.map {
            "\(titles[$0]) is \(columns[$0].title)."
        }
        let hidden = columns.indices.filter { !shown.contains($0) }.map { columns[$0].title }
        return cut
            + (hidden.isEmpty
                ? [] : ["Not shown, as the window is too narrow: \(hidden.joined(separator: ", "))."])
    }
}
