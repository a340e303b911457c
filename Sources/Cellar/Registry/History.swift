import Base
import Registry

/// Loss and metrics of every epoch of a version's training.
public struct TrainingHistory: Sendable {
    public let reference: String
    public let facts: ModelFacts

    public var series: [ModelFacts.Series] { facts.history }
    public var json: JSON {
        ["reference": .string(reference), "history": facts.json["history"] ?? .object([:])]
    }
}

extension Store {
    /// The history of a version; it has no series where the file does not tell how it was trained.
    public func history(of reference: String) throws(CellarError) -> TrainingHistory {
        let version = try models.version(reference)
        return TrainingHistory(reference: version.reference, facts: try models.facts(of: version))
    }
}
