import Base
import Datasets

// The signs of a table's numbers, and its words for missing values.
extension TableSurvey.Found {
    /// Finds the columns' units, decimal signs and signs of thousands.
    mutating func chooseNumbers() {
        // Signs beside numbers are found first: with them 1,234.50 and 12.50 are of one kind.
        let reader = FieldReader(dialect)
        writings = zip(table.columns, fields).map { WritingGuess($1, name: $0, reader) }
        for (name, guess) in zip(table.columns, writings) { dialect.numbers[name] = guess.writing }
        let signs = NumberSigns(
            fields, fields.indices.map { self.reader($0) }, delimiter: table.header.delimiter)
        dialect.decimal = signs.table.decimal == UInt8(ascii: ",") ? signs.table.decimal : nil
        dialect.thousands = signs.table.thousands
        for (column, own) in signs.own {
            writings[column].take(own)
            dialect.numbers[table.columns[column]] = writings[column].writing
        }
        (uncertain, areSignsDoubtful) = (signs.uncertain, signs.isDoubtful)
    }

    /// What the numbers of a column could mean as well, if nothing decides its signs.
    func doubt(about column: Int) -> SignDoubt? {
        uncertain[column].map { SignDoubt(example: $0, signs: dialect.signs) }
    }

    private mutating func leaveOut(_ column: Int, _ problem: String) {
        writings[column].leaveOut(problem)
        dialect.numbers[table.columns[column]] = nil
    }

    /// A number that can be read with either sign.
    struct SignDoubt {
        let example: String
        /// The signs with which it is read.
        let signs: NumberWriting.Signs

        private var sign: Character { example.contains(",") ? "," : "." }
        private var isDecimal: Bool { sign.utf8.elementsEqual([signs.decimal]) }
        private var name: String { sign == "," ? "comma" : "point" }
        private var otherMeaning: String { isDecimal ? "a sign of thousands" : "the decimal sign" }

        var remark: String { "; a \(name) could also be \(otherMeaning)" }

        /// The warning about a column with such numbers.
        func warning(_ column: String) -> String {
            let number = example.filter { isDecimal || $0 != sign }.map { $0 == "," ? "." : String($0) }
                .joined()
            let option = "\(isDecimal ? "thousands" : "decimal"): \"\(sign)\""
            return
                "\(column): \"\(example)\" is read as \(number), but its \(name) could also be \(otherMeaning). If it is, write \(yaml(column)): { kind: number, \(option) } in the recipe."
        }
    }

    private static let totals: Set = [
        "total", "totals", "grand total", "sum", "overall total", "subtotal", "summe", "gesamt",
        "gesamtsumme",
        "insgesamt", "totale", "totaux", "somme", "suma", "totaal", "razem", "итого",
    ]

    /// Throws if the last row has totals: one such number is as large as all others together, and would ruin a training.
    func refuseTotals() throws(CellarError) {
        let last = table.rowCount - 1
        guard last > 1 else { return }
        let cells = fields.map { String(decoding: withoutBlanks($0[last]), as: UTF8.self) }
        guard let column = cells.firstIndex(where: { !$0.isEmpty }), cells.contains(""),
            cells.count(where: { !$0.isEmpty }) > 1,
            Self.totals.contains(cells[column].lowercased().replacing(":", with: "")),
            !(0..<last).contains(where: { fields[column][$0].elementsEqual(fields[column][last]) })
        else { return }
        throw CellarError(
            .badData, file: table.file, row: last + 1, column: table.columns[column],
            expected: "a row like those before it", found: "one of totals: \"\(cells[column])\"",
            fix: "Remove it: head -n -1 FILE > TABLE")
    }

    /// Warnings about rows that begin with a word for totals and lack values that others have.
    ///
    /// Rows whose word is taken for a missing value have a warning already.
    var rowsOfTotals: [String] {
        let initials: Set<UInt8> = Set("toSsgGiIrRTO\u{d0}".utf8)
        var found: [(row: Int, word: String)] = []
        var named = 0
        for row in 0..<table.rowCount {
            guard let column = fields.indices.first(where: { !withoutBlanks(fields[$0][row]).isEmpty }),
                case let cell = withoutBlanks(fields[column][row]), cell.count <= 20,
                cell.first.map(initials.contains) ?? false,
                case let word = String(decoding: cell, as: UTF8.self),
                Self.totals.contains(word.lowercased().replacing(":", with: "")),
                !dialect.missing.contains(word)
            else { continue }
            named += 1
            if fields.indices.contains(where: { withoutBlanks(fields[$0][row]).isEmpty }) {
                found.append((row, word))
            }
        }
        // If most such rows lack nothing, the word is a category.
        guard let (row, word) = found.first, found.count * 2 > named, found.count * 5 <= table.rowCount
        else { return [] }
        let others = found.count == 1 ? "" : ", and \(found.count - 1) more"
        return [
            "row \(row + 1) (\"\(word)\"\(others)) may have totals of others, which ruin a training: remove such rows."
        ]
    }

    /// Finds words for missing values: known ones, and a few others among numbers, if no other column has them.
    mutating func chooseMarkers() throws(CellarError) {
        let reader = FieldReader(dialect)
        let all = fields.indices.map { StrayWords(fields[$0], self.reader($0)) }
        var words: Set<String> = []
        for (column, stray) in all.enumerated() {
            if let excess = stray.excess {
                throw refusing(excess.word, row: excess.row, column, stray)
            }
            for (text, place) in stray.words.sorted(by: { $0.value.row < $1.value.row }) {
                let word = String(decoding: withoutBlanks(Array(text.utf8)[...]), as: UTF8.self)
                let isMarker = TableSurvey.markers.contains(word.lowercased())
                let isDash =
                    AccountingDash.matches(Array(word.utf8)[...])
                    && writings[column].writing?.form == .accounting
                if isMarker && (stray.areFew || word == "?") || isDash {
                    words.insert(word)
                    if isDash {
                        strayWarnings.append(
                            "\(table.columns[column]): \"\(word)\", first in row \(place.row), is taken for a missing value. Excel writes 0 so in its accounting format: write 0 if that is meant."
                        )
                    }
                } else if stray.areFew, stray.isMeasured {
                    if isElsewhere(text, than: column, all, reader) {
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
