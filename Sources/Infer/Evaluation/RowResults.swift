import Base

/// The outcome of each row of an evaluation, for models that predict one class a row.
public struct RowResults: Sendable {
    public let classes: [String]
    /// The numbers of the rows in the data, from 1.
    public internal(set) var rows: [Int] = []
    /// Indices into `classes`.
    public internal(set) var truth: [Int32] = []
    public internal(set) var prediction: [Int32] = []
    /// The score of the predicted class: its probability, or its logit, margin or value.
    public internal(set) var confidence: [Float] = []
    /// Of two classes, the score of the second one; empty for more classes.
    public internal(set) var secondScore: [Float] = []
    /// True for rows that the model was trained on; nil if these are unknown.
    public internal(set) var seen: [Bool]?

    init(classes: [String]) { self.classes = classes }

    mutating func add(_ predictions: Predictions, truth: [Int32], rows: [Int]) {
        self.rows += rows
        self.truth += truth
        for row in 0..<predictions.count {
            let label = predictions.label(row)
            prediction.append(Int32(label))
            confidence.append(predictions.score(row, of: label))
            if classes.count == 2 { secondScore.append(predictions.score(row, of: 1)) }
        }
    }
}
