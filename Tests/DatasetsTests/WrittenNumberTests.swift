import Base
import Tensors
import Testing

@testable import Datasets

private struct NumberCase: Decodable {
    /// A number, or null for a text that is none.
    let text, decimal, thousands: String
    let value: Double?
    let units: [String]
    let form: String?

    var reader: FieldReader {
        var dialect = TableDialect()
        if decimal == "," { dialect.decimal = UInt8(ascii: ",") }
        dialect.thousands = thousands.utf8.first
        dialect.numbers["a"] = NumberWriting(units: units, form: form.flatMap(NumberWriting.NumberStyle.init))
        return FieldReader(dialect, column: "a")
    }
}

@Test("numbers with units and in other forms mean what Python's fractions and pandas say")
func writtenNumbers() throws {
    for one in try GoldenFiles.decode("written.json", as: [NumberCase].self) {
        let found = one.reader.number(Array(one.text.utf8)[...])
        guard let value = one.value else {
            #expect(found == .text, "\(one)")
            continue
        }
        guard case .number(let number) = found else {
            Issue.record("\(one) is \(found)")
            continue
        }
        #expect(abs(number - value) <= abs(value) * 1e-15, "\(one): \(number)")
    }
}

private struct DateCase: Decodable {
    let order, text: String
    let iso: String?
}

@Test("dates mean what pandas says")
func writtenDates() throws {
    for one in try GoldenFiles.decode("dates.json", as: [DateCase].self) {
        let order = try #require(TableDialect.DateOrder(rawValue: one.order))
        #expect(DateText(Array(one.text.utf8)[...], order: order)?.iso == one.iso, "\(one)")
    }
}

@Test("a word for a missing value before the column's unit is a missing number")
func missingBeforeUnits() {
    var dialect = TableDialect()
    dialect.missing = ["unknown"]
    dialect.numbers["a"] = NumberWriting(units: ["bhp"])
    let reader = FieldReader(dialect, column: "a")
    for text in ["null bhp", "- bhp", "unknown bhp", "NaN", "", "unknown"] {
        #expect(reader.number(Array(text.utf8)[...]) == .missing, "\(text)")
    }
    for text in ["bhp", "many bhp", "null km", "5 km", "True"] {
        #expect(reader.number(Array(text.utf8)[...]) == .text, "\(text)")
    }
    // Other columns do not have the unit.
    #expect(FieldReader(dialect, column: "b").number(Array("5 bhp".utf8)[...]) == .text)
}

@Test("a currency and a dash are 0 in the form of accounting, a dash alone is no number")
func zerosOfAccounting() {
    var dialect = TableDialect()
    dialect.numbers["a"] = NumberWriting(units: ["$"], form: .accounting)
    dialect.numbers["b"] = NumberWriting(units: ["$"])
    for text in ["$ -", " $ -   ", "$-", "- $", "$ --", "-- $", "$ \u{2013}", "\u{2014}$", "\u{2212} $"] {
        let field = Array(text.utf8)[...]
        #expect(FieldReader(dialect, column: "a").number(field) == .number(0), "\(text)")
        #expect(FieldReader(dialect, column: "b").number(field) == .missing, "\(text)")
    }
    for text in ["-", "--", "\u{2013}", "$ ---", "$"] {
        #expect(FieldReader(dialect, column: "a").number(Array(text.utf8)[...]) == .text, "\(text)")
    }
}

@Test("dates of web servers, ordinals and zones of cities are read")
func datesOfServers() {
    let cases: [(TableDialect.DateOrder, String, String?)] = [
        (.dayFirst, "10/Oct/2015:13:55:36 +0000", "2015-10-10 13:55:36"),
        (.dayFirst, "[10/Oct/2015:13:55:36 +0000]", "2015-10-10 13:55:36"),
        (.dayFirst, "[10/Oct/2015:13:55:36", "2015-10-10 13:55:36"),
        (.dayFirst, "10/10/2015:13:55:36", nil), (.dayFirst, "05. March 2012", "2012-03-05"),
        (.dayFirst, "5. 3. 2012", "2012-03-05"), (.dayFirst, "22nd Feb 2016", "2016-02-22"),
        (.monthFirst, "March 1st, 2016", "2016-03-01"), (.monthFirst, "March 1xx, 2016", nil),
        (.yearFirst, "2020-02-03 04:05:06 Europe/Berlin", "2020-02-03 04:05:06"),
        (.yearFirst, "2020-02-03T04:05:06+01:00[Europe/Berlin]", "2020-02-03 04:05:06"),
        (.yearFirst, "2020-02-03 04:05:06 Somewhere/Berlin", nil),
    ]
    for (order, text, iso) in cases {
        #expect(DateText(Array(text.utf8)[...], order: order)?.iso == iso, "\(text)")
    }
}

@Test("the way numbers are written survives the model file")
func writingInFiles() throws {
    var dialect = TableDialect()
    dialect.numbers = [
        "a": NumberWriting(units: ["${}/hr"]), "b": NumberWriting(units: ["\u{20ac}"], form: .magnitudes),
        "c": NumberWriting(form: .duration),
    ]
    #expect(TableDialect(json: dialect.json) == dialect)
    #expect(!dialect.hasPlainNumbers(in: "a") && dialect.hasPlainNumbers(in: "d"))
    let damaged = TableDialect(json: ["numbers": ["a": ["units": ["", "5", "{}", "a{}b{}c"], "form": "x"]]])
    #expect(damaged.numbers.isEmpty)
}

@Test("a number has one sign, and a point behind a word belongs to the word")
func signsOfWrittenNumbers() {
    func number(_ text: String, _ writing: NumberWriting) -> FieldReader.Number {
        var dialect = TableDialect()
        dialect.numbers["a"] = writing
        return FieldReader(dialect, column: "a").number(Array(text.utf8)[...])
    }
    let accounting = NumberWriting(form: .accounting)
    for (text, value) in [
        ("(46.05)", -46.05), ("(-46.05)", -46.05), ("(+5)", 5), ("-5", -5), ("+5", 5), ("5-", -5),
    ] {
        #expect(number(text, accounting) == .number(value), "\(text)")
    }
    for text in ["--5", "-+5", "(--5)", "+-5", "-(5)-"] {
        #expect(number(text, accounting) == .text, "\(text)")
    }
    let percent = NumberWriting(units: ["%"])
    #expect(number("(-0.5%)", percent) == .number(-0.5) && number("(+0.5%)", percent) == .number(0.5))
    #expect(number("--5%", percent) == .text && number("-(-5)%", percent) == .text)
    #expect(number("--5K", NumberWriting(form: .magnitudes)) == .text)
    let rupees = NumberWriting(units: ["Rs"])
    for text in ["Rs.500", "Rs. 500", "Rs 500", "500 Rs"] {
        #expect(number(text, rupees) == .number(500), "\(text)")
    }
    #expect(
        number("Rs .5", rupees) == .number(0.5) && number("$.50", NumberWriting(units: ["$"])) == .number(0.5)
    )
    let range = NumberWriting(form: .range)
    for text in ["-10 to -5", "-10 \u{2013} -5", "-10 - -5", "-10..-5"] {
        #expect(number(text, range) == .number(-7.5), "\(text)")
    }
    #expect(number("5 mV", NumberWriting(units: ["V"], form: .magnitudes)) == .number(0.005))
}
