import Base
import Datasets
import Metrics

/// The true and predicted labels in a table, and the rows' weights.
struct LabelsTable {
    enum Labels {
        case pairs(LabelPairs)
        case sets(LabelSets)
    }

    private(set) var labels: Labels
    private(set) var weights: [Double]?
    /// The table's classes, which are named in its header; empty where they are found in its rows.
    let count: Int

    /// - truth, prediction: The columns with labels; or, of rows that may have several labels, the first part of the names of
    ///   a column for each label: `truth_cat`, `prediction_cat`.
    init(
        _ file: String, truth: String, prediction: String, _ dialect: TableDialect, _ options: ReportOptions
    ) throws(CellarError) {
        var reader = try CSVReader(path: file, dialect: dialect)
        let names = reader.header.names
        let marks = names.contains(truth) ? nil : MarkColumns(names, truth: truth, prediction: prediction)
        let texts = marks?.columns ?? [truth, prediction]
        let weighted = options.weight.map { [$0] } ?? []
        // The list of the classes that `infer evaluate` writes where they have no columns of their own.
        let list = PredictionsFile.classesColumn
        let listed = names.last == list && !(texts + weighted).contains(list) ? [list] : []
        try reader.select(numbers: [], texts: texts + weighted + listed)
        var columns = [LabelColumn](repeating: LabelColumn(), count: 2)
        // Lists and marks are looked at row by row; there are few different classes.
        let areTexts = marks != nil || options.separator != nil
        var cells = [[String]](repeating: [], count: texts.count)
        var (weights, chunk) = ([Double](), CSVChunk())
        var classes = names.compactMap(className(ofColumn:))
        var fault: CellarError?
        while try reader.read(into: &chunk) {
            let first = chunk.firstRow
            chunk.eachText { row, column, bytes in
                if column == texts.count + weighted.count {
                    if first + row == 1 { classes = listedClasses(string(bytes)) ?? classes }
                    return
                }
                if column == texts.count {
                    let text = string(bytes)
                    if let weight = parsedNumber(text) { return weights.append(weight) }
                    fault =
                        fault
                        ?? CellarError(
                            .badData, file: file, row: first + row, column: options.weight,
                            expected: "a weight",
                            found: "\"\(text)\"", fix: "Write a number of at least 0.")
                    return
                }
                let label = bytes.extracting((isGuarded(bytes) ? 1 : 0)...)
                if areTexts { cells[column].append(string(label)) } else { columns[column].add(label) }
            }
            if let fault { throw fault }
        }
        self.weights = options.weight == nil ? nil : weights
        count = areTexts ? cells[0].count : columns[0].count
        if let marks {
            labels = .sets(try marks.sets(cells, self.weights, file: file))
        } else if let separator = options.separator {
            labels = .sets(
                try LabelsTable.sets(cells[0], cells[1], separator, self.weights, file: file))
        } else if let known = LabelsTable.pairs(
            columns[0], columns[1], classes)
        {
            labels = .pairs(known)
        } else {
            labels = .pairs(
                try LabelPairs(
                    truth: columns[0], prediction: columns[1], file: reader.name,
                    columns: (truth, prediction)))
        }
    }

    /// The pairs of a table with a column for each class, or a list of them, as `infer evaluate` and `infer score` write it:
    /// these are the classes, also those called NA or 007. Nil if a label is none of them.
    private static func pairs(
        _ truth: LabelColumn, _ prediction: LabelColumn, _ classes: [String]
    ) -> LabelPairs? {
        guard !classes.isEmpty else { return nil }
        // Blanks around a class are lost in the name of its column.
        let labels = truth.labels + prediction.labels
        let classes = classes.map { name in
            labels.firstIndex(ofSame: name) != nil
                ? name : labels.first { trimmed($0).hasSameBytes(as: name) } ?? name
        }
        var names = ClassNames(classes)
        guard let truth = truth.numbers(in: &names), let prediction = prediction.numbers(in: &names) else {
            return nil
        }
        return LabelPairs(classes: classes, truth: truth, prediction: prediction)
    }

