import Datasets

/// The columns that a model adds to a table: `prediction`, `probability` (of the predicted class), and for more than two
/// classes `probability_CLASS` per class. Regression adds `prediction`, or `prediction_1` and so on.
public struct NewColumns: Sendable {
    let meaning: OutputMeaning
    public let names: [String]

    init(_ meaning: OutputMeaning, prefix: String = "") {
        self.meaning = meaning
        let plain =
            switch meaning {
            case .classes(let classes, _):
                ["prediction", "probability"] + classes.map { "probability_\($0)" }
            case .binary: ["prediction", "probability"]
            case .values(1): ["prediction"]
            case .values(let width): (1...width).map { "prediction_\($0)" }
            }
        names = plain.map { prefix + $0 }
    }
}

extension NewColumns {
    /// The type of each column.
    var kinds: [CSVRows.AddedColumn] {
        if meaning.classes == nil { return names.map { _ in .number } }
        return [.label] + names.dropFirst().map { _ in .number }
    }

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
    var texts: [String] { columns.flatMap { $0.meaning.classes ?? [] } }

    /// Sets the models' predictions for the same rows.
    mutating func set(_ predictions: [Predictions]) {
        let rows = predictions.first?.count ?? 0
        if numbers.count != rows * numberCount { numbers = Array(repeating: 0, count: rows * numberCount) }
        if labels.count != rows * labelCount { labels = Array(repeating: 0, count: rows * labelCount) }
        var (number, label, firstText) = (0, 0, 0)
        for (predictions, columns) in zip(predictions, columns) {
            switch predictions.meaning {
            case .values: put(predictions.values, width: predictions.meaning.width, at: number)
            case .classes(let names, _):
                putLabels(of: predictions, at: label, number, firstText: firstText)
                put(predictions.values, width: names.count, at: number + 1)
            case .binary: putLabels(of: predictions, at: label, number, firstText: firstText)
            }
            number += columns.numberCount
            label += columns.labelCount
            firstText += predictions.meaning.classes?.count ?? 0
        }
    }

    private mutating func putLabels(of predictions: Predictions, at place: Int, _ number: Int, firstText: Int)
    {
        for row in 0..<predictions.count {
            let label = predictions.label(row)
            labels[row * labelCount + place] = Int32(firstText + label)
            numbers[row * numberCount + number] = predictions.probability(row, of: label)
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
