import Base
import Datasets
import Tensors

// The form of a table: lines before it, names, signs in numbers, words for missing values.
extension TableSurvey {
    /// Reads a table in the form that is found for it.
    static func read(
        _ path: String
    ) throws(CellarError) -> (table: Table, fields: [Texts], dialect: TableDialect) {
        var dialect = TableDialect()
        var table = try open(path, &dialect)
        var fields = try table.allFields()
        if table.header.isInFile, dialect.hasHeader == nil, isDataRow(table.columns, fields) {
            dialect.hasHeader = false
            table = try Table(path: path, dialect: dialect)
            fields = try table.allFields()
        } else if table.header.isInFile, dialect.skippedLines == nil, hasSecondHeader(fields) {
            var other = dialect
            other.skippedLines = 1
            if let found = try? Table(path: path, dialect: other), found.columns.count == table.columns.count
            {
                (table, dialect) = (found, other)
                fields = try table.allFields()
            }
        }
        chooseNumbers(fields, table.header.delimiter, &dialect)
        return (table, fields, dialect)
    }

    private static func open(_ path: String, _ dialect: inout TableDialect) throws(CellarError) -> Table {
        do throws(CellarError) { return try Table(path: path, dialect: dialect) } catch {
            guard error.category == .badData else { throw error }
            var wanted = error
            for other in try otherDialects(path) {
                do throws(CellarError) {
                    let table = try Table(path: path, dialect: other)
                    guard table.columns.count > 1 || other.skippedLines == nil && other.comment == nil else {
                        continue
                    }
                    dialect = other
                    return table
                } catch {
                    // A table of numbers lacks names, but what is wrong with it is in another line.
                    if wanted.place.line == 1, other.hasHeader == false, other.skippedLines == nil {
                        wanted = error
                    }
                }
            }
            throw wanted
        }
    }

    /// Other forms of a table that does not read as usual, the most likely one first.
    private static func otherDialects(_ path: String) throws(CellarError) -> [TableDialect] {
        var all: [TableDialect] = []
        func add(_ change: (inout TableDialect) throws(CellarError) -> Void) throws(CellarError) {
            var dialect = TableDialect()
            try change(&dialect)
            all.append(dialect)
        }
        // A first line of numbers has data.
        try add { $0.hasHeader = false }
        try add { $0.isLatin1 = true }
        try add { ($0.isLatin1, $0.hasHeader) = (true, false) }
        // Blanks and tabs, or more of them than one between columns.
        try add { ($0.delimiter, $0.hasHeader) = (UInt8(ascii: " "), false) }
        // R writes a row's name before its values, and no name for that column.
        if let names = try? CSVReader(path: path).header.names, names.count > 1, !names.contains("row") {
            try add { ($0.skippedLines, $0.hasHeader, $0.names) = (1, false, ["row"] + names) }
        }
        // Lines before the table, or comments.
        for skipped in 1...30 {
            try add { $0.skippedLines = skipped }
            try add { ($0.skippedLines, $0.hasHeader) = (skipped, false) }
        }
        for sign in ["#", "%"] { try add { (dialect) throws(CellarError) in try dialect.setComment(sign) } }
        return all
    }

    /// True if the first row names columns of numbers: a second line of names, below one that was read as such.
    private static func hasSecondHeader(_ fields: [Texts]) -> Bool {
        let reader = FieldReader(TableDialect())
        func isNumber(_ field: ArraySlice<UInt8>) -> Bool {
            if case .number = reader.number(field) { return true }
            return NumberForm(field).isNumber
        }
        let numeric = fields.filter { fields in
            let rows = 1..<min(fields.count, 500)
            return rows.count > 2 && rows.count { isNumber(fields[$0]) } * 10 >= rows.count * 9
        }
        return numeric.count > 1 && numeric.count * 2 > fields.count
            && numeric.allSatisfy {
                !isNumber($0[0]) && !reader.isMissing($0[0])
                    && !markers.contains(String(decoding: $0[0], as: UTF8.self))
            }
    }

