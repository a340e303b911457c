import ArgumentParser
import Base
import Cellar
import CommandSupport
import Registry

/// The form in which versions are listed.
enum ListFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, jsonl, csv, md

    /// Whether programs read it; then there is no limit by default.
    var isForPrograms: Bool { self != .table && self != .md }
    var isJSON: Bool { self == .json || self == .jsonl }
}

/// The chosen columns of a list in one of the forms.
struct ListRenderer {
    let format: ListFormat
    let store: Store

    /// Whole versions: every column that the form has by default.
    func print(_ listing: Listing, sortedBy sort: String?) throws {
        switch format {
        case .json, .jsonl: try printJSON(listing.versions.lazy.map { store.json(of: $0) })
        case .csv:
            let metrics = metricNames(listing.versions, first: sort).sorted()
            try print(
                store.table(
                    of: listing,
                    columns: ["reference", "aliases", "created"] + metrics.map { "metrics." + $0 }
                        + ["parameters", "sha256"]), titles: ["metrics.": ""])
        case .table, .md:
            let metrics = Array(metricNames(listing.versions, first: sort).prefix(3))
            try print(
                store.table(
                    of: listing,
                    columns: ["reference", "aliases", "created"] + metrics.map { "metrics." + $0 }
                        + ["parameters"]),
                titles: [
                    "reference": "VERSION", "aliases": "ALIASES", "created": "CREATED",
                    "parameters": "PARAMS",
                    "metrics.": "",
                ],
                // Metrics say most about a model, above all the one that the list is sorted by.
                importance: [8, 4, 3] + metrics.indices.map { [7, 6, 2][$0] } + [0],
                curves: Terminal.output.isTerminal && Terminal.output.isUnicode && format == .table
                    ? try store.lossCurves(of: listing.versions) : [])
        }
    }

    /// A table of chosen columns. `titles` are the columns' other names.
    /// - Parameter curves: The loss of each version's epochs, for a small curve; empty for none.
    func print(
        _ table: VersionTable, titles: [String: String] = [:], importance: [Int] = [], curves: [[Double]] = []
    ) throws {
        let names = table.columns.map { name in
            titles[name] ?? titles["metrics."].map { name.replacing("metrics.", with: $0) } ?? name
        }
        switch format {
        case .json, .jsonl: try printJSON(table.rows.lazy.map { Records.object(names, $0) })
        case .csv:
            try StandardOutput.write { output in
                for row in [names.map { .string($0) }] + table.rows {
                    let line = Records.csv(row)
                    // Data for a program stay as they are.
                    if Terminal.output.isTerminal {
                        try output.write(line)
                    } else {
                        try output.write(Array(line.utf8).span)
                    }
                }
            }
        case .md: try printOutput(Records.markdown(names, table.rows))
        case .table: try printOutput(text(table, names, importance, curves))
        }
    }

    /// One version a line, written as it is made: a list may be long.
    private func printJSON(_ values: some Sequence<JSON>) throws {
        try StandardOutput.write { output in
            if format == .jsonl {
                for value in values { try output.write(Records.jsonLine(value)) }
                return
            }
            var isFirst = true
            for value in values {
                try output.write((isFirst ? "[\n" : ",\n") + Records.jsonLine(value).dropLast())
                isFirst = false
            }
            try output.write(isFirst ? "[]\n" : "\n]\n")
        }
    }

    private func text(
        _ table: VersionTable, _ names: [String], _ importance: [Int], _ curves: [[Double]]
    ) -> String {
        let hasCurves = curves.contains { !$0.isEmpty }
        var text = TextTable(
            names.enumerated().map { i, name in
                let isNumeric = table.rows.contains { $0[i]?.double != nil }
                return .init(
                    name, isNumeric ? .right : .left, importance: i < importance.count ? importance[i] : -i)
            } + (hasCurves ? [.init("LOSS", .left, importance: 5)] : []))
        let forPeople = Terminal.output.isTerminal
        for (index, row) in table.rows.enumerated() {
            text.add(
                zip(table.columns, row).map { column, value in
                    let cell = column == "aliases" ? value?.cell.replacing(", ", with: ",") : value?.cell
                    // On a screen of 80 columns the day must do; programs get the second.
                    return column == "created" && forPeople ? String((cell ?? "").prefix(10)) : cell ?? ""
                } + (hasCurves ? [Bars.curve(curves[index], width: 10)] : []))
        }
        return text.text()
    }

    /// The metric that the list is sorted by, and then those that say most about a model.
    private func metricNames(_ versions: [ModelVersion], first: String?) -> [String] {
        let sort = first?.split(separator: ",").first.map { String($0.drop { $0 == "-" || $0 == " " }) }
        var present: Set<String> = []
        for version in versions { for metric in version.metrics { present.insert(metric.name) } }
        func rank(_ name: String) -> Int {
            if name == sort || "metrics." + name == sort { return 0 }
            let split = name.hasPrefix("test_") ? 1 : name.hasPrefix("val_") ? 2 : 5
            return name.hasSuffix("loss") ? split + 2 : split
        }
        return present.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
