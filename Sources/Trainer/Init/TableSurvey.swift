import Base
import Datasets
import Network
import Tensors

/// A survey of a table before a recipe is written: its dialect, the kinds of its columns, and the column to
/// predict.
public struct TableSurvey: Sendable {
    public let path: String
    public private(set) var dialect: TableDialect
    private let delimiter: UInt8
    let strays: [String]
    private let strayWarnings: [String]
    /// A name in the first line that is a value of its column, too; nil if it is known that the line has the names.
    let doubtfulName: String?
    /// Where the names come from that the dialect has.
    let namesReason: String
    public private(set) var columns: [SurveyedColumn] = []
    public private(set) var rows = 0
    public private(set) var duplicates = 0
    public private(set) var target = 0
    public private(set) var targetReason = ""
    public private(set) var task = SurveyTask.classes([])
    public private(set) var missingTargets = 0
    /// The options of the division of the rows.
    private(set) var isStratified = false, keepsDuplicatesTogether = false

    public struct SurveyedColumn: Sendable {
        public var name: String
        public var profile: ColumnProfile
        public var kind: ColumnRecipe.Kind
        public var reason: String
        /// True if another column has the same name.
        public var isAmbiguous: Bool
        /// What keeps numbers from being read, and what to write in the recipe; nil if the column has none.
        var obstacle: WritingGuess.Obstacle?
        /// How the numbers are written, if not as in other columns.
        var writing: NumberWriting?
    }

    public enum SurveyTask: Sendable {
        /// Classes with their numbers of rows.
        case classes([(name: String, count: Int)])
        case numbers
    }

    /// - target: The name of the column to predict; nil chooses one.
    /// - header: Whether the first line names the columns; nil finds out.
    public init(path: String, target wanted: String? = nil, header: Bool? = nil) throws(CellarError) {
        self.path = path
        let found = try Self.read(path, header: header)
        let (table, fields) = (found.table, found.fields)
        delimiter = table.header.delimiter
        (dialect, strays, doubtfulName) = (found.dialect, found.strays, found.doubtfulName)
        strayWarnings = found.strayWarnings
        namesReason = found.namesReason
        rows = table.rowCount
        let reader = FieldReader(dialect)
        var positions = NamePositions(table.columns)
        columns = zip(table.columns, fields).enumerated().map { index, column in
            let (name, fields) = column
            let (reader, writing) = (found.reader(index), found.writings[index])
            let profile = ColumnProfile(fields, reader)
            let guess = KindGuess(name, profile)
            if !table.header.isInFile, dialect.names == nil, name == "0", profile.mayBeIdentifiers {
                return SurveyedColumn(
                    name: name, profile: profile, kind: .ignore,
                    reason: "large whole numbers in the first column that hardly repeat: an identifier",
                    isAmbiguous: false)
            }
            let isAmbiguous = positions.positions(of: name).count > 1
            var reason = isAmbiguous ? "another column has the same name" : guess.reason
            if found.uncertain.contains(index) {
                let isDecimal = dialect.decimal == UInt8(ascii: ",")
                reason += "; a comma could also be \(isDecimal ? "a sign of thousands" : "the decimal sign")"
            }
            if guess.kind != .number, profile.numbers * 2 > profile.present, let text = profile.firstText {
                reason +=
                    "; \(profile.numbers) of \(profile.present) are numbers, but not \"\(text.text.prefix(20))\" in row \(text.row)"
            }
            if writing.writing != nil, guess.kind == .number { reason += "; " + writing.remark }
            if guess.kind == .number, dialect.hasPlainNumbers(in: name), Self.mayBeThousands(fields, reader) {
                reason += "; if their point separates thousands, write thousands: \".\" above"
            }
            return SurveyedColumn(
                name: name, profile: profile, kind: isAmbiguous ? .ignore : guess.kind, reason: reason,
                isAmbiguous: isAmbiguous,
                obstacle: guess.kind == .number
                    ? nil : writing.obstacle ?? Self.obstacle(guess.kind, profile, fields, reader),
                writing: writing.writing)
        }
        try chooseTarget(wanted, table)
        try chooseTask(fields[target], found.reader(target))
        for index in columns.indices where index != target && columns[index].kind != .ignore {
            if let leak = leak(fields[index], fields[target], columns[index].profile) {
                (columns[index].kind, columns[index].reason) = (.ignore, leak)
            }
        }
        try checkInputs()
        let present = (0..<rows).filter { !reader.isMissing(fields[target][$0]) }
        let hashes = rowHashes(of: inputs.map { Samples(texts: fields[$0].selecting(present)) })
        duplicates = hashes.count - Set(hashes).count
        (isStratified, keepsDuplicatesTogether) = (
            suitsStratification, duplicates > 0 && usable - duplicates >= 20
        )
    }

