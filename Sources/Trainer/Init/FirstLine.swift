import Base
import Datasets
import Tensors

/// Compares the first line of a table with the rows below it.
struct FirstLine {
    /// True if the line looks like the others: most columns of numbers have a number in place of a name, or, where none has
    /// numbers, names are values of their columns. One such column may be a coincidence.
    private(set) var hasData = false
    /// The first name that is one of the few values of its column, too, where nothing tells that it is a name.
    private(set) var repeatedName: String?

    init(_ names: [String], _ columns: [Texts]) {
        let reader = FieldReader(TableDialect())
        func isNumber(_ field: ArraySlice<UInt8>) -> Bool {
            if case .number = reader.number(field) { return true }
            return NumberForm(field).isNumber || NumberFrame(field)?.isMeasure ?? false
        }
        var (data, headers, repeated, texts) = (0, 0, 0, 0)
        var numbers: [Int] = []
        for (name, fields) in zip(names, columns) {
            let rows = min(fields.count, 500)
            let field = Array(name.utf8)[...]
            guard (0..<rows).count(where: { isNumber(fields[$0]) }) * 2 <= rows else {
                // Years may be names (2019, 2020).
                if isNumber(field), !FirstLine.isYear(name) {
                    data += 1
                    numbers += Int(name).map { [$0] } ?? []
                } else if (0..<rows).contains(where: { fields[$0].elementsEqual(field) }) {
                    // A text that rows have among numbers (2, 3, more) is a value.
                    repeated += isNumber(field) ? 0 : 1
                } else if !isNumber(field), !reader.isMissing(field),
                    !TableSurvey.markers.contains(name.lowercased()), !name.hasPrefix("Unnamed: ")
                {
                    headers += 1
                }
                continue
            }
            let sample = FirstTexts(fields, rows)
            // Free text says nothing beside free text, but one word is a name where the others are sentences.
            if sample.areFree, sample.words >= 3, FirstTexts.words(field) > 1 { continue }
            texts += 1
            // A name among few values that repeat is a value.
            if rows < 20 || sample.distinct <= 20,
                (0..<rows).contains(where: { fields[$0].elementsEqual(name.utf8) })
            {
                repeated += 1
                repeatedName = repeatedName ?? name
            }
        }
        // A name above numbers tells that all are names.
        if headers > 0 { repeatedName = nil }
        // Columns may be called 0, 1, 2 …
        let areCounted =
            numbers.count == data && data > 1 && numbers == Array(numbers[0]..<numbers[0] + data)
        if data > headers, !areCounted {
            hasData = true
        } else {
            hasData =
                headers == 0 && (repeated >= 2 || repeated > 0 && repeated == texts && names.count > 1)
        }
    }

    static func isYear(_ name: String) -> Bool {
        Int(name).map { (1900...2100).contains($0) } ?? false
    }
}

/// The texts of a column's first rows.
private struct FirstTexts {
    let distinct: Int
    /// The number of words in a text, on average.
    let words: Double
    private let rows: Int

    /// True if the texts hardly repeat.
    var areFree: Bool { rows >= 20 && distinct * 2 > rows }

    init(_ fields: Texts, _ rows: Int) {
        self.rows = rows
        distinct = Set((0..<rows).map { Array(fields[$0]) }).count
        words = Double((0..<rows).reduce(0) { $0 + FirstTexts.words(fields[$1]) }) / Double(max(rows, 1))
    }

    static func words(_ text: ArraySlice<UInt8>) -> Int {
        text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    }
}
