import Base
import Datasets
import KerasFile
import Network
import Tensors

/// The columns of a table that a model takes: all together as one input of numbers, or one by one as inputs of a number
/// or a text each.
struct InputColumns: Sendable {
    let names: [String]
    let isText: [Bool]
    /// True if a missing number may enter the model, which has something in its place.
    let takesMissing: [Bool]
    /// True if each column is an input.
    let isSeparate: Bool
    let dialect: TableDialect

    init(of model: LoadedModel) throws(CellarError) {
        let network = model.file.model
        names = try model.requiredFeatures()
        isSeparate = network.hasColumns
        if isSeparate {
            isText = network.inputs.map { network.layers[network.calls[$0].layer].isText }
            takesMissing = network.inputs.indices.map { network.takesMissing(input: $0) }
        } else {
            (isText, takesMissing) = (names.map { _ in false }, names.map { _ in false })
        }
        dialect = model.facts?.dataset?.dialect ?? TableDialect()
    }

    /// Returns the samples of rows from the fields of each column.
    ///
    /// - fields: The fields of a column, in the order of the model's inputs.
    func samples(_ fields: [Texts]) throws(FieldFault) -> [Samples] {
        let reader = FieldReader(dialect)
        var samples: [Samples] = []
        for (index, name) in names.enumerated() {
            if isText[index] {
                samples.append(Samples(texts: try texts(fields[index], name, reader)))
                continue
            }
            samples.append(try numbers(fields[index], index, reader))
        }
        return isSeparate ? samples : [joined(samples)]
    }

    func joined(_ columns: [Samples]) -> Samples {
        let rows = columns.first?.count ?? 0
        let numbers = columns.map { $0.floats ?? [] }
        return Samples(shape: [names.count], floats: (0..<rows).flatMap { row in numbers.map { $0[row] } })
    }

    func numbers(_ fields: Texts, _ index: Int, _ reader: FieldReader) throws(FieldFault) -> Samples {
        var numbers: [Float] = []
        numbers.reserveCapacity(fields.count)
        for row in 0..<fields.count { numbers.append(try number(fields[row], row, index, reader)) }
        return Samples(shape: [1], floats: numbers)
    }

    private func number(
        _ field: ArraySlice<UInt8>, _ row: Int, _ index: Int, _ reader: FieldReader
    ) throws(FieldFault) -> Float {
        let found: Float
        switch reader.number(field) {
        case .number(let number) where Float(number).isFinite: found = Float(number)
        case .boolean(let boolean): found = boolean ? 1 : 0
        case .missing: found = .nan
        default:
            throw FieldFault(
                row: row, column: names[index], expected: "a number",
                found: "\"\(String(decoding: field.prefix(60), as: UTF8.self))\"")
        }
        if found.isNaN, !takesMissing[index] { throw InputColumns.missing(names[index], row) }
        return found
    }

    static func missing(_ column: String, _ row: Int) -> FieldFault {
        FieldFault(
            row: row, column: column, expected: "a number", found: "a missing value",
            fix: "The model was trained on a column without missing values. Add the value, or remove the row."
        )
    }

    /// Returns texts as they were in training: empty for a missing value, dates in the form of ISO 8601.
    func texts(_ fields: Texts, _ name: String, _ reader: FieldReader) throws(FieldFault) -> Texts {
        let order = dialect.dates[name]
        var texts = Texts()
        texts.reserve(fields.count)
        for row in 0..<fields.count {
            let text = reader.text(fields[row])
            guard let order, !text.isEmpty else {
                texts.append(text)
                continue
            }
            guard let date = DateText(text, order: order) else {
                throw FieldFault(
                    row: row, column: name, expected: "a date (\(order.rawValue))",
                    found: "\"\(String(decoding: text.prefix(60), as: UTF8.self))\"")
            }
            texts.append(date.iso.utf8)
        }
        return texts
    }
}

/// A field that a model cannot take. The row is counted from the start of a block, from 0.
struct FieldFault: Error {
    var row: Int
    var column: String
    var expected, found: String
    var fix = "Correct it, or remove the row."

    func error(file: String, rowsBefore: Int) -> CellarError {
        CellarError(
            .badData, file: file, row: rowsBefore + row + 1, column: column, expected: expected, found: found,
            fix: fix)
    }
}

extension Model {
    var inputNames: [String] { inputs.map { layers[calls[$0].layer].name } }

    /// True if each input is one number or one text: a column of a table.
    var hasColumns: Bool {
        inputShapes.allSatisfy { $0.reduce(1, *) == 1 } && (inputs.count > 1 || readsTexts)
    }

    /// True if a missing number of an input (NaN) goes into layers only that replace it: the bins of Discretization, and
    /// counts with weights, which leave it out.
    func takesMissing(input: Int) -> Bool {
        var (places, next) = ([inputs[input]], 0)
        while next < places.count {
            for (index, call) in calls.enumerated() where call.inputs.contains(places[next]) {
                switch layers[call.layer].className {
                case "Discretization": break
                case "CategoryEncoding" where call.inputs.count == 2 && call.inputs[0] != places[next]: break
                case "Concatenate", "Reshape": if !places.contains(index) { places.append(index) }
                default: return false
                }
            }
            next += 1
        }
        return true
    }
}
