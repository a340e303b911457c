import Base
import Tensors

/// The figures of an evaluation, divided into rows that the model was trained on and others. A model may have learned rows of
/// the first kind by heart.
public struct SeenRows: Equatable, Sendable {
    public let seen, unseen: Part

    public struct Part: Equatable, Sendable {
        public fileprivate(set) var rows = 0
        /// Nil without rows, or if the model does not predict one class for each row.
        public var accuracy: Double? { hits.flatMap { rows == 0 ? nil : Double($0) / Double(rows) } }
        /// Nil without rows, or if the model does not predict numbers.
        public var meanSquaredError: Double? {
            squares.flatMap { values == 0 ? nil : $0 / Double(values) }
        }

        fileprivate var hits: Int?
        fileprivate var squares: Double?
        fileprivate var values = 0

        public var json: JSON {
            var object: JSONObject = ["samples": .integer(rows)]
            object["accuracy"] = accuracy.map { .number($0) }
            object["mean_squared_error"] = meanSquaredError.map { JSON(finite: $0) }
            return .object(object)
        }

        fileprivate var text: String {
            var text = "\(rows)"
            if let accuracy { text += ", accuracy \(accuracy.fixed(4))" }
            if let error = meanSquaredError { text += ", mean_squared_error \(error.fixed(4))" }
            return text
        }
    }

    /// Two lines in the form of a report's figures.
    func text(width: Int) -> String {
        SeenRows.line("seen", seen.text, width: width) + SeenRows.line("unseen", unseen.text, width: width)
    }

    static func line(_ name: String, _ text: String, width: Int) -> String {
        name + String(repeating: " ", count: max(1, width + 2 - name.count)) + text + "\n"
    }
}

/// Counts rows block by block.
struct SeenSums {
    private let sets: [RowHashes]?
    private var seen = SeenRows.Part()
    private var unseen = SeenRows.Part()
    /// A mark for each row of the current block.
    private(set) var marks: [Bool] = []

    /// - sets: The rows that the model was trained on; nil if they are unknown.
    init(_ sets: [RowHashes]?) { self.sets = sets }

    var result: SeenRows? { sets == nil ? nil : SeenRows(seen: seen, unseen: unseen) }

    /// Looks up the rows of a block.
    mutating func mark(_ samples: [Samples]) {
        guard let sets else { return }
        marks = trainedRows(sets, among: samples)
        let found = marks.count { $0 }
        seen.rows += found
        unseen.rows += marks.count - found
    }

    /// Adds the block's classes.
    mutating func add(_ truth: [Int32], _ prediction: ArraySlice<Int32>) {
        guard sets != nil else { return }
        var hits = (seen: 0, all: 0)
        for (row, (label, answer)) in zip(truth, prediction).enumerated() where label == answer {
            hits.all += 1
            if marks[row] { hits.seen += 1 }
        }
        seen.hits = (seen.hits ?? 0) + hits.seen
        unseen.hits = (unseen.hits ?? 0) + hits.all - hits.seen
    }

    /// Adds the block's values, the same number for each row.
    mutating func add(_ truth: [Float], _ prediction: [Float]) {
        guard sets != nil, !marks.isEmpty else { return }
        let width = truth.count / marks.count
        func sum(_ part: inout SeenRows.Part, _ isSeen: Bool) {
            var squares = 0.0
            for row in marks.indices where marks[row] == isSeen {
                for place in row * width..<(row + 1) * width {
                    let error = Double(truth[place]) - Double(prediction[place])
                    squares += error * error
                }
                part.values += width
            }
            part.squares = (part.squares ?? 0) + squares
        }
        sum(&seen, true)
        sum(&unseen, false)
    }
}

/// Returns a mark for each row: true if it is in one of the sets.
public func trainedRows(_ sets: [RowHashes], among inputs: [Samples]) -> [Bool] {
    let hashes = rowHashes(of: inputs)
    var marks = [Bool](repeating: false, count: hashes.count)
    for set in sets { set.mark(hashes, in: &marks) }
    return marks
}
