import Base
import Datasets
import KerasFile
import Network
import Tensors

/// The columns of a table that a model takes: all together as one input of numbers or texts, or one by one as inputs of a number
/// or a text each.
struct InputColumns: Sendable {
    let names: [String]
    let isText: [Bool]
    /// The numbers that each input takes.
    let rules: [InputRule]
    /// True if each column is an input.
    let isSeparate: Bool
    let dialect: TableDialect
    /// The reader of each column's fields.
    let fieldReaders: [FieldReader]
    /// The vocabularies of each column.
    let lookups: [[StringLookup]]
    private let model: Model
    /// True if no table trained the model, as in a file of Keras: it is given the texts that pandas would give Keras.
    let isUntrained: Bool

    init(of model: LoadedModel) throws(CellarError) {
        let network = model.file.model
        self.model = network
        names = try model.requiredFeatures()
        isSeparate = model.takesColumns
        if isSeparate {
            isText = network.inputs.map { network.layers[network.calls[$0].layer].isText }
            let values = model.facts?.dataset?.dialect?.values ?? [:]
            rules = zip(network.inputs.indices, names).map { index, name in
                var rule = InputRule(input: index, of: network)
                rule.isBoolean = values[name] == .booleans
                return rule
            }
        } else {
            isText = names.map { _ in network.readsTexts }
            rules = names.map { _ in InputRule(takesMissing: false) }
        }
        let separate = isSeparate
        lookups = names.indices.map { index in
            network.readers(ofInput: separate ? index : 0).compactMap { $0 as? StringLookup }
        }
        let dialect = model.facts?.dataset?.dialect ?? TableDialect()
        let isUntrained = model.facts?.dataset == nil
        (self.dialect, self.isUntrained) = (dialect, isUntrained)
        fieldReaders = names.map { FieldReader(dialect, column: $0, isExact: isUntrained) }
    }

    /// The layers that read a column's values.
    func readers(of column: Int) -> [any Layer] { isSeparate ? model.readers(ofInput: column) : [] }

    func joined(_ columns: [Samples]) -> Samples {
        let rows = columns.first?.count ?? 0
        if isText.contains(true) {
            var texts = Texts()
            for row in 0..<rows {
                for case .texts(let column) in columns.map(\.storage) { texts.append(column[row]) }
            }
            return Samples(shape: [names.count], texts: texts)
        }
        let numbers = columns.map { $0.floats ?? [] }
        return Samples(shape: [names.count], floats: (0..<rows).flatMap { row in numbers.map { $0[row] } })
    }

    func numbers(_ fields: Texts, _ index: Int) throws(FieldFault) -> Samples {
        var numbers: [Float] = []
        numbers.reserveCapacity(fields.count)
        var kinds = NumberKinds()
        for row in 0..<fields.count {
            numbers.append(try number(fields[row], row, index, &kinds))
        }
        return Samples(shape: [1], floats: numbers)
    }

    /// The kinds of values in a column of a block.
    struct NumberKinds {
        private var hasNumbers = false, hasBooleans = false

        /// Returns an error if True or False stand among other numbers, where pandas takes them for words.
        mutating func fault(isBoolean: Bool, row: Int, column: String) -> FieldFault? {
            if isBoolean { hasBooleans = true } else { hasNumbers = true }
            guard hasNumbers, hasBooleans else { return nil }
            return FieldFault(
                row: row, column: column, expected: "only numbers, or only True and False, in a column",
                found: "both", fix: "Write 1 and 0 for True and False.")
        }
    }

    func number(
        _ field: ArraySlice<UInt8>, _ row: Int, _ index: Int, _ kinds: inout NumberKinds
    ) throws(FieldFault) -> Float {
        let found: Float
        switch fieldReaders[index].number(field) {
        case .number(let number) where Float(number).isFinite:
            found = Float(number)
            if let fault = kinds.fault(isBoolean: false, row: row, column: names[index]) { throw fault }
        case .boolean(let boolean):
            found = boolean ? 1 : 0
            if let fault = kinds.fault(isBoolean: true, row: row, column: names[index]) { throw fault }
        case .missing: found = .nan
        default:
            throw FieldFault(
                row: row, column: names[index],
                expected: dialect.numbers[names[index]]?.valueName ?? "a number",
                found: "\"\(String(decoding: field.prefix(60), as: UTF8.self))\"")
        }
        if let fault = rules[index].fault(found, row: row, column: names[index]) { throw fault }
        return found
    }

    /// Returns texts as they were in training: empty for a missing value, dates in the form of ISO 8601.
    func texts(_ fields: Texts, _ index: Int) throws(FieldFault) -> Texts {
        let (name, reader) = (names[index], fieldReaders[index])
        guard let order = dialect.dates[name] else {
            return dialect.values[name].map { reader.texts(fields, as: $0) } ?? reader.texts(fields)
        }
        var texts = Texts()
        texts.reserve(fields.count)
        for row in 0..<fields.count {
            let text = reader.text(fields[row])
            guard !text.isEmpty else {
                texts.append(text)
                continue
            }
            guard let date = DateText(text, order: order) else {
                throw FieldFault(
                    row: row, column: name, expected: order.valueName,
                    found: "\"\(String(decoding: text.prefix(60), as: UTF8.self))\"")
            }
            texts.append(date.iso.utf8)
        }
        return texts
    }

    /// Returns the first value that the model refuses because it is not in the vocabulary of a lookup; nil if there is none.
    /// The model's own error does not know the row.
    func unknownValue(in samples: [Samples]) -> FieldFault? {
        guard isSeparate, samples.count == names.count else { return nil }
        for (index, samples) in samples.enumerated() {
            for layer in readers(of: index) {
                if let lookup = layer as? StringLookup, lookup.unknownPlaces > 0 { continue }
                for row in 0..<samples.count {
                    let (isTaken, value): (Bool, String)
                    switch (layer, samples.storage) {
                    case (let lookup as StringLookup, .texts(let texts)):
                        (isTaken, value) = (lookup.takes(texts[row]), texts.string(row))
                    case (let lookup as IntegerLookup, .floats(let numbers)):
                        isTaken = numbers[row].isNaN || lookup.takes(numbers[row])
                        value = "\(numbers[row])"
                    default: continue
                    }
                    if isTaken { continue }
                    return FieldFault(
                        row: row, column: names[index],
                        expected: "one of the values that the model was trained on",
                        found: value.isEmpty ? "a missing value" : "\"\(value.prefix(60))\"")
                }
            }
        }
        return nil
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
    public var inputNames: [String] { inputs.map { layers[calls[$0].layer].name } }

    /// True if each input is one number or one text: a column of a table.
    public var hasColumns: Bool {
        inputShapes.allSatisfy { $0.reduce(1, *) == 1 } && (inputs.count > 1 || readsTexts)
    }
}
