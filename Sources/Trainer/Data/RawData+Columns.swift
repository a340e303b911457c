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
        do throws(CellarError) {
            let roles = try ColumnRoles(
                table, targets: targets, weight: recipe.sampleWeight, chosen: chosen)
            var raw = try columns(of: table, roles, recipe, given, losses[0], path: path, report)
            raw.sha256 = try recipe.fileDigest() ?? ""
            return raw
        } catch { throw table.origins.placed(error) }
    }

    private static func columns(
        of table: Table, _ roles: ColumnRoles, _ recipe: DataRecipe, _ given: ColumnsRecipe, _ loss: Loss?,
        path: String, _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        let (file, target) = (table.file, roles.targets[0])
        var dialect = recipe.dialect
        dialect.keepsBlanks = true
        if dialect.skipsInitialBlanks == nil {
            dialect.skipsInitialBlanks = try table.startsFieldsWithBlanks()
        }
        dialect.numbers = try writings(of: table, given, dialect, recipe.file)
        let reader = FieldReader(dialect)
        let columns = try inputs(of: table, roles, given, dialect, recipe)
        var labels = TargetOfTable(target, try table.fields(target), FieldReader(dialect, column: target))
        let kept = try labels.keptRows(drops: recipe.dropsMissingTargets, file: file)
        var numbers = columns.filter { $0.kind == .number }.map(\.name)
        if loss?.isForNumbers ?? false { numbers.append(target) }
        var units: [(column: String, use: UnitUse)] = []
        try table.forEachColumn(numbers.filter(dialect.takesUnits)) { name, fields in
            units.append((name, UnitUse(fields, FieldReader(dialect, column: name))))
        }
        var summary = DataSummary(
            name: path, samples: kept.count, shape: [columns.count], features: columns.map(\.name),
            classes: nil,
            missing: MissingValues(
                columns: columns.map { column in
                    .init(
                        name: column.name,
                        count: (0..<table.rowCount).count { column.isMissing($0) })
                }))
        summary.units = units.compactMap { unit in unit.use.note.map { "\(unit.column): \($0)" } }
        report(summary)
        let output = try labels.output(loss, recipe, file: file)
        var raw = RawData(columns.map(\.samples), [output], path: path, sha256: "")
        if let weight = roles.weight {
            raw.all.weights = try weights(weight, table.fields(weight), reader, kept, file)
        }
        (raw.features, raw.targets) = (columns.map(\.name), roles.targets)
        raw.units = units
        raw.tableColumns = columns
        raw.targetColumn = labels
        raw.origins = table.origins
        raw.dropsMissingTargets = recipe.dropsMissingTargets
        raw.keptRows = kept.count < table.rowCount ? kept : nil
        for column in columns {
            if let order = column.order { dialect.dates[column.name] = order }
            dialect.values[column.name] = column.values
        }
        if !table.header.isInFile { (dialect.hasHeader, dialect.names) = (false, table.columns) }
        raw.dialect = dialect
        return raw
    }

    /// Returns how columns write their numbers: as the recipe says, and where it names units for all columns, each with its own.
    private static func writings(
        of table: Table, _ given: ColumnsRecipe, _ dialect: TableDialect, _ file: String
    ) throws(CellarError) -> [String: NumberWriting] {
        var writings: [String: NumberWriting] = [:]
        let own = given.columns.filter { $0.value.writing != nil }.map { ($0.key, $0.value.writing) }
        for ((_, writing), place) in zip(own, try table.positions(of: own.map(\.0))) {
            writings[table.columns[place]] = writing
        }
        guard dialect.hasUnits else { return writings }
        let plain = FieldReader(TableDialect())
        try table.forEachColumn(Set(table.columns).filter { writings[$0] == nil }) { name, fields in
            guard let guess = WritingGuess(fields, name: name, plain).writing,
                !guess.units.isEmpty || guess.form == .magnitudes,
                // A recipe that names K as a unit does not mean thousands.
                guess.form != .magnitudes
                    || !dialect.unitWords.contains(where: { UnitFamily.magnitude($0) != nil })
            else { return }
            writings[name] = guess
        }
        return writings
    }

    /// Reads the columns that enter the model.
    private static func inputs(
        of table: Table, _ roles: ColumnRoles, _ given: ColumnsRecipe, _ dialect: TableDialect,
        _ recipe: DataRecipe
    ) throws(CellarError) -> [TableColumn] {
        var entries: [Int: ColumnRecipe] = [:]
        let sorted = given.columns.sorted { $0.key < $1.key }
        let chosen = roles.chosen.map { Set($0) }
        for ((name, entry), place) in zip(sorted, try table.positions(of: sorted.map(\.key))) {
            let column = table.columns[place]
            let isUsed = !roles.isOther(column) && chosen?.contains(column) ?? true
            if roles.targets.contains(column), entry.onlyDescribesNumbers { continue }
            guard isUsed || entry.kind == .ignore else {
                throw CellarError(
                    .badData,
                    roles.isOther(column)
                        ? "\(name): the column is no input of the model."
                        : "\(name): the column is not among the features.",
                    file: recipe.file, line: entry.line ?? recipe.line, remedy: "Remove it from columns.")
            }
            guard entries.updateValue(entry, forKey: place) == nil else {
                throw CellarError(
                    .badData, "columns: \"\(column)\" is named twice.", file: recipe.file,
                    line: entry.line ?? recipe.line)
            }
        }
        var positions = NamePositions(table.columns)
        let used = table.columns.indices.filter { index in
            let name = table.columns[index]
            guard !roles.isOther(name), chosen?.contains(name) ?? true else { return false }
            // A name that two columns have cannot be told apart; such columns are left out unless they are asked for.
            return entries[index] != nil || given.guessesOthers && positions.positions(of: name).count == 1
        }
        var columns: [TableColumn] = []
        var places = used.makeIterator()
        try table.forEachColumn(used.map { table.columns[$0] }) { (name, fields) throws(CellarError) in
            let entry = places.next().flatMap { entries[$0] } ?? ColumnRecipe()
            if let column = try TableColumn(
                name, fields, entry, FieldReader(dialect, column: name), file: table.file, recipe: recipe.file
            ) {
                columns.append(column)
            }
        }
        guard !columns.isEmpty else {
            throw CellarError(
                .badData, file: table.file, expected: "columns in addition to \"\(roles.targets[0])\"",
                found: "none",
                fix: "Use a table with more columns.")
        }
        return columns
    }

    /// Reads the weights of rows. Those of rows without a target are not used.
    private static func weights(
        _ column: String, _ fields: Texts, _ reader: FieldReader, _ rows: [Int], _ file: String
    ) throws(CellarError) -> [Float] {
        var weights = [Float](repeating: 0, count: fields.count)
        for row in rows {
            guard case .number(let weight) = reader.number(fields[row]), weight >= 0,
                Float(weight).isFinite
            else {
                throw CellarError(
                    .badData, file: file, row: row + 1, column: column, expected: "a weight of at least 0",
                    found: "\"\(String(decoding: fields[row].prefix(60), as: UTF8.self))\"",
                    fix: "Correct the value, or name another column as sample_weight.")
            }
            weights[row] = Float(weight)
        }
        return weights
    }
}
