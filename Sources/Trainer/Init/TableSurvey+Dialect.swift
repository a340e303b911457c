import Base
import Datasets
import Tensors

// The form of a table: lines before it, names, and rows that are none. TableSurvey+Signs.swift has the signs and words in its cells.
extension TableSurvey {
    /// A table in the form that is found for it.
    struct Found {
        var table: Table
        var fields: [Texts]
        var dialect: TableDialect
        /// The columns whose commas or points may be either decimal signs or signs of thousands, with such a number.
        var uncertain: [Int: String] = [:]
        /// True if a warning is to say so.
        var areSignsDoubtful = false
        /// Comments about words that are taken for missing values.
        var strays: [String] = []
        /// Warnings about values that are taken for missing ones.
        var strayWarnings: [String] = []
        /// A name in the first line that is a value of its column, too.
        var doubtfulName: String?
        /// The way in which each column writes its numbers.
        var writings: [WritingGuess] = []

        /// The reader of a column.
        func reader(_ column: Int) -> FieldReader { FieldReader(dialect, column: table.columns[column]) }

        /// The source of the names that the dialect has.
        var names = NamesSource()
    }

    /// - header: Whether the first line names the columns; nil finds out.
    static func read(_ path: String, header: Bool?) throws(CellarError) -> Found {
        var dialect = TableDialect()
        dialect.hasHeader = header
        var names = NamesSource()
        var table = try open(path, &dialect, &names)
        var fields = try table.allFields()
        let first = FirstLine(table.columns, fields)
        func take(_ other: TableDialect, _ isRight: (Table) -> Bool) throws(CellarError) {
            guard let found = try? Table(path: path, dialect: other), isRight(found) else { return }
            (table, dialect) = (found, other)
            fields = try table.allFields()
        }
        if table.header.isInFile, dialect.hasHeader == nil, first.hasData {
            dialect.hasHeader = false
            table = try Table(path: path, dialect: dialect)
            fields = try table.allFields()
        } else if table.header.isInFile, header == nil,
            let (other, reason) = unitsBelowNames(table, fields, dialect)
        {
            let (columns, rows) = (table.columns.count, table.rowCount)
            try take(other) { $0.columns.count == columns && $0.rowCount == rows - 1 }
            names.reason = reason
        } else if table.header.isInFile, dialect.skippedLines == nil, hasSecondHeader(fields) {
            var other = dialect
            other.skippedLines = 1
            let width = table.columns.count
            try take(other) { $0.columns.count == width }
        }
        if !table.header.isInFile, header == nil, dialect.names == nil, table.rowCount > 2,
            hasSecondHeader(fields, at: 1)
        {
            // Years, for example, above the names of columns.
            var other = dialect
            (other.hasHeader, other.skippedLines) = (nil, table.firstLine)
            let width = table.columns.count
            try take(other) { $0.columns.count == width }
        }
        if isC45(fields), dialect.comment == nil {
            var other = dialect
            other.delimiter = table.header.delimiter
            other.comment = UInt8(ascii: "|")
            let (columns, rows) = (table.columns, table.rowCount)
            try take(other) { $0.columns == columns && $0.rowCount == rows }
        }
        dialect.keepsBlanks = true
        if try table.startsFieldsWithBlanks() { dialect.skipsInitialBlanks = true }
        // Without one of two columns nothing tells the delimiter.
        if !table.header.isInFile, dialect.delimiter == nil, table.columns.count == 2 {
            dialect.delimiter = table.header.delimiter
        }
        var found = Found(table: table, fields: fields, dialect: dialect)
        found.names = names
        if table.header.isInFile, header == nil { found.doubtfulName = first.repeatedName }
        try found.refuseTotals()
        found.chooseNumbers()
        try found.chooseMarkers()
        return found
    }

