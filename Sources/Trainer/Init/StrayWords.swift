import Base
import Datasets
import Tensors

/// The few words in a column whose other values are numbers.
struct StrayWords {
    private(set) var numbers = 0
    /// The words with their first row, from 1, and their number; of those that are many only the first.
    private(set) var words: [String: (row: Int, count: Int)] = [:]
    private(set) var count = 0
    private var missing = 0, rows = 0
    private var values: Set<Double> = []
    private var hasFractions = false

    static let most = 3

    init(_ fields: Texts, _ reader: FieldReader) {
        rows = fields.count
        for row in 0..<rows {
            switch reader.number(fields[row]) {
            case .number(let number):
                numbers += 1
                if number != number.rounded() { hasFractions = true }
                if values.count <= 10 { values.insert(number) }
            case .missing: missing += 1
            case .text, .boolean:
                count += 1
                let word = String(decoding: reader.text(fields[row]), as: UTF8.self)
                if words[word] != nil || words.count < 8 {
                    words[word, default: (row + 1, 0)].count += 1
                }
            }
        }
    }

    /// True if most values are numbers, with a few different words among them.
    var areFew: Bool { numbers > 0 && numbers * 2 > rows && !words.isEmpty && words.count <= Self.most }

    /// True if the numbers are too many different ones for names of a category.
    var isMeasured: Bool { values.count > 10 && numbers * 2 > rows - missing }

    /// The first word, if the column has measurements with too many words among them.
    var excess: (word: String, row: Int)? {
        guard isMeasured, hasFractions, numbers * 10 >= (rows - missing) * 9, words.count > Self.most else {
            return nil
        }
        return words.min { $0.value.row < $1.value.row }.map { ($0.key, $0.value.row) }
    }
}

/// The few texts in a column whose other values are dates or times of day.
struct StrayDates {
    /// The texts with their first row, from 1.
    private(set) var words: [String: Int] = [:]

    init(_ fields: Texts, _ reader: FieldReader) {
        let present = (0..<fields.count).filter { !reader.isMissing(fields[$0]) }
        let sample = present.prefix(200)
        func isDate(_ row: Int, _ order: TableDialect.DateOrder) -> Bool {
            DateText(fields[row], order: order) != nil
        }
        let orders = TableDialect.DateOrder.allCases.map { order in
            (order, sample.count { isDate($0, order) })
        }
        guard let (order, dates) = orders.max(by: { $0.1 < $1.1 }), dates > 2, dates * 10 >= sample.count * 9
        else {
            return
        }
        var strangers = 0
        for row in present where !isDate(row, order) {
            let word = String(decoding: reader.text(fields[row]), as: UTF8.self)
            if words[word] == nil { words[word] = row + 1 }
            strangers += 1
            guard words.count <= StrayWords.most, strangers * 10 <= present.count else {
                words = [:]
                return
            }
        }
    }
}