    /// The labels of rows that name them in a list, such as `cat;dog`. An empty field is a row without labels.
    private static func sets(
        _ truth: [String], _ prediction: [String], _ separator: String, _ weights: [Double]?, file: String
    ) throws(CellarError) -> LabelSets {
        func lists(_ column: [String]) -> [[String]] {
            column.map { row in
                split(row, at: separator).map { String(trimmed($0)) }.filter { !$0.isEmpty }
            }
        }
        let (real, predicted) = (lists(truth), lists(prediction))
        // As scikit-learn's MultiLabelBinarizer sorts them: numbers by value, texts by code point.
        let all = LabelColumn((real + predicted).joined())
        guard all.count > 0 else {
            throw CellarError(.badData, "no row has a label.", file: file)
        }
        let names = try all.classes(file: file, missing: .keep).names
        var classes = ClassNames(names)
        func marks(_ lists: [[String]]) throws(CellarError) -> [Bool] {
            var marks = [Bool](repeating: false, count: lists.count * names.count)
            for (row, list) in lists.enumerated() {
                for label in list {
                    guard let number = classes.number(of: label) else {
                        throw classes.unknown(label, file: file, row: row + 1)
                    }
                    marks[row * names.count + Int(number)] = true
                }
            }
            return marks
        }
        return try LabelSets(
            labels: names, truth: marks(real), prediction: marks(predicted), weights: weights)
    }
}

/// A column for each label of rows that may have several, as `infer evaluate` writes them: `truth_cat` with 0 or 1, and
/// `prediction_cat` with 0 or 1, or `probability_cat` with a score.
private struct MarkColumns {
    private let labels: [String]
    private let truth: [String]
    private let prediction: [String]
    /// A label is predicted where its score is above it.
    private let threshold: Double

    var columns: [String] { truth + prediction }

    /// Nil if the table has no such columns.
    init?(_ names: [String], truth: String, prediction: String) {
        let start = truth + "_"
        let labels = names.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
        guard !labels.isEmpty else { return nil }
        let kinds = [
            (prediction, 0.5), ("probability", 0.5), ("logit", 0), ("margin", 0), ("value", 0.5),
        ]
        for (kind, threshold) in kinds
        where labels.allSatisfy({ names.contains("\(kind)_\($0)") }) {
            self.labels = labels
            self.truth = labels.map { start + $0 }
            self.prediction = labels.map { "\(kind)_\($0)" }
            self.threshold = threshold
            return
        }
        return nil
    }

    func sets(_ columns: [[String]], _ weights: [Double]?, file: String) throws(CellarError) -> LabelSets {
        let rows = columns[0].count
        func marks(_ columns: ArraySlice<[String]>, _ names: [String], above threshold: Double)
            throws(CellarError) -> [Bool]
        {
            var marks = [Bool](repeating: false, count: rows * labels.count)
            for (label, column) in columns.enumerated() {
                for (row, text) in column.enumerated() {
                    guard let value = mark(text) else {
                        throw CellarError(
                            .badData, file: file, row: row + 1, column: names[label],
                            expected: "0 or 1, or a score",
                            found: "\"\(text)\"", fix: "Write 1 where the row has the label, else 0.")
                    }
                    marks[row * labels.count + label] = value > threshold
                }
            }
            return marks
        }
        return try LabelSets(
            labels: labels, truth: marks(columns.prefix(labels.count), truth, above: 0.5),
            prediction: marks(columns.dropFirst(labels.count), prediction, above: threshold), weights: weights
        )
    }

    private func mark(_ text: String) -> Double? {
        switch text.lowercased() {
        case "true": 1
        case "false": 0
        default: parsedNumber(text).flatMap { $0.isFinite ? $0 : nil }
        }
    }
}

/// The classes in a list of texts in JSON's form; nil for other texts.
private func listedClasses(_ text: String) -> [String]? {
    let values = (try? JSON(parsing: Array(text.utf8)))?.array
    return values.flatMap { values in
        let names = values.compactMap(\.string)
        return names.count == values.count ? names : nil
    }
}

/// Returns true if a guard against formulas was put before a label.
private func isGuarded(_ label: Span<UInt8>) -> Bool {
    guard label.count > 1, label[0] == UInt8(ascii: "'") else { return false }
    return CSVGuard.isNeeded((1..<label.count).map { label[$0] }[...])
}

private func string(_ bytes: Span<UInt8>) -> String {
    let text = String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
    return String(trimmed(text))
}

private func trimmed(_ label: some StringProtocol) -> Substring {
    var label = Substring(label)
    while label.first?.isWhitespace ?? false { label.removeFirst() }
    while label.last?.isWhitespace ?? false { label.removeLast() }
    return label
}

private func split(_ text: String, at separator: String) -> [Substring] {
    var (parts, rest) = ([Substring](), text[...])
    while let place = rest.firstRange(of: separator) {
        parts.append(rest[..<place.lowerBound])
        rest = rest[place.upperBound...]
    }
    return parts + [rest]
}
