import Base
import Datasets
import Network
import Tensors

/// The column to predict.
struct TargetOfTable: Sendable {
    let name: String
    private let fields: Texts
    private let reader: FieldReader
    private(set) var numbers: [Double] = []

    init(_ name: String, _ fields: Texts, _ reader: FieldReader) {
        (self.name, self.fields, self.reader) = (name, fields, reader)
    }

    /// Returns the rows with a target.
    func keptRows(drops: Bool, file: String) throws(CellarError) -> [Int] {
        let kept = (0..<fields.count).filter { !reader.isMissing(fields[$0]) }
        guard drops || kept.count == fields.count else {
            let row = (0..<fields.count).first { reader.isMissing(fields[$0]) } ?? 0
            throw CellarError(
                .badData, file: file, row: row + 1, column: name, expected: "a target in each row",
                found: "\(fields.count - kept.count) rows without one",
                fix: "Write `missing_target: drop` to leave these rows out.")
        }
        return kept
    }

    /// Returns classes or numbers, as the loss wants them. Rows without a target have class 0 or the number 0; they are
    /// not used.
    mutating func output(_ loss: Loss?, _ recipe: DataRecipe, file: String) throws(CellarError)
        -> OutputLabels
    {
        if loss?.isForNumbers ?? false {
            // True and False among numbers are words.
            let isMixed = ColumnProfile(fields, reader).isMixed
            numbers = try (0..<fields.count).map { (row) throws(CellarError) in
                switch reader.number(fields[row]) {
                case .number(let number) where Float(number).isFinite: return number
                case .boolean(let boolean) where !isMixed: return boolean ? 1 : 0
                case .missing: return 0
                default:
                    throw CellarError(
                        .badData, file: file, row: row + 1, column: name,
                        expected: "a number, because the loss is for numbers",
                        found: "\"\(String(decoding: fields[row].prefix(60), as: UTF8.self))\"",
                        fix: "Use a loss for classes, such as sparse_categorical_crossentropy.")
                }
            }
            return OutputLabels(targets: .values(numbers.map { Float($0) }, width: 1), classes: [])
        }
        let labels = LabelColumn(
            (0..<fields.count).map { row in
                let text = reader.text(fields[row])
                return String(decoding: text, as: UTF8.self)
            })
        let found = try labels.classes(file: file, column: name, missing: .keep)
        if let measurement = found.measurement {
            throw CellarError(
                .badData, file: file, column: name, expected: "classes, because the loss is for classes",
                found: "\(found.names.count) different numbers, such as \(measurement)",
                fix: "Use a loss for numbers, such as mean_squared_error.")
        }
        let rows = found.rows.map { max($0, 0) }
        return try OutputLabels(targets: .classes(rows), classes: found.names).ordered(recipe, file: file)
    }
}

extension OutputLabels {
    /// The same labels with the classes in the recipe's order.
    func ordered(_ recipe: DataRecipe, file: String) throws(CellarError) -> OutputLabels {
        guard recipe.classes != nil || recipe.positive != nil, case .classes(let rows) = targets else {
            return self
        }
        func wrong(_ message: String) -> CellarError {
            CellarError(
                .badData, message, file: recipe.file, line: recipe.line,
                remedy: "The classes are \(classes.joined(separator: ", ")).")
        }
        var order = recipe.classes ?? classes
        guard order.count == classes.count, order.hasSameElements(as: classes) else {
            throw wrong("classes must have each class of the target once.")
        }
        if let positive = recipe.positive {
            guard classes.count == 2, let place = classes.firstIndex(ofSame: positive) else {
                throw wrong("positive is \"\(positive)\", but must be one of two classes.")
            }
            order = [classes[1 - place], positive]
        }
        let numbers = classes.map { name in Int32(order.firstIndex(ofSame: name) ?? 0) }
        return OutputLabels(targets: .classes(rows.map { numbers[Int($0)] }), classes: order)
    }
}
