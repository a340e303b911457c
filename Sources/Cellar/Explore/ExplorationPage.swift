import Base
import Datasets
import Plots

extension DataExploration {
    /// One page with everything, without a network.
    public var page: HTMLPage {
        var page = HTMLPage(title: "First look at \(name)", summary: headline)
        page.facts = facts
        if !suggestions.isEmpty { page.add(.init("Suggestions", id: "suggestions", [.list(suggestions)])) }
        if let classes {
            let rows = zip(classes.classes, classes.counts).map { name, count in
                [name, "\(count)", (Double(count) / Double(max(classes.total, 1)) * 100).fixed(1)]
            }
            page.add(
                .init(
                    "Classes", id: "classes",
                    [.note(classes.verdict)] + figure(classFigure) + [
                        .details(
                            "Table of classes",
                            [
                                .table(
                                    HTMLTable(
                                        caption: "Rows of each class", columns: ["class", "rows", "%"],
                                        rows: rows))
                            ])
                    ]))
        }
        if !head.rows.isEmpty {
            let table = HTMLTable(
                caption: "The first \(head.rows.count) rows", columns: head.columns, rows: head.rows)
            page.add(.init("First rows", id: "head", [.table(table)]))
        }
        if !columns.isEmpty {
            page.add(.init("Columns", id: "columns", [.table(columnTable)] + texts + figure(missingFigure)))
        }
        add("Histograms", "histograms", histogramFigure, to: &page)
        add("Box plots", "boxes", boxFigure, to: &page)
        add("Correlations", "correlations", correlationFigure, to: &page)
        add("Samples", "samples", sheetFigure, to: &page)
        add("Brightness", "brightness", brightnessFigure, to: &page)
        page.add(.init("Repeated rows", id: "repeats", repeatBlocks))
        page.footer =
            "Made by trainer explore; missing values are left out of means, quartiles and correlations."
        return page
    }

    /// `1599 rows, 12 columns, target quality`.
    public var headline: String {
        var parts = ["\(rowCount) \(kind == .pictures ? "pictures" : "rows")"]
        if kind != .pictures { parts.append("\(columns.count + (target == nil ? 0 : 1)) columns") }
        if let target {
            parts.append(
                "target \(target)" + (targetIsGuessed ? " (the last column; --target names another)" : ""))
        }
        if let classes { parts.append("\(classes.classes.count) classes") }
        return parts.joined(separator: ", ")
    }

    /// Names and values for the head of the page and of the text.
    public var facts: [(name: String, value: String)] {
        var facts: [(String, String)] = []
        if !parts.isEmpty {
            facts.append(("parts", parts.map { "\($0.name) \($0.rows.count)" }.joined(separator: ", ")))
        }
        if kind == .table {
            let missing = columns.reduce(0) { $0 + $1.missing } + missingLabels
            facts.append(("missing values", missing == 0 ? "none" : "\(missing)"))
        }
        if let repeats {
            facts.append(("repeated rows", repeats.repeated == 0 ? "none" : "\(repeats.repeated)"))
        }
        for shared in shared {
            facts.append(
                (
                    "\(shared.part) rows also in \(shared.other)",
                    shared.count == 0 ? "none" : "\(shared.count)"
                ))
        }
        if let classes { facts.append(("classes", classes.verdict)) }
        if let pictures {
            let sizes = pictures.sizes.prefix(4).map { size in
                "\(size.width)×\(size.height) \(size.channels == 1 ? "grey" : "colours")"
                    + (pictures.sizes.count > 1 ? ": \(size.count)" : "")
            }
            facts.append(("sizes", sizes.joined(separator: ", ") + (pictures.sizes.count > 4 ? " …" : "")))
            if let brightness = NumberSummary(pictures.brightness) {
                facts.append(
                    (
                        "brightness",
                        "\(brightness.mean.fixed(3)) on average, \(brightness.minimum.fixed(3)) to \(brightness.maximum.fixed(3))"
                    ))
            }
        }
        return facts
    }

    private func figure(_ figure: Figure?) -> [HTMLPage.Block] { figure.map { [.figure($0)] } ?? [] }

    private func add(_ title: String, _ id: String, _ figure: Figure?, to page: inout HTMLPage) {
        if let figure { page.add(.init(title, id: id, [.figure(figure)])) }
    }

    private var columnTable: HTMLTable {
        let all = columns + (targetNumbers.map { [$0] } ?? [])
        return HTMLTable(
            caption: "Type, missing and distinct values, and distribution of each column",
            columns: [
                "column", "type", "missing", "distinct", "min", "25 %", "median", "75 %", "max", "mean",
                "std", "outliers",
            ],
            rows: all.map { column in
                let start = [column.name, column.type, "\(column.missing)", "\(column.distinct)"]
                guard let numbers = column.numbers else { return start + Array(repeating: "", count: 8) }
                return start
                    + [
                        numbers.minimum, numbers.lowQuartile, numbers.median, numbers.highQuartile,
                        numbers.maximum,
                        numbers.mean, numbers.deviation,
                    ].map { shortNumber($0) } + ["\(numbers.outliers.count)"]
            }, textColumns: [1])
    }

    private var texts: [HTMLPage.Block] {
        columns.filter { !$0.frequent.isEmpty }.prefix(40).map { column in
            .details(
                "Most frequent in \(column.name)",
                [
                    .table(
                        HTMLTable(
                            caption: "Most frequent texts", columns: ["text", "rows"],
                            rows: column.frequent.map { [$0.text, "\($0.count)"] }))
                ])
        }
    }

    private var repeatBlocks: [HTMLPage.Block] {
        var lines: [String] = []
        if let repeats {
            lines.append(
                repeats.repeated == 0
                    ? "No row repeats an earlier one."
                    : "\(repeats.repeated) of \(rowCount) rows repeat an earlier one.")
            if repeats.conflictingGroups > 0 {
                lines.append(
                    "\(repeats.conflictingRows) rows in \(repeats.conflictingGroups) groups have equal values and different labels."
                )
            }
        }
        for shared in shared {
            lines.append("\(shared.count) rows of \(shared.part) also occur in \(shared.other).")
        }
        return [.list(lines)]
    }
}

extension ExploredColumn {
    /// `whole number`, `number`, `text`, and what is special about it.
    public var type: String {
        let base =
            numbers.map { $0.isIntegral ? "whole number" : "number" }
            ?? (distinct == 0 ? "empty" : "text")
        switch role {
        case .constant: return base + ", constant"
        case .identifier: return base + ", numbers the rows"
        case .number, .text: return base
        }
    }
}
