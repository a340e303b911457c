import Datasets

/// The columns that a model adds to a table: `prediction`, `probability` (of the predicted class), and for more than two
/// classes one `probability_CLASS` each. A regression adds `prediction`, or `prediction_1` and so on.
public struct NewColumns: Sendable {
    let head: Head
    public let names: [String]

    init(_ head: Head, prefix: String = "") {
        self.head = head
        let plain =
            switch head {
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
    /// What they hold, each.
    var kinds: [CSVRows.AddedColumn] {
        if head.classes == nil { return names.map { _ in .number } }
        return [.label] + names.dropFirst().map { _ in .number }
    }

    /// Numbers for each row.
    var numberCount: Int { kinds.count { $0 == .number } }
    /// Labels for each row: one or none.
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

    /// The texts that labels stand for: all models' classes, one after the other.
    var texts: [String] { columns.flatMap { $0.head.classes ?? [] } }

    /// Takes the models' answers to the same rows.
    mutating func set(_ answers: [Answers]) {
        let rows = answers.first?.count ?? 0
        if numbers.count != rows * numberCount { numbers = Array(repeating: 0, count: rows * numberCount) }
        if labels.count != rows * labelCount { labels = Array(repeating: 0, count: rows * labelCount) }
        var (number, label, firstText) = (0, 0, 0)
        for (answers, columns) in zip(answers, columns) {
            switch answers.head {
            case .values: put(answers.values, width: answers.head.width, at: number)
            case .classes(let names, _):
                putLabels(of: answers, at: label, number, firstText: firstText)
                put(answers.values, width: names.count, at: number + 1)
            case .binary: putLabels(of: answers, at: label, number, firstText: firstText)
            }
            number += columns.numberCount
            label += columns.labelCount
            firstText += answers.head.classes?.count ?? 0
        }
    }

    private mutating func putLabels(of answers: Answers, at place: Int, _ number: Int, firstText: Int) {
        for row in 0..<answers.count {
            let label = answers.label(row)
            labels[row * labelCount + place] = Int32(firstText + label)
            numbers[row * numberCount + number] = answers.probability(row, of: label)
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