    private static func open(
        _ path: String, _ dialect: inout TableDialect, _ names: inout NamesSource
    ) throws(CellarError) -> Table {
        let form = try KnownForm(path)
        try form.refuse(path)
        if dialect.hasHeader != true, let arff = try form.arff(path) {
            (dialect, names.reason) = (arff, "the names of the attributes")
            return try Table(path: path, dialect: arff)
        }
        var first: Table?
        var wanted = Furthest()
        do throws(CellarError) {
            let table = try Table(path: path, dialect: dialect)
            // One column, or one name in a line of delimiters: this may be a title.
            let (width, unnamed) = (table.columns.count, table.header.unnamed.count)
            let isTitled = width == 1 || unnamed > 1 && unnamed * 2 >= width
            guard isTitled else { return table }
            first = table
        } catch {
            guard error.category == .badData else { throw error }
            wanted.add(error, width: width(path, dialect))
        }
        let header = dialect.hasHeader
        // A line of fewer words is one column where no sign separates them.
        let others = first == nil ? otherDialects : first?.columns.count == 1 ? shortNames : []
        let isBehindTitle = hasTabsBelowTitle(path)
        for other in others.compactMap({ $0.withHeader(header) })
        where other.delimiter == nil || !isBehindTitle {
            do throws(CellarError) {
                if other.skippedLines != nil {
                    guard let found = try named(path, other) else { continue }
                    (dialect, names) = (found.dialect, found.names)
                    return found.table
                }
                let table = try Table(path: path, dialect: other)
                // Without the right delimiter any text is one column.
                guard table.columns.count > 1 else { continue }
                dialect = other
                return table
            } catch {
                // A table of numbers lacks names, but what is wrong with it is in another line.
                if wanted.error?.place.line == 1, other.hasHeader == false {
                    wanted.replace(by: error)
                } else {
                    wanted.add(error, width: width(path, other))
                }
            }
        }
        for other in dialectsBehindLines.compactMap({ $0.withHeader(header) }) {
            let width = first?.columns.count ?? 1
            guard width == 1 || other.hasHeader == nil, let found = behindLines(path, other, &wanted),
                found.table.columns.count >= width
            else { continue }
            (dialect, names) = (found.dialect, found.names)
            return found.table
        }
        try form.refuseBrokenRows(path)
        if let first { return first }
        throw wanted.described(path) ?? CellarError.opening(path, 0)
    }

    /// True if tabs separate the columns, but not the words of the first line.
    private static func hasTabsBelowTitle(_ path: String) -> Bool {
        func hasTabs(behind lines: Int?) -> Bool {
            var dialect = TableDialect()
            (dialect.skippedLines, dialect.hasHeader, dialect.isLatin1) = (lines, false, true)
            return (try? CSVReader(path: path, dialect: dialect).header.delimiter) == UInt8(ascii: "\t")
        }
        return !hasTabs(behind: nil) && hasTabs(behind: 1)
    }

    /// The number of columns in the first line; 0 if it cannot be read.
    private static func width(_ path: String, _ dialect: TableDialect) -> Int {
        (try? CSVReader(path: path, dialect: dialect).header.names.count) ?? 0
    }

    /// Other forms of a table that does not read as usual, the most likely one first.
    private static var otherDialects: [TableDialect] {
        var all = [TableDialect](repeating: TableDialect(), count: 3)
        // A first line of numbers has data.
        all[0].hasHeader = false
        all[1].isLatin1 = true
        (all[2].isLatin1, all[2].hasHeader) = (true, false)
        // The sign that the line of names has comes before others, of which blanks would take the last one off each row.
        let short = shortNames.filter { $0.delimiter == nil }
        // Blanks and tabs, or more of them than one between columns.
        var blanks = TableDialect()
        (blanks.delimiter, blanks.hasHeader) = (UInt8(ascii: " "), false)
        return all + short + [blanks] + shortNames.filter { $0.delimiter != nil }
    }

    /// The forms of a table whose first line is shorter than its rows, with signs or blanks between the names.
    private static var shortNames: [TableDialect] {
        [nil, UInt8(ascii: " ")].flatMap { delimiter in
            [false, true].map { isLatin1 in
                var dialect = TableDialect()
                (dialect.delimiter, dialect.isLatin1) = (delimiter, isLatin1)
                (dialect.skippedLines, dialect.hasHeader) = (1, false)
                return dialect
            }
        }
    }