    /// True if the first line looks like the others: most columns of numbers have a number in place of a name, or, where none
    /// has numbers, names are values of their columns. One such column may be a coincidence.
    private static func isDataRow(_ names: [String], _ fields: [Texts]) -> Bool {
        let reader = FieldReader(TableDialect())
        func isNumber(_ field: ArraySlice<UInt8>) -> Bool {
            if case .number = reader.number(field) { return true }
            return NumberForm(field).isNumber
        }
        var (data, headers, repeated, texts) = (0, 0, 0, 0)
        var numbers: [Int] = []
        for (name, fields) in zip(names, fields) {
            let rows = min(fields.count, 500)
            let field = Array(name.utf8)[...]
            guard (0..<rows).count(where: { isNumber(fields[$0]) }) * 2 <= rows else {
                // Years may be names (2019, 2020).
                if isNumber(field), !isYear(name) {
                    data += 1
                    numbers += Int(name).map { [$0] } ?? []
                } else if (0..<rows).contains(where: { fields[$0].elementsEqual(field) }) {
                    // A text that rows have among numbers (2, 3, more) is a value.
                    repeated += isNumber(field) ? 0 : 1
                } else if !isNumber(field), !reader.isMissing(field), !markers.contains(name.lowercased()),
                    !name.hasPrefix("Unnamed: ")
                {
                    headers += 1
                }
                continue
            }
            texts += 1
            // A name among few values that repeat is a value.
            if (0..<rows).contains(where: { fields[$0].elementsEqual(name.utf8) }),
                rows < 20 || Set((0..<rows).map { Array(fields[$0]) }).count <= 20
            {
                repeated += 1
            }
        }
        // Columns may be called 0, 1, 2 …
        let areCounted =
            numbers.count == data && data > 1 && numbers == Array(numbers[0]..<numbers[0] + data)
        if data > headers, !areCounted { return true }
        return headers == 0 && (repeated >= 2 || repeated > 0 && repeated == texts && names.count > 1)
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
        // Signs beside numbers are found first: with them 1,234.50 and 12.50 are of one kind.
        dialect.hasUnits = fields.contains { NumberForms($0, FieldReader(dialect)).isMost(\.hasUnit) }
        let reader = FieldReader(dialect)
        let forms = fields.map { NumberForms($0, reader) }
        let hasCommas = forms.contains { $0.isMost(\.isDecimalComma) }
        let hasGroups = forms.contains { $0.isMost(\.isGrouped) }
        let hasPointGroups = forms.contains { $0.isMost(\.isGroupedByPoints) }
        // In a table with commas between columns a comma in a number separates thousands.
        if hasCommas, delimiter != UInt8(ascii: ",") || !hasGroups {
            dialect.decimal = UInt8(ascii: ",")
            if hasPointGroups || self.hasPointGroups(fields) { dialect.thousands = UInt8(ascii: ".") }
        } else if hasGroups {
            dialect.thousands = UInt8(ascii: ",")
        } else if hasPointGroups, !hasDecimalPoints(fields, reader) {
            // 1.234.567 is no number otherwise.
            dialect.thousands = UInt8(ascii: ".")
        }
        chooseMarkers(fields, &dialect)
    }

    /// Finds words for missing values.
    private static func chooseMarkers(_ fields: [Texts], _ dialect: inout TableDialect) {
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

    /// True if a column's numbers all have three digits behind a point, which may then separate thousands.
    static func mayBeThousands(_ fields: Texts, _ reader: FieldReader) -> Bool {
        var count = 0
        for row in 0..<fields.count where !reader.isMissing(fields[row]) {
            let form = NumberForm(fields[row])
            let isShort = fields[row].count <= 3 && fields[row].allSatisfy { (48...57).contains($0) }
            guard form.isGroupedByPoints || isShort else { return false }
            if form.isGroupedByPoints { count += 1 }
        }
        return count >= 3
    }

    /// True if a number has a point that does not separate thousands.
    private static func hasDecimalPoints(_ fields: [Texts], _ reader: FieldReader) -> Bool {
        fields.contains { fields in
            (0..<min(fields.count, 1000)).contains { row in
                guard fields[row].contains(UInt8(ascii: ".")), case .number = reader.number(fields[row])
                else {
                    return false
                }
                return !NumberForm(fields[row]).isGroupedByPoints
            }
        }
    }

    private static func hasPointGroups(_ fields: [Texts]) -> Bool {
        fields.contains { fields in
            (0..<min(fields.count, 1000)).contains { NumberForm(fields[$0]).isGroupedByPoints }
        }
    }
}

/// The forms of a column's texts that are no plain numbers.
private struct NumberForms {
    private var forms: [NumberForm] = []

    init(_ fields: Texts, _ reader: FieldReader) {
        for row in 0..<fields.count {
            guard case .text = reader.number(fields[row]) else { continue }
            forms.append(NumberForm(fields[row]))
        }
    }

    /// True if most texts are of that form.
    func isMost(_ form: (NumberForm) -> Bool) -> Bool {
        !forms.isEmpty && Double(forms.count(where: form)) / Double(forms.count) > 0.8
    }
}
