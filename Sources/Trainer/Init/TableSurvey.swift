import Base
import Datasets
import Network
import Tensors

/// A survey of a table before a recipe is written: its dialect, the kinds of its columns, and the column to
/// predict.
public struct TableSurvey: Sendable {
    public let path: String
    public private(set) var dialect = TableDialect()
    public private(set) var columns: [SurveyedColumn] = []
    public private(set) var rows = 0
    public private(set) var duplicates = 0
    public private(set) var target = 0
    public private(set) var targetReason = ""
    public private(set) var task = SurveyTask.classes([])
    public private(set) var missingTargets = 0

    public struct SurveyedColumn: Sendable {
        public var name: String
        public var profile: ColumnProfile
        public var kind: ColumnRecipe.Kind
        public var reason: String
        /// True if another column has the same name.
        public var isAmbiguous: Bool
    }

    public enum SurveyTask: Sendable {
        /// Classes with their numbers of rows.
        case classes([(name: String, count: Int)])
        case numbers
    }

    /// - target: The name of the column to predict; nil chooses one.
    public init(path: String, target wanted: String? = nil) throws(CellarError) {
        self.path = path
        var table = try Self.open(path, &dialect)
        var fields = try Self.fields(of: table)
        if table.header.isInFile, dialect.hasHeader == nil, Self.isDataRow(table.columns, fields) {
            dialect.hasHeader = false
            table = try Table(path: path, dialect: dialect)
            fields = try Self.fields(of: table)
        }
        rows = table.rowCount
        Self.chooseNumbers(fields, table.header.delimiter, &dialect)
        let reader = FieldReader(dialect)
        var positions = NamePositions(table.columns)
        columns = zip(table.columns, fields).map { name, fields in
            let profile = ColumnProfile(fields, reader)
            let guess = KindGuess(name, profile)
            let isAmbiguous = positions.positions(of: name).count > 1
            return SurveyedColumn(
                name: name, profile: profile, kind: isAmbiguous ? .ignore : guess.kind,
                reason: isAmbiguous ? "another column has the same name" : guess.reason,
                isAmbiguous: isAmbiguous)
        }
        try chooseTarget(wanted, table)
        try chooseTask(fields[target], reader)
        for index in columns.indices where index != target && columns[index].kind != .ignore {
            if let leak = leak(fields[index], fields[target], columns[index].profile) {
                (columns[index].kind, columns[index].reason) = (.ignore, leak)
            }
        }
        let inputs = columns.indices.filter { $0 != target && columns[$0].kind != .ignore }
        guard !inputs.isEmpty else {
            throw CellarError(
                .badData, file: path,
                expected: "columns from which \"\(columns[target].name)\" can be predicted",
                found: "none that is neither constant, an identifier nor a copy of it",
                fix: "Name another column with --target.")
        }
        let hashes = rowHashes(of: inputs.map { Samples(texts: fields[$0]) })
        duplicates = hashes.count - Set(hashes).count
    }

    // MARK: How the table is written

    private static func open(_ path: String, _ dialect: inout TableDialect) throws(CellarError) -> Table {
        do throws(CellarError) { return try Table(path: path, dialect: dialect) } catch {
            let first = error
            guard first.category == .badData else { throw first }
            // A first line of numbers has data.
            var other = dialect
            other.hasHeader = false
            if let table = try? Table(path: path, dialect: other) {
                dialect = other
                return table
            }
            // Lines before the table, or comments.
            for skipped in 1...30 {
                other = dialect
                other.skippedLines = skipped
                if let table = try? Table(path: path, dialect: other), table.columns.count > 1 {
                    dialect = other
                    return table
                }
                other.hasHeader = false
                if let table = try? Table(path: path, dialect: other), table.columns.count > 1 {
                    dialect = other
                    return table
                }
            }
            for sign in ["#", "%"] {
                other = dialect
                try other.setComment(sign)
                if let table = try? Table(path: path, dialect: other), table.columns.count > 1 {
                    dialect = other
                    return table
                }
            }
            throw first
        }
    }

    private static func fields(of table: Table) throws(CellarError) -> [Texts] {
        let all = try table.allFields()
        return all
    }

    /// True if the first line looks like the others: a number stands where a column of numbers would have its name, or each
    /// name is a value of its column.
    private static func isDataRow(_ names: [String], _ fields: [Texts]) -> Bool {
        let reader = FieldReader(TableDialect())
        var repeated = 0
        for (name, fields) in zip(names, fields) {
            let rows = min(fields.count, 500)
            if case .number = reader.number(Array(name.utf8)[...]) {
                let numbers = (0..<rows).count { row in
                    if case .number = reader.number(fields[row]) { true } else { false }
                }
                // Years and ages may be names (2019, 2020) in a table that has texts beside them.
                if numbers * 2 > rows, !isYear(name) { return true }
            }
            if (0..<rows).contains(where: { fields[$0].elementsEqual(name.utf8) }) {
                repeated += 1
                // A name among few values that repeat is a value.
                let distinct = Set((0..<rows).map { Array(fields[$0]) }).count
                if rows >= 20, distinct <= 20 { return true }
            }
        }
        return repeated == names.count && names.count > 1
    }

    private static func isYear(_ name: String) -> Bool {
        Int(name).map { (1900...2100).contains($0) } ?? false
    }

    /// Words for a missing value that pandas does not know.
    private static let markers = [
        "?", "-", "--", ".", "*", "unknown", "missing", "n.a.", "na.", "none", "nil", "not available",
    ]

