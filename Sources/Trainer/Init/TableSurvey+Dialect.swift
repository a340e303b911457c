import Base
import Datasets
import Tensors

// The form of a table: lines before it, names, signs in numbers, words for missing values.
extension TableSurvey {
    /// A table in the form that is found for it.
    struct Found {
        var table: Table
        var fields: [Texts]
        var dialect: TableDialect
        /// The columns whose commas may be either decimal signs or signs of thousands.
        var uncertain: Set<Int> = []
        /// Comments about words that are taken for missing values.
        var strays: [String] = []
        /// Warnings about values that are taken for missing ones.
        var strayWarnings: [String] = []
        /// A name in the first line that is a value of its column, too.
        var doubtfulName: String?
        /// How columns write their numbers.
        var writings: [WritingGuess] = []

        /// The reader of a column.
        func reader(_ column: Int) -> FieldReader { FieldReader(dialect, column: table.columns[column]) }
    }

    /// - header: Whether the first line names the columns; nil finds out.
    static func read(_ path: String, header: Bool?) throws(CellarError) -> Found {
        var dialect = TableDialect()
        dialect.hasHeader = header
        var table = try open(path, &dialect)
        var fields = try table.allFields()
        let first = FirstLine(table.columns, fields)
        if table.header.isInFile, dialect.hasHeader == nil, first.hasData {
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
        dialect.keepsBlanks = true
        if try table.startsFieldsWithBlanks() { dialect.skipsInitialBlanks = true }
        var found = Found(table: table, fields: fields, dialect: dialect)
        if table.header.isInFile, header == nil { found.doubtfulName = first.repeatedName }
        try found.chooseNumbers()
        try found.chooseMarkers()
        return found
    }

    private static func open(_ path: String, _ dialect: inout TableDialect) throws(CellarError) -> Table {
        var first: Table?
        var wanted: CellarError?
        do throws(CellarError) {
            let table = try Table(path: path, dialect: dialect)
            // One column, or one name in a line of delimiters: this may be a title.
            let (width, unnamed) = (table.columns.count, table.header.unnamed.count)
            let isTitled = width == 1 || unnamed > 1 && unnamed * 2 >= width
            guard isTitled else { return table }
            first = table
        } catch {
            guard error.category == .badData else { throw error }
            wanted = error
        }
        let header = dialect.hasHeader
        // A line of fewer words is one column where no sign separates them.
        let others = try first == nil ? otherDialects(path) : first?.columns.count == 1 ? namedRows(path) : []
        for other in others.compactMap({ $0.withHeader(header) }) {
            do throws(CellarError) {
                let table = try Table(path: path, dialect: other)
                // Without the right delimiter any text is one column.
                guard table.columns.count > 1 else { continue }
                if other.names != nil {
                    let fields = try table.allFields()
                    guard !hasSecondHeader(fields), nameRows(fields[0]) else { continue }
                }
                dialect = other
                return table
            } catch {
                // A table of numbers lacks names, but what is wrong with it is in another line.
                if wanted?.place.line == 1, other.hasHeader == false { wanted = error }
            }
        }
        for other in dialectsBehindLines.compactMap({ $0.withHeader(header) }) {
            let width = first?.columns.count ?? 1
            guard width == 1 || other.hasHeader == nil, let found = behindLines(path, other),
                found.table.columns.count >= width
            else { continue }
            dialect = found.dialect
            return found.table
        }
        if let first { return first }
        throw wanted ?? CellarError.opening(path, 0)
    }

    /// Other forms of a table that does not read as usual, the most likely one first.
    private static func otherDialects(_ path: String) throws(CellarError) -> [TableDialect] {
        var all = [TableDialect](repeating: TableDialect(), count: 4)
        // A first line of numbers has data.
        all[0].hasHeader = false
        all[1].isLatin1 = true
        (all[2].isLatin1, all[2].hasHeader) = (true, false)
        // Blanks and tabs, or more of them than one between columns.
        (all[3].delimiter, all[3].hasHeader) = (UInt8(ascii: " "), false)
        return all + namedRows(path)
    }

    /// The forms in which R writes a row's name before its values, and no name for that column: with signs or blanks between them.
    private static func namedRows(_ path: String) -> [TableDialect] {
        [nil, UInt8(ascii: " ")].compactMap { delimiter in
            var dialect = TableDialect()
            dialect.delimiter = delimiter
            guard let names = try? CSVReader(path: path, dialect: dialect).header.names, names.count > 1,
                !names.contains("row")
            else { return nil }
            (dialect.skippedLines, dialect.hasHeader, dialect.names) = (1, false, ["row"] + names)
            return dialect
        }
    }

    /// True if the values may be the names of rows: no two are equal.
    private static func nameRows(_ fields: Texts) -> Bool {
        Set((0..<fields.count).lazy.map { Array(fields[$0]) }).count == fields.count
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
    private static func behindLines(_ path: String, _ wanted: TableDialect) -> (
        table: Table, dialect: TableDialect
    )? {
        var dialect = wanted
        // Lines in UTF-8 are read as such here, too.
        dialect.isLatin1 = true
        guard let any = try? Table(path: path, dialect: dialect), any.columns.count > 1 else { return nil }
        let isNamed =
            any.header.unnamed.count <= 1
            && (wanted.hasHeader == true
                || (try? any.allFields()).map { !FirstLine(any.columns, $0).hasData } ?? false)
        if any.header.isInFile, !isNamed { return nil }
        if let table = try? Table(path: path, dialect: wanted) { return (table, wanted) }
        return (any, dialect)
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

    /// Words for a missing value that pandas does not know.
    static let markers = [
        "?", "-", "--", ".", "*", "unknown", "missing", "n.a.", "na.", "none", "nil", "not available",
        "n.d.", "nd", "#div/0!", "#ref!", "#value!", "#num!", "#name?",
    ]

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

extension TableSurvey.Found {
    /// Finds the columns' units, the decimal sign and the sign of thousands.
    fileprivate mutating func chooseNumbers() throws(CellarError) {
        // Signs beside numbers are found first: with them 1,234.50 and 12.50 are of one kind.
        let reader = FieldReader(dialect)
        writings = zip(table.columns, fields).map { WritingGuess($1, name: $0, reader) }
        for (name, guess) in zip(table.columns, writings) { dialect.numbers[name] = guess.writing }
        let signs: NumberSigns
        do throws(CellarError) { signs = try numberSigns() } catch {
            // A column in a form of its own does not make others unreadable.
            let formed = writings.indices.filter { writings[$0].writing?.form != nil }
            guard !formed.isEmpty else { throw error }
            for column in formed {
                leaveOut(column, "its decimal sign may be another one than that of other columns")
            }
            signs = try numberSigns()
        }
        (dialect.decimal, dialect.thousands, uncertain) = (signs.decimal, signs.thousands, signs.uncertain)
    }

    private func numberSigns() throws(CellarError) -> NumberSigns {
        try NumberSigns(
            fields, names: table.columns, fields.indices.map { reader($0) },
            delimiter: table.header.delimiter, file: table.file)
    }

    private mutating func leaveOut(_ column: Int, _ problem: String) {
        writings[column].leaveOut(problem)
        dialect.numbers[table.columns[column]] = nil
    }

    /// Finds words for missing values: known ones, and a few others among numbers, if no other column has them.
    fileprivate mutating func chooseMarkers() throws(CellarError) {
        let reader = FieldReader(dialect)
        let all = fields.indices.map { StrayWords(fields[$0], self.reader($0)) }
        var words: Set<String> = []
        for (column, stray) in all.enumerated() {
            if let excess = stray.excess {
                throw refusing(excess.word, row: excess.row, column, stray)
            }
            for (word, place) in stray.words.sorted(by: { $0.value.row < $1.value.row }) {
                let isMarker = TableSurvey.markers.contains(word.lowercased())
                if isMarker && (stray.areFew || word == "?") {
                    words.insert(word)
                } else if stray.areFew, stray.isMeasured {
                    if isElsewhere(word, than: column, all, reader) {
                        if writings[column].writing != nil {
                            leaveOut(
                                column,
                                "\"\(word.prefix(40))\" among them, first in row \(place.row), is a value of another column, too"
                            )
                            continue
                        }
                        throw refusing(word, row: place.row, column, stray)
                    }
                    words.insert(word)
                    strays.append("\(place.count) \(word) among the numbers of \(table.columns[column])")
                    warn(word, row: place.row, column, among: "numbers")
                }
            }
        }
        for column in fields.indices where all[column].numbers == 0 {
            for (word, row) in StrayDates(fields[column], reader).words.sorted(by: { $0.value < $1.value }) {
                guard !isElsewhere(word, than: column, all, reader) else { continue }
                words.insert(word)
                strays.append("\(word) among the dates of \(table.columns[column])")
                warn(word, row: row, column, among: "dates")
            }
        }
        dialect.missing = words.sorted()
    }

    /// True if a column that is not of numbers has a word as a value.
    private func isElsewhere(_ word: String, than column: Int, _ all: [StrayWords], _ reader: FieldReader)
        -> Bool
    {
        fields.indices.contains { other in
            other != column && !(all[other].areFew && all[other].isMeasured)
                && (0..<fields[other].count).contains {
                    reader.text(fields[other][$0]).elementsEqual(word.utf8)
                }
        }
    }

    private mutating func warn(_ word: String, row: Int, _ column: Int, among kind: String) {
        strayWarnings.append(
            "\(table.columns[column]): \"\(word.prefix(40))\" among \(kind), first in row \(row), is taken for a missing value. "
                + "Remove the row if it is none of the table's, such as one of totals.")
    }

    private func refusing(_ word: String, row: Int, _ column: Int, _ stray: StrayWords) -> CellarError {
        CellarError(
            .badData, file: table.file, row: row, column: table.columns[column],
            expected: "a number, as in \(stray.numbers) of \(stray.numbers + stray.count) rows",
            found: "\"\(word.prefix(60))\"",
            fix: "Correct such values, leave them empty if they are missing, or remove the column.")
    }
}
