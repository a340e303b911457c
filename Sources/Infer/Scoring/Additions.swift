import Datasets

/// The columns that a model adds to a table: `prediction`, `probability` (of the predicted class), and for more than two
/// classes `probability_CLASS` per class. Numbers that are no probabilities are called `logit`, `margin` or `value`. A
/// model with several labels per sample adds `probability_LABEL` only. Regression adds `prediction`, or `prediction_1`
/// and so on.
public struct NewColumns: Sendable {
    let meaning: OutputMeaning
    public let names: [String]

    init(_ meaning: OutputMeaning, prefix: String = "") {
        self.meaning = meaning
        let plain =
            switch meaning {
            case .classes(let classes, let score):
                ["prediction", score.kind.rawValue] + score.columns(classes)
            case .binary(_, let score): ["prediction", score.kind.rawValue]
            case .labels(let labels, let score): score.columns(labels)
            case .values(1): ["prediction"]
            case .values(let width): (1...width).map { "prediction_\($0)" }
            }
        names = plain.map { prefix + $0 }
    }
}

extension NewColumns {
    /// The type of each column.
    var kinds: [CSVRows.AddedColumn] {
        if !meaning.hasOneClass { return names.map { _ in .number } }
        return [.label] + names.dropFirst().map { _ in .number }
    }

    /// The texts of the labels.
    var texts: [String] { meaning.hasOneClass ? meaning.classes ?? [] : [] }

    /// Numbers per row.
    var numberCount: Int { kinds.count { $0 == .number } }
    /// Labels per row: one or none.
    var labelCount: Int { kinds.count - numberCount }
}

/// The numbers and labels that some models add to the rows of a chunk.
struct Additions {
    /// [rows, numberCount] and [rows, labelCount]
    private(set) var numbers: [Float] = []
    private(set) var labels: [Int32] = []
    private let columns: [NewColumns]
    private let numberCount, labelCount: Int

    init(_ columns: [NewColumns]) {
        self.columns = columns
        numberCount = columns.reduce(0) { $0 + $1.numberCount }
        labelCount = columns.reduce(0) { $0 + $1.labelCount }
    }

    /// The texts of the labels: the classes of all models, concatenated.
    var texts: [String] { columns.flatMap(\.texts) }

    /// Sets the models' predictions for the same rows.
    mutating func set(_ predictions: [Predictions]) {
        let rows = predictions.first?.count ?? 0
        if numbers.count != rows * numberCount { numbers = Array(repeating: 0, count: rows * numberCount) }
        if labels.count != rows * labelCount { labels = Array(repeating: 0, count: rows * labelCount) }
        var (number, label, firstText) = (0, 0, 0)
        for (predictions, columns) in zip(predictions, columns) {
            switch predictions.meaning {
            case .values, .labels: put(predictions.values, width: predictions.meaning.width, at: number)
            case .classes(let names, _):
                putLabels(of: predictions, at: label, number, firstText: firstText)
                put(predictions.values, width: names.count, at: number + 1)
            case .binary: putLabels(of: predictions, at: label, number, firstText: firstText)
            }
            number += columns.numberCount
            label += columns.labelCount
            firstText += columns.texts.count
        }
    }

    private mutating func putLabels(of predictions: Predictions, at place: Int, _ number: Int, firstText: Int)
    {
        for row in 0..<predictions.count {
            let label = predictions.label(row)
            labels[row * labelCount + place] = Int32(firstText + label)
            numbers[row * numberCount + number] = predictions.score(row, of: label)
        }
    }

    private mutating func put(_ values: [Float], width: Int, at place: Int) {
        for row in 0..<values.count / width {
            for column in 0..<width {
                numbers[row * numberCount + place + column] = values[row * width + column]
            }
        }
    }
}

extension OutputScore {
    /// The columns with the score of each class.
    func columns(_ classes: [String]) -> [String] { classes.map { "\(kind.rawValue)_\($0)" } }
}

/// Returns the class in the name of a score's column, such as `probability_cat`; nil for other columns.
func className(ofColumn name: String) -> String? {
    for kind in ["probability_", "logit_", "margin_", "value_"] where name.hasPrefix(kind) {
        return String(name.dropFirst(kind.count))
    }
    return nil
}
