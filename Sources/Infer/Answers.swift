import Glibc
import Tensors

/// A model's answers for some samples: what it said, and what that means.
public struct Answers: Sendable {
    public let head: Head
    /// What the head's link makes of the network's numbers, [count, head.width].
    public let values: [Float]

    /// - outputs: [count, head.width], as the network gave them.
    init(_ outputs: Tensor, head: Head) {
        self.head = head
        values =
            switch head {
            case .classes(_, .softmax): softmaxRows(outputs.values, width: head.width)
            case .classes(_, .exp), .binary(_, .exp): outputs.values.map { exp($0) }
            case .binary(_, .sigmoid), .binary(_, .softmax): outputs.values.map { sigmoid($0) }
            default: outputs.values
            }
    }

    public var count: Int { values.count / head.width }

    /// The number of the likeliest class, the first among equals; of two, the second is it above one half.
    public func label(_ row: Int) -> Int {
        if case .binary = head { return values[row] > 0.5 ? 1 : 0 }
        let start = row * head.width
        var best = start
        for place in start..<start + head.width where values[place] > values[best] { best = place }
        return best - start
    }

    /// How likely a class is, in the model's opinion.
    public func probability(_ row: Int, of label: Int) -> Float {
        if case .binary = head { return label == 1 ? values[row] : 1 - values[row] }
        return values[row * head.width + label]
    }

    /// A row's measured values.
    public func values(_ row: Int) -> ArraySlice<Float> {
        values[row * head.width..<(row + 1) * head.width]
    }

    /// The first row whose answer is no number: infinity or NaN.
    public var firstBroken: Int? {
        values.firstIndex { !$0.isFinite }.map { $0 / head.width }
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
