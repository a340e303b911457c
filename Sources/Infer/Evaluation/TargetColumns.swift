import Base
import Datasets
import Network
import Tensors

// Reads the targets of a table's rows as the training read them.

/// Reads the fields of a target where a recipe's `columns` read the table field by field.
struct TargetFields {
    private let reader: FieldReader
    /// True if rows without a target are left out, as before the training.
    let dropsMissing: Bool

    /// Nil for a model whose table was read in the plain form, or elsewhere.
    init?(of model: LoadedModel) {
        guard let dataset = model.facts?.dataset, dataset.readsColumns else { return nil }
        reader = FieldReader(
            dataset.dialect ?? TableDialect(), column: model.facts?.hyperparameters.targets.first)
        dropsMissing = dataset.dropsMissingTargets
    }

    func isMissing(_ field: ArraySlice<UInt8>) -> Bool { reader.isMissing(field) }

    /// Returns the class of each field; nil for one without a class.
    func classes(
        _ fields: Texts, _ names: inout ClassNames, _ place: Place
    ) throws(CellarError) -> [Int32?] {
        var classes: [Int32?] = []
        classes.reserveCapacity(fields.count)
        for index in 0..<fields.count {
            let text = reader.text(fields[index])
            if text.isEmpty, dropsMissing {
                classes.append(nil)
                continue
            }
            guard !text.isEmpty, let number = names.number(of: text.span) else {
                throw names.unknown(
                    String(decoding: fields[index], as: UTF8.self), file: place.file,
                    row: place.rows[index], column: place.column)
            }
            classes.append(number)
        }
        return classes
    }

    /// Returns the number in each field; nil for one without a number.
    func numbers(_ fields: Texts, _ place: Place) throws(CellarError) -> [Float?] {
        var numbers: [Float?] = []
        numbers.reserveCapacity(fields.count)
        for index in 0..<fields.count {
            switch reader.number(fields[index]) {
            case .number(let number) where Float(number).isFinite: numbers.append(Float(number))
            case .boolean(let boolean): numbers.append(boolean ? 1 : 0)
            case .missing where dropsMissing: numbers.append(nil)
            case .missing: throw place.missingTarget(index)
            default:
                throw CellarError(
                    .badData, file: place.file, row: place.rows[index], column: place.column,
                    expected: "a number",
                    found: "\"\(String(decoding: fields[index].prefix(60), as: UTF8.self))\"",
                    fix: "Correct it, or remove the row.")
            }
        }
        return numbers
    }

    /// The place of fields, for messages.
    struct Place {
        let file: String
        let column: String
        /// The number of each field's row in the table, from 1.
        let rows: [Int]

        func missingTarget(_ index: Int) -> CellarError {
            CellarError(
                .badData, file: file, row: rows[index], column: column, expected: "a number to predict",
                found: "a missing value", fix: "Fill it in, or remove the row.")
        }
    }
}

/// The columns of a table with the targets of a model: of one output, a column with classes or a column for each number;
/// of several outputs, a column each.
struct TargetColumns {
    /// The columns that the scanner reads as numbers, and those whose text is read.
    private(set) var numbers: [String] = []
    private(set) var texts: [String] = []
    private var outputs: [Output] = []
    private let fields: TargetFields?
    /// The index of the first of `texts` among the chunk's.
    var firstText = 0

    private enum Output {
        /// The index of the text column.
        case classes(Int, ClassNames)
        /// The index of the first number column, and their number.
        case numbers(Int, width: Int)
        /// The index of the text column with numbers in the table's own form.
        case written(Int)
    }

    init(_ columns: [String], of evaluator: Evaluator) throws(CellarError) {
        fields = TargetFields(of: evaluator.model)
        let names = evaluator.classNames
        let widths = evaluator.outputSizes
        let expected = names.count > 1 ? names.count : names[0] == nil ? widths[0] : 1
        guard columns.count == expected else {
            throw CellarError(
                .usage,
                "\(evaluator.model.name): expected \(expected) target columns, found \(columns.count).",
                remedy: "Name them in the order of the outputs, such as --target a,b.")
        }
        for (index, names) in names.enumerated() {
            if let names {
                outputs.append(.classes(texts.count, names))
                texts.append(columns[index])
                continue
            }
            let own = expected == widths.count && widths.count > 1 ? [columns[index]] : columns
            guard own.count == widths[index] else {
                throw CellarError(
                    .usage,
                    "\(evaluator.model.name): output \(index + 1) has \(widths[index]) numbers, but one "
                        + "column.", remedy: "Use .npy files.")
            }
            if fields != nil, own.count == 1 {
                outputs.append(.written(texts.count))
                texts += own
            } else {
                outputs.append(.numbers(numbers.count, width: own.count))
                numbers += own
            }
        }
    }

    /// Returns the rows of a chunk that have a target, and their targets.
    ///
    /// - rows: Numbers of rows within the chunk.
    mutating func targets(
        of chunk: CSVChunk, _ rows: [Int], file: String
    ) throws(CellarError) -> (rows: [Int], targets: [Targets]) {
        var targets: [Targets] = []
        for index in outputs.indices {
            switch outputs[index] {
            case .classes(let column, var names):
                guard let fields else {
                    let found = try labels(
                        of: chunk, rows, &names, file: file, column: texts[column], at: firstText + column)
                    targets.append(.classes(found))
                    outputs[index] = .classes(column, names)
                    continue
                }
                let found = try fields.classes(
                    chunk.texts(column: firstText + column, rows: rows), &names,
                    place(chunk, rows, file, texts[column]))
                outputs[index] = .classes(column, names)
                return (present(rows, found), [.classes(found.compactMap { $0 })])
            case .written(let column):
                guard let fields else { continue }
                let found = try fields.numbers(
                    chunk.texts(column: firstText + column, rows: rows),
                    place(chunk, rows, file, texts[column]))
                return (present(rows, found), [.values(found.compactMap { $0 }, width: 1)])
            case .numbers(let column, let width):
                let first = chunk.columns - numbers.count + column
                let values = chunk.columns(first..<first + width, of: rows)
                if let missing = values.firstIndex(where: \.isNaN) {
                    throw place(chunk, rows, file, numbers[column + missing % width])
                        .missingTarget(missing / width)
                }
                targets.append(.values(values, width: width))
            }
        }
        return (rows, targets)
    }

    private func present<Value>(_ rows: [Int], _ found: [Value?]) -> [Int] {
        zip(rows, found).compactMap { $1 == nil ? nil : $0 }
    }

    private func place(
        _ chunk: CSVChunk, _ rows: [Int], _ file: String, _ column: String
    ) -> TargetFields.Place {
        .init(file: file, column: column, rows: rows.map { chunk.firstRow + $0 })
    }
}

/// Finds the classes of a chunk's rows.
///
/// - index: The index of the column among the chunk's texts.
func labels(
    of chunk: CSVChunk, _ rows: [Int], _ classes: inout ClassNames, file: String, column: String,
    at index: Int = 0
) throws(CellarError) -> [Int32] {
    var all: [Int32] = []
    all.reserveCapacity(chunk.count)
    chunk.eachText { _, place, label in
        if place == index { all.append(classes.number(of: label) ?? -1) }
    }
    var numbers: [Int32] = []
    numbers.reserveCapacity(rows.count)
    for row in rows {
        guard all[row] >= 0 else {
            throw classes.unknown(
                chunk.text(row, column: index), file: file, row: chunk.firstRow + row, column: column)
        }
        numbers.append(all[row])
    }
    return numbers
}