    /// Reads a table whose line of names, the last one of those before it, is shorter than its rows; nil for another table.
    private static func named(
        _ path: String, _ wanted: TableDialect
    ) throws(CellarError) -> (table: Table, dialect: TableDialect, names: NamesSource)? {
        guard let skipped = wanted.skippedLines, skipped > 0 else { return nil }
        var line = wanted
        (line.skippedLines, line.hasHeader) = (skipped == 1 ? nil : skipped - 1, true)
        guard let header = try? CSVReader(path: path, dialect: line).header, header.names.count > 1,
            ShortNames.areNames(header.names)
        else { return nil }
        // Signs within the numbers of the rows may be as many.
        var dialect = wanted
        dialect.delimiter = header.delimiter
        guard let row = try? CSVReader(path: path, dialect: dialect).header,
            row.names.count > header.names.count
        else { return nil }
        if wanted.delimiter == nil,
            (try? CSVReader(path: path, dialect: wanted).header.delimiter) == header.delimiter
        {
            dialect.delimiter = nil
        }
        let fields = try Table(path: path, dialect: dialect).allFields()
        if skipped > 1 {
            // Lines of titles are above the names.
            let isSure = ShortNames.emptyEnds(fields) >= fields.count - header.names.count
            guard ShortNames.areSurelyNames(header.names), isSure || header.names.count > 2 else {
                return nil
            }
        }
        let isBlank = header.delimiter == UInt8(ascii: " ")
        guard let short = ShortNames(header.names, fields, isBlank: isBlank), !hasSecondHeader(fields) else {
            return nil
        }
        dialect.names = short.names
        return (try Table(path: path, dialect: dialect), dialect, short.source)
    }

    /// The forms of tables with comments, with other lines before them, or with both. Those without names come last.
    private static var dialectsBehindLines: [TableDialect] {
        var all: [TableDialect] = []
        for (hasHeader, most) in [(Bool?.none, 30), (false, 30)] {
            for comment in [nil, UInt8(ascii: "#"), UInt8(ascii: "%")] {
                for skipped in 0...(comment == nil ? most : 5) where comment != nil || skipped > 0 {
                    var dialect = TableDialect()
                    (dialect.hasHeader, dialect.comment) = (hasHeader, comment)
                    if skipped > 0 { dialect.skippedLines = skipped }
                    all.append(dialect)
                }
            }
        }
        return all
    }

    /// Reads a table of several columns whose names, if it should have them, are none of its data.
    private static func behindLines(
        _ path: String, _ wanted: TableDialect, _ furthest: inout Furthest
    ) -> (table: Table, dialect: TableDialect, names: NamesSource)? {
        var dialect = wanted
        // Lines in UTF-8 are read as such here, too.
        dialect.isLatin1 = true
        let any: Table
        do throws(CellarError) {
            any = try Table(path: path, dialect: dialect)
        } catch {
            if error.category == .badData { furthest.add(error, width: width(path, dialect)) }
            return nil
        }
        // The first of a comment's words, where blanks separate names, is none.
        let isComment = any.header.delimiter == UInt8(ascii: " ") && ["#", "%"].contains(any.columns[0])
        guard any.columns.count > 1, !isComment || !any.header.isInFile else { return nil }
        let isNamed =
            any.header.unnamed.count <= 1
            && (wanted.hasHeader == true
                || (try? any.allFields()).map { !FirstLine(any.columns, $0).hasData } ?? false)
        if any.header.isInFile {
            guard isNamed else { return nil }
        } else if any.header.delimiter != UInt8(ascii: " "),
            let found = [wanted, dialect].lazy.compactMap({ try? named(path, $0) }).first
        {
            return found
        } else if skipsNames(path, any, dialect) {
            return nil
        }
        if let table = try? Table(path: path, dialect: wanted) { return (table, wanted, NamesSource()) }
        return (any, dialect, NamesSource())
    }

