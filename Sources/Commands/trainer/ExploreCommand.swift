import ArgumentParser
import Base
import Cellar
import CommandSupport
import Plots
import StoreSupport

struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Take a first look at data, before training.",
        discussion: """
            Shows rows, types, missing values, the distribution of classes and columns, outliers, correlations, repeated rows, and \
            what a recipe for these data should do. Of pictures it shows sizes, brightness and samples. A recipe is read \
            for its data alone: the parts are those that trainer fit would use, and rows that two parts share are counted.
            """)

    @Argument(
        help: "A recipe, a table (CSV), a folder of pictures or IDX files, or an array (.npy).",
        completion: .file())
    var data: String

    @Option(help: "The column to predict. (default: the recipe's, or the last column if it has classes)")
    var target: String?
    @Option(help: "The file with the labels of an array or of IDX pictures.", completion: .file())
    var labels: String?
    @Option(
        help: "Write one HTML page with all figures into this file.", completion: .file(extensions: ["html"]))
    var html: String?
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run {
            let found = try common.open().explore(ExploreRequest(path: data, target: target, labels: labels))
            if let html { try writeFile(html, Array(found.page.html.utf8)) }
            if common.json { return try printOutput(found.json) }
            try printOutput(found.text)
            if let html { try printOutput("\nPage: \(printable(html))") }
        }
    }
}

extension DataExploration {
    /// The exploration for people; tables are tab-separated where a program reads them.
    fileprivate var text: String {
        var blocks = [wrapped("\(name): \(headline)", to: width, indent: "  ") + factLines]
        if let classes { blocks.append(classLines(classes.classes, classes.counts)) }
        if !columns.isEmpty { blocks.append(columnTable) }
        let pairs = strongestCorrelations.prefix(5).filter { $0.value.magnitude >= 0.3 }
        if !pairs.isEmpty {
            var table = TextTable("CORRELATED", "WITH", "BY")
            for pair in pairs { table.add([pair.first, pair.second, pair.value.fixed(3)]) }
            blocks.append(table.text())
        }
        if !suggestions.isEmpty {
            blocks.append(
                suggestions.map { wrapped("- " + $0, to: width, indent: "  ") }.joined())
        }
        return blocks.joined(separator: "\n")
    }

    /// Lines are wrapped for people only.
    private var width: Int { Terminal.output.isTerminal ? Terminal.output.width : 1_000 }

    private var factLines: String {
        return facts.filter { $0.name != "classes" || columns.isEmpty }.map {
            wrapped("\($0.name): \($0.value)", to: width, indent: "  ")
        }.joined()
    }

    private func classLines(_ names: [String], _ counts: [Int]) -> String {
        let total = Double(max(counts.reduce(0, +), 1))
        let largest = Double(max(counts.max() ?? 1, 1))
        let terminal = Terminal.output
        var table = TextTable(
            [.init("CLASS", .left), .init("ROWS", .right), .init("SHARE", .right)]
                + (terminal.isTerminal ? [.init("", .left)] : []))
        for (name, count) in zip(names, counts).prefix(50) {
            let bar = Bars.bar(Double(count) / largest, width: 20, isUnicode: terminal.isUnicode)
            let cells = [name, "\(count)", (Double(count) / total * 100).fixed(1) + " %"]
            table.add(cells + (terminal.isTerminal ? [bar] : []))
        }
        let more = names.count > 50 ? "… and \(names.count - 50) more classes\n" : ""
        return table.text() + more + (classes.map { $0.verdict + "\n" } ?? "")
    }

    private var columnTable: String {
        let hasCurves = Terminal.output.isTerminal && Terminal.output.isUnicode
        var table = TextTable(
            [
                .init("COLUMN", .left, importance: 9), .init("TYPE", .left, importance: 4),
                .init("MISSING", .right, importance: 8), .init("DISTINCT", .right, importance: 2),
                .init("MIN", .right, importance: 5), .init("MEDIAN", .right, importance: 6),
                .init("MAX", .right, importance: 5), .init("MEAN", .right, importance: 1),
                .init("STD", .right, importance: 1), .init("OUTLIERS", .right, importance: 3),
            ] + (hasCurves ? [.init("HISTOGRAM", .left, importance: 7)] : []))
        for column in columns.prefix(200) {
            var row = [column.name, column.type, "\(column.missing)", "\(column.distinct)"]
            if let numbers = column.numbers {
                row +=
                    [numbers.minimum, numbers.median, numbers.maximum, numbers.mean, numbers.deviation].map {
                        shortNumber($0)
                    }
                row.append("\(numbers.outliers.count)")
                if hasCurves { row.append(Bars.curve(numbers.histogram.counts.map(Double.init), width: 8)) }
            }
            table.add(row)
        }
        return table.text() + (columns.count > 200 ? "… and \(columns.count - 200) more columns\n" : "")
    }
}