    /// The names of a table's columns.
    public static func columnNames(of path: String, header: Bool? = nil) throws(CellarError) -> [String] {
        try read(path, header: header).table.columns
    }

    /// The columns from which the target is predicted.
    private var inputs: [Int] {
        columns.indices.filter { $0 != target && columns[$0].kind != .ignore }
    }

    private func checkInputs() throws(CellarError) {
        guard inputs.isEmpty else { return }
        throw CellarError(
            .badData, file: path,
            expected: "columns from which \"\(columns[target].name)\" can be predicted",
            found: "none that is neither constant, an identifier nor a copy of it",
            fix: "Name another column with --target.")
    }

    /// The number of rows with a target.
    var usable: Int { rows - missingTargets }

    /// True if each class has rows enough for every part.
    private var suitsStratification: Bool {
        guard case .classes(let classes) = task, let least = classes.map(\.count).min() else { return false }
        return least >= 10 && usable / 8 >= classes.count
    }

    /// Changes the recipe where preparing its data fails. Throws the error if nothing can be changed.
    public mutating func avoid(_ error: CellarError) throws(CellarError) {
        if let name = error.place.column,
            let column = columns.firstIndex(where: { $0.name == name && $0.kind != .ignore }),
            column != target
        {
            (columns[column].kind, columns[column].reason) = (.ignore, error.message)
            return try checkInputs()
        }
        guard error.place.column == nil, isStratified || keepsDuplicatesTogether else { throw error }
        if isStratified { isStratified = false } else { keepsDuplicatesTogether = false }
    }

    /// Returns what keeps the numbers in texts that are left out from being read; nil if most have none.
    private static func obstacle(
        _ kind: ColumnRecipe.Kind, _ profile: ColumnProfile, _ fields: Texts, _ reader: FieldReader
    ) -> WritingGuess.Obstacle? {
        guard kind == .ignore, profile.textCount > 0, profile.distinct > 1, areMostlyDigits(fields, reader)
        else { return nil }
        return WritingGuess.Obstacle(problem: "their form is not known", options: nil)
    }

    /// Warnings before a training.
    public var warnings: [String] {
        strayWarnings
            + columns.enumerated().compactMap { index, column in
                guard index != target, let obstacle = column.obstacle else { return nil }
                let example = column.profile.firstText.map { ", such as \"\($0.text.prefix(40))\"" } ?? ""
                let state = column.kind == .ignore ? "left out" : "taken as \(column.kind.valueName)"
                return "\(column.name) is \(state), though most of its values have numbers\(example): "
                    + obstacle.problem + ". If they matter, write them as plain numbers or dates"
                    + (obstacle.options.map {
                        ", or, to read them nevertheless, \(yaml(column.name)): { kind: number, \($0) } in the recipe."
                    } ?? ".")
            }
    }

    /// Makes the recipe name the delimiter. Returns false if it does.
    public mutating func nameDelimiter() -> Bool {
        guard dialect.delimiter == nil else { return false }
        dialect.delimiter = delimiter
        return true
    }

    // MARK: The target

    /// Names that columns to predict usually have.
    private static let targetNames = [
        "target", "label", "labels", "class", "y", "outcome", "output", "survived", "species", "churn",
        "exited", "diagnosis",
        "result", "response", "category", "variety", "attrition", "default", "income", "salary_class",
        "loan_status", "fraud",
        "isfraud", "is_fraud", "deposit", "quality", "rating", "price", "saleprice", "sale_price", "medv",
        "charges",
        "median_house_value", "mpg", "sentiment", "spam", "grade", "stroke", "heartdisease", "heart_disease",
        "num",
        "condition", "status", "type", "strength", "cnt", "count", "rings", "score", "g3",
    ]