    /// True if the line before a table without names is none before it: it is a row, with as many fields, or has one name more or
    /// fewer than columns.
    private static func skipsNames(_ path: String, _ table: Table, _ dialect: TableDialect) -> Bool {
        let delimiter = table.header.delimiter
        guard let skipped = dialect.skippedLines, table.columns.count > 2, delimiter != UInt8(ascii: " ")
        else { return false }
        var other = dialect
        (other.skippedLines, other.hasHeader, other.delimiter) = (skipped - 1, true, delimiter)
        guard let header = try? CSVReader(path: path, dialect: other).header else { return false }
        if header.names.count == table.columns.count { return true }
        let names = header.names.filter { $0.count <= 40 && !$0.hasPrefix("Unnamed: ") && Double($0) == nil }
        return abs(header.names.count - table.columns.count) == 1 && names.count > 2
            && names.count >= table.columns.count - 1 && Set(names).count == names.count
    }

    /// True for a number in a usual form or another.
    static func isNumber(_ field: ArraySlice<UInt8>, _ reader: FieldReader) -> Bool {
        if case .number = reader.number(field) { return true }
        return NumberForm(field).isNumber
    }

    /// True if a row, the first or the second one, names columns of numbers: a line of names, below one that was read as such.
    private static func hasSecondHeader(_ fields: [Texts], at row: Int = 0) -> Bool {
        let reader = FieldReader(TableDialect())
        let numeric = fields.filter { fields in
            let rows = row + 1..<max(min(fields.count, 500), row + 1)
            return rows.count > 2 && rows.count { isNumber(fields[$0], reader) } * 10 >= rows.count * 9
        }
        return numeric.count > 1 && numeric.count * 2 > fields.count
            && numeric.allSatisfy {
                !isNumber($0[row], reader) && !reader.isMissing($0[row])
                    && !markers.contains(String(decoding: $0[row], as: UTF8.self))
            }
    }

    /// True if the last column has a number behind `|` in each row: a comment of C4.5's data.
    private static func isC45(_ fields: [Texts]) -> Bool {
        guard let last = fields.last, last.count > 1 else { return false }
        return (0..<last.count).allSatisfy { row in
            let parts = last[row].split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
                && parts[1].allSatisfy { (48...57).contains($0) }
        }
    }

    /// Words for a missing value that pandas does not know.
    static let markers = [
        "?", "-", "--", ".", "*", "unknown", "missing", "n.a.", "na.", "none", "nil", "not available",
        "n.d.", "nd", "#div/0!", "#ref!", "#value!", "#num!", "#name?",
    ]

    /// True for a word of a missing value that pandas does not know.
    static func isMarker(_ field: ArraySlice<UInt8>) -> Bool {
        guard field.count <= 20, !field.contains(where: FieldReader.isDigit) else { return false }
        return markers.contains(String(decoding: withoutBlanks(field), as: UTF8.self).lowercased())
    }

    /// True if a column's numbers all have three digits behind a point, which may then separate thousands.
    static func mayBeThousands(_ fields: Texts, _ reader: FieldReader) -> Bool {
        var count = 0
        for row in 0..<fields.count where !reader.isMissing(fields[row]) {
            let digits = reader.withoutUnits(fields[row]).drop { "+-".utf8.contains($0) }
            let form = NumberForm(digits)
            let isShort = digits.count <= 3 && digits.allSatisfy { (48...57).contains($0) }
            // Groups do not begin with a zero.
            guard form.isGroupedByPoints && !digits.starts(with: "0.".utf8) || isShort else { return false }
            if form.isGroupedByPoints { count += 1 }
        }
        return count >= 3
    }
}

extension TableDialect {
    /// Returns the dialect of a table of which is known whether its first line names the columns; nil if that is otherwise here.
    fileprivate func withHeader(_ header: Bool?) -> TableDialect? {
        guard let header else { return self }
        guard (hasHeader ?? true) == header, !header || names == nil else { return nil }
        var dialect = self
        dialect.hasHeader = header
        return dialect
    }
}
