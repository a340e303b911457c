import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// Reads a table. One output has classes or a number per target column; several outputs have a target column each.
    static func table(
        _ path: String, _ dialect: TableDialect, targets wanted: [String], features: [String]?,
        weights: String?, _ losses: [Loss?], _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        let table = try Table(path: path, dialect: dialect)
        let roles = try ColumnRoles(table, targets: wanted, weight: weights, chosen: features)
        let targets = roles.targets
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
        let features =
            if let chosen = roles.chosen { chosen } else { try self.features(of: table, without: roles) }
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
        var missing = try table.missingValues()
        missing.count(kinds)
        if table.header.isInFile, dialect.hasHeader == nil {
            for kind in kinds { try kind?.refuseNameAsClass(of: table) }
        }
        report(
            DataSummary(
                name: path, samples: table.rowCount, shape: [features.count], features: features,
                classes: try kinds.lazy.compactMap { $0 }.first.map { (kind) throws(CellarError) in
                    try kind.distribution(file: path)
                }, missing: missing))
        let numbers = try table.numbers(features)
        let labels = try zip(columns, kinds).map { (columns, kind) throws(CellarError) in
            if let kind { return try kind.targets(file: path) }
            let numbers = try table.numbers(columns)
            let values = (0..<table.rowCount).flatMap { row in numbers.map { Float($0[row]) } }
            return OutputLabels(targets: .values(values, width: columns.count), classes: [])
        }
        var raw = RawData(
            [try table.samples(features)], labels, path: path, sha256: try FileDigest(ofFile: path).sha256)
        raw.all.weights = try roles.weight.map { (column) throws(CellarError) in
            try self.weights(column, of: table, path)
        }
        (raw.columns, raw.features, raw.targets) = (numbers, features, targets)
        if dialect != TableDialect() {
            var dialect = dialect
            // The names by position are kept, so that other tables can be compared with them.
            if !table.header.isInFile { (dialect.hasHeader, dialect.names) = (false, table.columns) }
            raw.dialect = dialect
        }
        return raw
    }

    /// Returns all other columns. Those without a name are left out if they are empty, as after delimiters at the ends
    /// of lines, and refused if not: they are mostly row numbers.
    private static func features(of table: Table, without roles: ColumnRoles) throws(CellarError) -> [String]
    {
        let missing = table.header.unnamed.isEmpty ? nil : try table.missingValues()
        for column in table.header.unnamed where missing?.columns[column].count != table.rowCount {
            let name = table.columns[column]
            guard !roles.isOther(name) else { continue }
            throw CellarError(
                .badData, file: table.file, column: name, expected: "a name for each column with values",
                found: "none in the first line",
                fix: "Name it, or list the columns to use with features: (its name is \"\(name)\").")
        }
        let unnamed = Set(table.header.unnamed)
        return table.columns.indices.filter { !unnamed.contains($0) && !roles.isOther(table.columns[$0]) }
            .map { table.columns[$0] }
    }

    static func weights(_ column: String, of table: Table, _ path: String) throws(CellarError)
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

/// A column of classes.
private struct ClassColumn {
    let name: String
    let labels: LabelColumn

    init(_ name: String, _ texts: [String]) { (self.name, labels) = (name, LabelColumn(texts)) }

    /// The number of rows in each class. Rows without a label count as missing.
    func distribution(file: String) throws(CellarError) -> ClassDistribution {
        let classes = try labels.classes(file: file, column: name, missing: .keep)
        return ClassDistribution(
            classes: classes.names, labels: classes.rows.lazy.filter { $0 >= 0 }.map { Int($0) })
    }

    func targets(file: String) throws(CellarError) -> OutputLabels {
        let classes = try labels.classes(file: file, column: name)
        if let measurement = classes.measurement {
            throw CellarError(
                .badData, file: file, column: name, expected: "classes, because the loss is for classes",
                found: "\(classes.names.count) different numbers, such as \(measurement)",
                fix: "Use a loss for numbers, such as mean_squared_error.")
        }
        return OutputLabels(targets: .classes(classes.rows), classes: classes.names)
    }

    /// Throws if the first line looks like the others: the column's name is one of its classes, and another column's
    /// name is a number.
    func refuseNameAsClass(of table: Table) throws(CellarError) {
        guard labels.labels.firstIndex(ofSame: name) != nil,
            table.columns.contains(where: { parsedNumber($0) != nil })
        else { return }
        throw CellarError(
            .badData, file: table.file, line: 1, column: name, expected: "column names in the first line",
            found: "a row of data: \"\(name)\" is also a class",
            fix: "Write `header: false`, or `header: true` if these are names.")
    }
}

extension MissingValues {
    /// Counts the missing labels of these columns as they are read, not as missing numbers.
    fileprivate mutating func count(_ labels: [ClassColumn?]) {
        for case let column? in labels {
            guard let index = columns.firstIndex(where: { $0.name == column.name }) else { continue }
            columns[index].count = column.labels.missingCount
        }
    }
}
