import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// Reads a table whose columns enter the model one by one.
    static func columns(
        _ recipe: DataRecipe, _ given: ColumnsRecipe, path: String, targets: [String],
        features chosen: [String]?,
        _ losses: [Loss?], _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        guard losses.count == 1, targets.count == 1 else {
            throw CellarError(
                .usage,
                "columns are for a model with one output and one target column, but there are \(targets.count)."
            )
        }
        let paths = ([path] + recipe.otherFiles).map { recipe.resolve($0) }
        var table = try Table(path: paths[0], dialect: recipe.dialect)
        for other in paths.dropFirst() { try table.append(Table(path: other, dialect: recipe.dialect)) }
        let file = paths[0]
        let reader = FieldReader(recipe.dialect)
        var positions = NamePositions(table.columns)
        for name in given.columns.keys.sorted() + (chosen ?? []) where positions.position(of: name) == nil {
            throw CellarError(
                .badData, file: file, column: name, expected: "a column with that name",
                found: "only \(table.columns.prefix(30).map { "\"\($0)\"" }.joined(separator: ", "))",
                fix: nearest(name, in: table.columns).map { "Did you mean \"\($0)\"?" }
                    ?? "Correct the recipe.")
        }
        let others = targets + (recipe.sampleWeight.map { [$0] } ?? [])
        let byName = Dictionary(
            given.columns.map { (positions.position(of: $0) ?? -1, $1) }, uniquingKeysWith: { one, _ in one })
        var columns: [TableColumn] = []
        for (index, name) in table.columns.enumerated() {
            let isOther = others.contains { $0 == name }
            guard !isOther, chosen.map({ $0.contains(name) }) ?? true else { continue }
            let entry = byName[index]
            // A name that two columns have cannot be told apart; such columns are left out unless they are asked for.
            guard entry != nil || positions.positions(of: name).count == 1 else { continue }
            guard entry != nil || given.guessesOthers else { continue }
            if let column = try TableColumn(
                name, table.fields(name), entry ?? ColumnRecipe(), reader, file: file)
            {
                columns.append(column)
            }
        }
        guard !columns.isEmpty else {
            throw CellarError(
                .badData, file: file, expected: "columns in addition to \"\(targets[0])\"", found: "none",
                fix: "Use a table with more columns.")
        }
        var labels = TargetOfTable(targets[0], try table.fields(targets[0]), reader)
        let kept = try labels.keptRows(drops: recipe.dropsMissingTargets, file: file)
        report(
            DataSummary(
                name: path, samples: kept.count, shape: [columns.count], features: columns.map(\.name),
                classes: nil,
                missing: MissingValues(
                    columns: columns.map { column in
                        .init(
                            name: column.name,
                            count: (0..<table.rowCount).count { column.isMissing($0) })
                    })))
        let output = try labels.output(losses[0], recipe, file: file)
        var raw = RawData(
            columns.map(\.samples), [output], path: path,
            sha256: paths.count == 1 ? try FileDigest(ofFile: file).sha256 : try DatasetDigest.files(paths))
        if let weight = recipe.sampleWeight { raw.all.weights = try weights(weight, of: table, path) }
        raw.features = columns.map(\.name)
        raw.tableColumns = columns
        raw.targetColumn = labels
        raw.keptRows = kept.count < table.rowCount ? kept : nil
        var dialect = recipe.dialect
        for column in columns {
            if let order = column.order { dialect.dates[column.name] = order }
        }
        if !table.header.isInFile { (dialect.hasHeader, dialect.names) = (false, table.columns) }
        if dialect != TableDialect() { raw.dialect = dialect }
        return raw
    }
}

/// The column to predict.
struct TargetOfTable: Sendable {
    let name: String
    private let fields: Texts
    private let reader: FieldReader
    private(set) var numbers: [Double] = []

    init(_ name: String, _ fields: Texts, _ reader: FieldReader) {
        (self.name, self.fields, self.reader) = (name, fields, reader)
    }

    /// Returns the rows with a target.
    func keptRows(drops: Bool, file: String) throws(CellarError) -> [Int] {
        let kept = (0..<fields.count).filter { !reader.isMissing(fields[$0]) }
        guard drops || kept.count == fields.count else {
            let row = (0..<fields.count).first { reader.isMissing(fields[$0]) } ?? 0
            throw CellarError(
                .badData, file: file, row: row + 1, column: name, expected: "a target in each row",
                found: "\(fields.count - kept.count) rows without one",
                fix: "Write `missing_target: drop` to leave these rows out.")
        }
        return kept
    }

    /// Returns classes or numbers, as the loss wants them. Rows without a target have class 0 or the number 0; they are
    /// not used.
    mutating func output(_ loss: Loss?, _ recipe: DataRecipe, file: String) throws(CellarError)
        -> OutputLabels
    {
        if loss?.isForNumbers ?? false {
            numbers = try (0..<fields.count).map { (row) throws(CellarError) in
                switch reader.number(fields[row]) {
                case .number(let number): return number
                case .boolean(let boolean): return boolean ? 1 : 0
                case .missing: return 0
                case .text:
                    throw CellarError(
                        .badData, file: file, row: row + 1, column: name,
                        expected: "a number, because the loss is for numbers",
                        found: "\"\(String(decoding: fields[row].prefix(60), as: UTF8.self))\"",
                        fix: "Use a loss for classes, such as sparse_categorical_crossentropy.")
                }
            }
            return OutputLabels(targets: .values(numbers.map { Float($0) }, width: 1), classes: [])
        }
        let labels = LabelColumn(
            (0..<fields.count).map { row in
                let text = reader.text(fields[row])
                return String(decoding: text, as: UTF8.self)
            })
        let found = try labels.classes(file: file, column: name, missing: .keep)
        if let measurement = found.measurement {
            throw CellarError(
                .badData, file: file, column: name, expected: "classes, because the loss is for classes",
                found: "\(found.names.count) different numbers, such as \(measurement)",
                fix: "Use a loss for numbers, such as mean_squared_error.")
        }
        let rows = found.rows.map { max($0, 0) }
        return try OutputLabels(targets: .classes(rows), classes: found.names).ordered(recipe, file: file)
    }
}

extension OutputLabels {
    /// The same labels with the classes in the recipe's order.
    func ordered(_ recipe: DataRecipe, file: String) throws(CellarError) -> OutputLabels {
        guard recipe.classes != nil || recipe.positive != nil, case .classes(let rows) = targets else {
            return self
        }
        func wrong(_ message: String) -> CellarError {
            CellarError(
                .badData, message, file: recipe.file, line: recipe.line,
                remedy: "The classes are \(classes.joined(separator: ", ")).")
        }
        var order = recipe.classes ?? classes
        guard order.count == classes.count, Set(order) == Set(classes) else {
            throw wrong("classes must have each class of the target once.")
        }
        if let positive = recipe.positive {
            guard classes.count == 2, classes.contains(positive) else {
                throw wrong("positive is \"\(positive)\", but must be one of two classes.")
            }
            order = [classes.first { $0 != positive } ?? "", positive]
        }
        let numbers = classes.map { name in Int32(order.firstIndex(of: name) ?? 0) }
        return OutputLabels(targets: .classes(rows.map { numbers[Int($0)] }), classes: order)
    }
}
