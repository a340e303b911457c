import Base

extension Comparison {
    /// A model to compare, which need not be registered.
    public struct Side: Sendable {
        public var reference: String
        public var facts: ModelFacts
        /// Nil if unknown.
        public var sha256: String?
        public var size: Int?

        /// Metrics, with names such as `val_accuracy`; see `MetricName`.
        public let metrics: [(name: String, value: Double)]

        /// - metrics: Nil for those of the facts.
        public init(
            reference: String, facts: ModelFacts, sha256: String? = nil, size: Int? = nil,
            metrics: [(name: String, value: Double)]? = nil
        ) {
            (self.reference, self.facts, self.sha256, self.size) = (reference, facts, sha256, size)
            self.metrics = metrics ?? facts.metrics.map { (MetricName.of($0), $0.value) }
        }
    }
}
