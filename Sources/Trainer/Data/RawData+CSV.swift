import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// A table's columns: for one output, classes or as many numbers as there are targets; for several, a target each.
    static func table(
        _ path: String, targets: [String], features chosen: [String]?, weights: String?, _ losses: [Loss?],
        _ report: (DataSummary) -> Void
    ) throws -> RawData {
        let table = try Table(path: path)
        let isForNumbers = losses.map { $0?.isForNumbers ?? false }
        guard targets.count == losses.count || losses.count == 1 && isForNumbers[0] else {
            throw CellarError(
                .usage,
                expected: losses.count == 1
                    ? "one target column with classes"
                    : "\(losses.count) target columns, one for each output",
                found: "\(targets.count) columns",
                fix: losses.count == 1
                    ? "Name one, or use a loss for numbers, as mean_squared_error."
                    : "Name them in the order of the outputs, as target: [a, b].")
        }
        let features = chosen ?? table.columns.filter { !targets.contains($0) && $0 != weights }
        guard !features.isEmpty else {
            throw CellarError(
                .badData, file: path, expected: "columns beside \"\(targets[0])\" to learn from",
                found: "none",
                fix: "Use a table with more columns.")
        }
        let columns = losses.count == 1 ? [targets] : targets.map { [$0] }
        let kinds = try zip(columns, isForNumbers).map { columns, isForNumbers in
            isForNumbers ? nil : ClassColumn(columns[0], try table.text(columns[0]))
        }
        report(
            DataSummary(
                name: path, samples: table.rowCount, shape: [features.count], features: features,
                classes: kinds.lazy.compactMap { $0 }.first?.distribution, missing: try table.missingValues())
        )
        let numbers = try table.numbers(features)
        let labels = try zip(columns, kinds).map { columns, kind in
            if let kind { return try kind.labels(file: path) }
            let numbers = try table.numbers(columns)
            let values = (0..<table.rowCount).flatMap { row in numbers.map { Float($0[row]) } }
            return OutputLabels(targets: .values(values, width: columns.count), classes: [])
        }
        var raw = RawData([try table.samples(features)], labels, path: path, sha256: try Digest.ofFile(path))
        raw.all.weights = try weights.map { try self.weights($0, of: table, path) }
        (raw.columns, raw.features) = (numbers, features)
        return raw
    }

    private static func weights(_ column: String, of table: Table, _ path: String) throws -> [Float] {
        try table.numbers(column).enumerated().map { row, weight in
            guard weight >= 0, Float(weight).isFinite else {
                throw CellarError(
                    .badData, file: path, row: row + 1, column: column, expected: "a weight from 0 on",
                    found: "\(weight)", fix: "Correct the value, or name another column as sample_weight.")
            }
            return Float(weight)
        }
    }
}

/// A column of classes' names.
private struct ClassColumn {
    let name: String
    let texts: [String]
    let encoder: LabelEncoder

    init(_ name: String, _ texts: [String]) {
        (self.name, self.texts) = (name, texts)
        encoder = LabelEncoder(fitting: texts.filter { !$0.isEmpty })
    }

    var distribution: ClassDistribution {
        ClassDistribution(classes: encoder.classes, labels: texts.compactMap { encoder.code($0) })
    }

    func labels(file: String) throws -> OutputLabels {
        let codes = try encoder.encode(texts, file: file, column: name)
        return OutputLabels(targets: .classes(codes.map { Int32($0) }), classes: encoder.classes)
    }
}
