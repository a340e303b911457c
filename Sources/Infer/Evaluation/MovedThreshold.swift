import Glibc

extension EvaluationDetails.Classes {
    /// Returns the threshold that decides as this one does once the logits are divided by a temperature. It keeps a distance from the
    /// rows on both sides, whose probabilities are rounded anew.
    ///
    /// Nil if 32-bit probabilities no longer tell the rows on both sides apart.
    ///
    /// - positive: The number of the positive class of two.
    public func moved(_ threshold: Double, positive: Int, by temperature: Double) -> Double? {
        func cooled(_ probability: Double) -> Double { 1 / (1 + pow(1 / probability - 1, 1 / temperature)) }
        let scores = stride(from: positive, to: self.scores.count, by: names.count).map { self.scores[$0] }
        let below = scores.filter { $0 < Float(threshold) }.max().map { cooled(Double($0)) }
        let above = scores.filter { $0 >= Float(threshold) }.min().map { cooled(Double($0)) }
        let distance = 1e-6
        var result = cooled(threshold)
        if let above { result = min(result, max(above - distance, (above + (below ?? 0)) / 2)) }
        if let below { result = max(result, min(below + distance, (below + (above ?? 1)) / 2)) }
        let isOpen = threshold > 0 && threshold < 1
        if isOpen, Float(result) <= 0 || Float(result) >= 1 { return nil }
        if let below, let above, Float(below) >= Float(above) { return nil }
        return result
    }
}
