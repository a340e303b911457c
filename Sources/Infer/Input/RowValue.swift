import Base
import Datasets
import Network
import Tensors

/// A value that is not of a table: a text as a table would have it, or a number or truth value of JSON or Arrow.
enum RowValue {
    case text(String)
    /// A text that a person typed, perhaps with blanks around it that are not meant.
    case typed(String)
    case number(Double)
    case truth(Bool)

    /// Nil for lists and objects. JSON's null is a missing value.
    init?(_ json: JSON) {
        switch json {
        case .null: self = .text("")
        case .bool(let truth): self = .truth(truth)
        case .string(let text): self = .text(text)
        case .integer(let number):
            self = number.magnitude < 1 << 53 ? .number(Double(number)) : .text("\(number)")
        case .number(let number): self = .number(number)
        case .array, .object: return nil
        }
    }

    /// The number for a model that takes numbers alone, written with a decimal point.
    func plainNumber(_ column: String) throws(CellarError) -> Float {
        let (number, shown): (Double?, String) =
            switch self {
            case .text(let text): (parsedNumber(text), text)
            case .typed(let text): (parsedNumber(trimmed(text)), trimmed(text))
            case .number(let number): (number, "\(number)")
            case .truth(let truth): (truth ? 1 : 0, "\(truth)")
            }
        guard let value = number.map({ Float($0) }), value.isFinite else {
            throw CellarError(
                .usage,
                "--row: expected a number for \"\(column)\", found \"\(shown)\".",
                column: column, remedy: "Write decimals with a point.")
        }
        return value
    }
}

extension InputColumns {
    /// Returns the samples of rows, each with a value for every column.
    func samples(_ rows: [[RowValue]]) throws(FieldFault) -> [Samples] {
        var samples: [Samples] = []
        for index in names.indices {
            if isText[index] {
                let fields = Texts(rows.map { text($0[index], index) })
                // Words such as NA are missing values in a table, but texts where null is one.
                samples.append(Samples(texts: isUntrained ? fields : try texts(fields, index)))
                continue
            }
            var numbers: [Float] = []
            var kinds = NumberKinds()
            for (row, values) in rows.enumerated() {
                numbers.append(try number(values[index], row, index, &kinds))
            }
            samples.append(Samples(shape: [1], floats: numbers))
        }
        return isSeparate ? samples : [joined(samples)]
    }

    private func number(
        _ value: RowValue, _ row: Int, _ index: Int, _ kinds: inout NumberKinds
    ) throws(FieldFault) -> Float {
        let found: Float
        var isBoolean = false
        switch value {
        case .text(let text), .typed(let text):
            return try number(Array(text.utf8)[...], row, index, &kinds)
        case .number(let number): found = Float(number)
        case .truth(let truth): (found, isBoolean) = (truth ? 1 : 0, true)
        }
        if let fault = kinds.fault(isBoolean: isBoolean, row: row, column: names[index]) { throw fault }
        guard found.isFinite else {
            throw FieldFault(
                row: row, column: names[index], expected: "a number that fits a 32-bit float",
                found: shown(value))
        }
        if let fault = rules[index].fault(found, row: row, column: names[index]) { throw fault }
        return found
    }

    private func shown(_ value: RowValue) -> String {
        if case .number(let number) = value { "\(number)" } else { "another value" }
    }

    /// Returns the text that a value stands for in a column of texts. True and False stand for the column's words for them.
    private func text(_ value: RowValue, _ index: Int) -> String {
        switch value {
        case .text(let text): return text
        case .typed(let text):
            let plain = trimmed(text)
            return known([text, plain, " " + plain, plain + " "], index) ?? plain
        case .number(let number):
            // A column of other texts may have either spelling, and 0.1 of 32 bits is not that of 64.
            let single = Float(number)
            let short = Double(single) == number ? Double("\(single)") ?? number : number
            let texts =
                (Int(exactly: number).map { [String($0)] } ?? [])
                + [number, short].map { JSON.number($0).text() }
            return known(texts, index) ?? texts[0]
        case .truth(let truth):
            let words = YesNo.words(for: truth)
            return known(words, index) ?? words[0]
        }
    }

    /// Returns the first of some texts that the column had in training; nil if it had none.
    private func known(_ texts: [String], _ index: Int) -> String? {
        texts.first { text in lookups[index].contains { $0.place(of: text) != nil } }
    }
}