    private mutating func chooseTarget(_ wanted: String?, _ table: Table) throws(CellarError) {
        let names = columns.map(\.name)
        if let wanted {
            var positions = NamePositions(names)
            guard
                let place = positions.position(of: wanted)
                    ?? Int(wanted).flatMap({ names.indices.contains($0) && !table.header.isInFile ? $0 : nil }
                    )
            else {
                throw CellarError(
                    .usage, file: path, column: wanted, expected: "a column with that name",
                    found: "only \(names.prefix(30).map { "\"\($0)\"" }.joined(separator: ", "))",
                    fix: nearest(wanted, in: names).map { "Did you mean \"\($0)\"?" }
                        ?? "Name one of them with --target.")
            }
            (target, targetReason) = (place, "as asked")
            return
        }
        func isUsable(_ index: Int) -> Bool {
            let profile = columns[index].profile
            return !columns[index].isAmbiguous && profile.distinct > 1 && columns[index].kind != .date
                && !(columns[index].kind == .ignore && profile.distinct > profile.rows / 2)
                && columns[index].kind != .text
        }
        let hasX = names.contains { $0.lowercased() == "x" }
        // Beside an x, y is a coordinate.
        let lower = names.map { $0.lowercased() }.map { $0 == "y" && hasX ? "" : $0 }
        for name in Self.targetNames.prefix(11) {
            if let place = lower.firstIndex(of: name), isUsable(place) {
                (target, targetReason) = (place, "by its name")
                return
            }
        }
        guard let last = columns.indices.last(where: isUsable) else {
            throw CellarError(
                .badData, file: path, expected: "a column to predict",
                found: "none with several values that repeat",
                fix: "Name the column with --target.")
        }
        (target, targetReason) = (last, "the last column")
        // The last column is the usual place, but a known name elsewhere is better than a number or an unknown name.
        if !Self.targetNames.contains(lower[last]),
            let place = lower.indices.last(where: { Self.targetNames.contains(lower[$0]) && isUsable($0) })
        {
            (target, targetReason) = (place, "by its name")
            return
        }
        if !table.header.isInFile, let (place, reason) = targetWithoutName(last, isUsable) {
            (target, targetReason) = (place, reason)
        }
    }

    /// Returns the column of a table without names that has classes, if the last one has none.
    private func targetWithoutName(_ last: Int, _ isUsable: (Int) -> Bool) -> (Int, String)? {
        let b = columns[last].profile
        // Numbers of one form and classes in words.
        let texts = columns.indices.filter { columns[$0].profile.textCount > 0 }
        let others = columns.indices.filter { columns[$0].kind != .ignore && !texts.contains($0) }
        if texts.count == 1, let place = texts.first, isUsable(place), columns[place].profile.distinct <= 60,
            others.count > 1,
            others.allSatisfy({
                columns[$0].profile.isWhole == b.isWhole || $0 != last && columns[$0].profile.isWhole
            }),
            others.dropLast().contains(where: { columns[$0].profile.isWhole == b.isWhole })
        {
            return (place, "the only column of words")
        }
        guard let first = columns.indices.first(where: isUsable), first != last else { return nil }
        let a = columns[first].profile
        // Classes are counted: 1, 2, 3.
        let isCounted = a.isWhole && a.highest - a.lowest <= Double(a.distinct) + 1
        let isClass = a.distinct <= 30 && (isCounted || a.textCount == a.present)
        let isNumber = b.textCount == 0 && (b.distinct > 30 || b.whole < b.present)
        guard isClass, isNumber || a.distinct == 2 && b.distinct > 2 else { return nil }
        return (first, "the first column, of few values")
    }

    private mutating func chooseTask(_ fields: Texts, _ reader: FieldReader) throws(CellarError) {
        let profile = columns[target].profile
        missingTargets = profile.missing
        let isNumeric = profile.textCount == 0 && profile.booleans == 0
        let isClass = profile.distinct <= 12 && profile.whole == profile.numbers
        guard !isNumeric || isClass else {
            task = .numbers
            return
        }
        guard profile.distinct >= 2 else {
            throw CellarError(
                .badData, file: path, column: columns[target].name,
                expected: "two or more different values to predict",
                found: "\(profile.distinct)", fix: "Name another column with --target.")
        }
        guard profile.distinct <= 200, profile.distinct * 2 <= profile.present else {
            throw CellarError(
                .badData, file: path, row: profile.firstText?.row, column: columns[target].name,
                expected: "classes, each of several rows, or numbers",
                found: "\(profile.distinct) different texts in \(profile.present) rows",
                fix: "Name another column with --target.")
        }
        let labels = LabelColumn(
            (0..<fields.count).map { String(decoding: reader.text(fields[$0]), as: UTF8.self) })
        let found = try labels.classes(file: path, column: columns[target].name, missing: .keep)
        var counts = found.names.map { _ in 0 }
        for row in found.rows where row >= 0 { counts[Int(row)] += 1 }
        task = .classes(Array(zip(found.names, counts)).map { ($0, $1) })
    }

    /// Returns why a column gives the target away; nil if it does not.
    private func leak(_ fields: Texts, _ target: Texts, _ profile: ColumnProfile) -> String? {
        guard rows >= 20 else { return nil }
        if case .classes(let classes) = task {
            guard profile.distinct >= classes.count, profile.distinct <= max(classes.count, 2),
                !profile.hasManyValues
            else { return nil }
            var meaning: [[UInt8]: [UInt8]] = [:]
            for row in 0..<fields.count {
                let value = Array(fields[row])
                guard let known = meaning[value] else {
                    meaning[value] = Array(target[row])
                    continue
                }
                if !known.elementsEqual(target[row]) { return nil }
            }
            return "a copy of the target: each value goes with one class"
        }
        for row in 0..<fields.count where !fields[row].elementsEqual(target[row]) { return nil }
        return "a copy of the target"
    }
}
