import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// Reads a table. One output has classes or a number per target column; several outputs have a target column each.
    static func table(
        _ path: String, targets: [String], features chosen: [String]?, weights: String?, _ losses: [Loss?],
        _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        let table = try Table(path: path)
        let isForNumbers = losses.map { $0?.isForNumbers ?? false }
        guard targets.count == losses.count || losses.count == 1 && isForNumbers[0] else {
            throw CellarError(
                .usage,
                expected: losses.count == 1
                    ? "one target column with classes"
                    : "\(losses.count) target columns, one per output",
                found: "\(targets.count) columns",
                fix: losses.count == 1
                    ? "Name one, or use a loss for numbers, such as mean_squared_error."
                    : "Name them in the order of the outputs, such as target: [a, b].")
        }
        let features = chosen ?? table.columns.filter { !targets.contains($0) && $0 != weights }
        guard !features.isEmpty else {
            throw CellarError(
                .badData, file: path, expected: "feature columns in addition to \"\(targets[0])\"",
                found: "none",
                fix: "Use a table with more columns.")
        }
        let columns = losses.count == 1 ? [targets] : targets.map { [$0] }
        let kinds = try zip(columns, isForNumbers).map { (columns, isForNumbers) throws(CellarError) in
            isForNumbers ? nil : ClassColumn(columns[0], try table.text(columns[0]))
        }
        report(
            DataSummary(
                name: path, samples: table.rowCount, shape: [features.count], features: features,
                classes: kinds.lazy.compactMap { $0 }.first?.distribution, missing: try table.missingValues())
        )
        let numbers = try table.numbers(features)
        let labels = try zip(columns, kinds).map { (columns, kind) throws(CellarError) in
            if let kind { return try kind.labels(file: path) }
            let numbers = try table.numbers(columns)
            let values = (0..<table.rowCount).flatMap { row in numbers.map { Float($0[row]) } }
            return OutputLabels(targets: .values(values, width: columns.count), classes: [])
        }
        var raw = RawData(
            [try table.samples(features)], labels, path: path, sha256: try FileDigest(ofFile: path).sha256)
        raw.all.weights = try weights.map { (column) throws(CellarError) in
            try self.weights(column, of: table, path)
        }
        (raw.columns, raw.features) = (numbers, features)
        return raw
    }

    private static func weights(_ column: String, of table: Table, _ path: String) throws(CellarError)
        -> [Float]
    {
        try table.numbers(column).enumerated().map { (row, weight) throws(CellarError) in
            guard weight >= 0, Float(weight).isFinite else {
                throw CellarError(
                    .badData, file: path, row: row + 1, column: column, expected: "a weight of at least 0",
                    found: "\(weight)", fix: "Correct the value, or name another column as sample_weight.")
            }
            return Float(weight)
        }
    }
}

/// A column of class names.
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

    func labels(file: String) throws(CellarError) -> OutputLabels {
        let codes = try encoder.encode(texts, file: file, column: name)
        return OutputLabels(targets: .classes(codes.map { Int32($0) }), classes: encoder.classes)
    }
}