    /// Finds the decimal sign, the sign of thousands, units and words for missing values.
    private static func chooseNumbers(_ fields: [Texts], _ delimiter: UInt8, _ dialect: inout TableDialect) {
        let plain = FieldReader(dialect)
        let profiles = fields.map { ColumnProfile($0, plain) }
        // Columns of which most texts are numbers in another form decide.
        var (commas, groups, units, pointGroups) = (0, 0, 0, 0)
        for (fields, profile) in zip(fields, profiles) where profile.textCount > 0 {
            var (seen, comma, group, unit, point) = (0, 0, 0, 0, 0)
            for row in 0..<fields.count {
                guard case .text = plain.number(fields[row]) else { continue }
                seen += 1
                let form = NumberForm(fields[row])
                if form.isDecimalComma { comma += 1 }
                if form.isGrouped { group += 1 }
                if form.hasUnit { unit += 1 }
                if form.isGroupedByPoints { point += 1 }
            }
            guard seen > 0 else { continue }
            let share = { (count: Int) in Double(count) / Double(seen) > 0.8 }
            if share(comma) { commas += 1 }
            if share(group) { groups += 1 }
            if share(unit) { units += 1 }
            if share(point) { pointGroups += 1 }
        }
        // In a table with commas between columns a comma in a number separates thousands.
        if commas > 0, delimiter != UInt8(ascii: ",") || groups == 0 {
            dialect.decimal = UInt8(ascii: ",")
            if pointGroups > 0 || hasPointGroups(fields) { dialect.thousands = UInt8(ascii: ".") }
        } else if groups > 0 {
            dialect.thousands = UInt8(ascii: ",")
        } else if delimiter == UInt8(ascii: ";"), hasPointGroups(fields), pointGroups > 0 {
            dialect.thousands = UInt8(ascii: ".")
        }
        if units > 0 { dialect.hasUnits = true }
        let reader = FieldReader(dialect)
        var words: Set<String> = []
        for fields in fields {
            var (numbers, texts) = (0, [String: Int]())
            for row in 0..<fields.count {
                switch reader.number(fields[row]) {
                case .number: numbers += 1
                case .text where texts.count < 8:
                    texts[String(decoding: reader.text(fields[row]), as: UTF8.self), default: 0] += 1
                default: break
                }
            }
            let isNumeric = numbers > 0 && numbers * 2 > fields.count && texts.count <= 3
            for (word, _) in texts where markers.contains(word.lowercased()) && (isNumeric || "?" == word) {
                words.insert(word)
            }
        }
        dialect.missing = words.sorted()
    }

    private static func hasPointGroups(_ fields: [Texts]) -> Bool {
        fields.contains { fields in
            (0..<min(fields.count, 1000)).contains { NumberForm(fields[$0]).isGroupedByPoints }
        }
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
        let lower = names.map { $0.lowercased() }
        for name in Self.targetNames.prefix(11) {
            if let place = lower.firstIndex(of: name), isUsable(place) {
                (target, targetReason) = (place, "by its name")
                return
            }
        }
        guard var last = columns.indices.last(where: isUsable) else {
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
        if !table.header.isInFile, let first = columns.indices.first(where: isUsable) {
            let (a, b) = (columns[first].profile, columns[last].profile)
            let isClass = a.distinct <= 30 && (a.whole == a.present || a.textCount == a.present)
            let isNumber = b.textCount == 0 && (b.distinct > 30 || b.whole < b.present)
            if isClass, isNumber || a.distinct == 2 && b.distinct > 2 {
                last = first
                (target, targetReason) = (first, "the first column, of few values")
            }
        }
    }

    private mutating func chooseTask(_ fields: Texts, _ reader: FieldReader) throws(CellarError) {
        let profile = columns[target].profile
        missingTargets = profile.missing
        let isNumeric = profile.textCount == 0 && profile.booleans == 0
        let isClass = profile.distinct <= 12 && profile.whole == profile.numbers || profile.distinct == 2
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

/// The form of a text that may be a number in another way of writing.
private struct NumberForm {
    private(set) var isDecimalComma = false, isGrouped = false, isGroupedByPoints = false, hasUnit = false

    init(_ field: ArraySlice<UInt8>) {
        var text = String(decoding: field, as: UTF8.self)
        let units: Set<Character> = ["$", "€", "£", "¥", "₹", "%", "\u{a0}", " "]
        let plain = text.filter { !units.contains($0) }
        if plain.count < text.count, let first = plain.first(where: { $0 != "-" }), first.isNumber,
            text.contains(where: { units.contains($0) && $0 != " " })
        {
            let isNumber = plain.allSatisfy { $0.isNumber || ".,-+".contains($0) }
            hasUnit = isNumber
        }
        text = plain
        if text.first == "-" || text.first == "+" { text.removeFirst() }
        guard let first = text.first, first.isNumber,
            text.allSatisfy({ ($0.isASCII && $0.isNumber) || ".,".contains($0) })
        else { return }
        let commas: [Substring] = text.split(separator: ",", omittingEmptySubsequences: false)
        if commas.count == 2, !commas[1].contains("."), !commas[1].isEmpty {
            let groups: [Substring] = commas[0].split(separator: ".", omittingEmptySubsequences: false)
            isDecimalComma = groups.dropFirst().allSatisfy { $0.count == 3 }
        }
        if commas.count >= 2, (1...3).contains(commas[0].count) {
            isGrouped = commas.dropFirst().allSatisfy { group in group.prefix { $0 != "." }.count == 3 }
        }
        let whole: Substring = commas.first ?? ""
        let points: [Substring] = whole.split(separator: ".", omittingEmptySubsequences: false)
        isGroupedByPoints =
            points.count >= 2 && (1...3).contains(points[0].count)
            && points.dropFirst().allSatisfy { $0.count == 3 }
    }
}
