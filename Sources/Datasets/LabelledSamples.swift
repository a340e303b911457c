import Tensors

/// Samples with their class labels.
public struct LabelledSamples: Equatable, Sendable {
    public var samples: Samples
    /// Indices into `classes`, one per sample.
    public var labels: [Int]
    public var classes: [String]

    public init(samples: Samples, labels: [Int], classes: [String]) {
        precondition(samples.count == labels.count, "\(samples.count) samples with \(labels.count) labels")
        (self.samples, self.labels, self.classes) = (samples, labels, classes)
    }

    /// Returns the samples of the given rows, in that order.
    public func selecting(_ rows: some Collection<Int>) -> LabelledSamples {
        LabelledSamples(samples: samples.selecting(rows), labels: rows.map { labels[$0] }, classes: classes)
    }
}
