import Base
import Glibc
import Tensors

/// Predictions for a batch of samples, with the meaning of their numbers.
public struct Predictions: Sendable {
    public let meaning: OutputMeaning
    /// The network's numbers after `meaning`'s link: [count, meaning.width].
    public let values: [Float]

    /// - outputs: The network's numbers: [count, meaning.width].
    init(_ outputs: Tensor, meaning: OutputMeaning) {
        self.meaning = meaning
        values =
            switch meaning.score?.link {
            case .softmax: softmaxRows(outputs.values, width: meaning.width)
            case .exp: outputs.values.map { exp($0) }
            case .sigmoid: outputs.values.map { sigmoid($0) }
            case .identity, nil: outputs.values
            }
    }

    /// The predictions with logits divided by a temperature. Only for probabilities of classes of which one is right.
    public func calibrated(temperature: Double) -> Predictions {
        guard temperature != 1, case .classes(_, let score) = meaning, score.kind == .probability else {
            return self
        }
        let logits = values.map { log(max($0, 1e-30)) / Float(temperature) }
        return Predictions(meaning: meaning, values: softmaxRows(logits, width: meaning.width))
    }

    /// The predictions with the temperature that the model has for pictures of digits, if it has one.
    public func calibrated(for picture: ModelFacts.Picture) -> Predictions {
        guard picture.framing == .digit, let limits = picture.abstention else { return self }
        return calibrated(temperature: limits.temperature)
    }

    private init(meaning: OutputMeaning, values: [Float]) { (self.meaning, self.values) = (meaning, values) }

    public var count: Int { values.count / meaning.width }

    /// Returns the class with the highest score (the first of equal ones). Binary: class 1 above the threshold. Two
    /// classes may have a threshold of their own.
    public func label(_ row: Int) -> Int {
        if let decision = meaning.score?.decision {
            let isPositive = score(row, of: decision.positive) >= decision.threshold
            return isPositive ? decision.positive : 1 - decision.positive
        }
        if case .binary(_, let score) = meaning { return values[row] > score.threshold ? 1 : 0 }
        let start = row * meaning.width
        var best = start
        for place in start..<start + meaning.width where values[place] > values[best] { best = place }
        return best - start
    }

    /// Returns the labels above the threshold, of a model with several labels per sample.
    public func labels(_ row: Int) -> [Int] {
        let threshold = meaning.score?.threshold ?? 0.5
        return (0..<meaning.width).filter { values[row * meaning.width + $0] > threshold }
    }

    /// Returns the score of a class: its predicted probability, or its logit, margin or value.
    public func score(_ row: Int, of label: Int) -> Float {
        if case .binary(_, let score) = meaning {
            return label == 1 ? values[row] : score.opposite(values[row])
        }
        return values[row * meaning.width + label]
    }

    /// Returns a row's predicted values (regression).
    public func values(_ row: Int) -> ArraySlice<Float> {
        values[row * meaning.width..<(row + 1) * meaning.width]
    }

    /// The first row with infinity or NaN.
    public var firstNonFinite: Int? {
        values.firstIndex { !$0.isFinite }.map { $0 / meaning.width }
    }
}

private func sigmoid(_ z: Float) -> Float { z < 0 ? exp(z) / (1 + exp(z)) : 1 / (1 + exp(-z)) }

private func softmaxRows(_ logits: [Float], width: Int) -> [Float] {
    var values = logits
    for start in stride(from: 0, to: values.count, by: width) {
        let row = start..<start + width
        let largest = logits[row].max() ?? 0
        for place in row { values[place] = exp(logits[place] - largest) }
        let sum = values[row].reduce(0, +)
        for place in row { values[place] /= sum }
    }
    return values
}
