import Base
import Registry

/// Loss and metrics of every epoch of a version's training.
public struct VersionHistory: Sendable {
    public let reference: String
    public let facts: ModelFacts

    public var series: [ModelFacts.MetricSeries] { facts.history }
    public var json: JSON {
        ["reference": .string(reference), "history": facts.json["history"] ?? .object([:])]
    }
}

extension Store {
    /// The loss of each version's epochs, on the validation rows if there are any; none where a file does not tell.
    public func lossCurves(of versions: [ModelVersion]) -> [[Double]] {
        versions.map { version in
            let history = (try? models.facts(of: version))?.history ?? []
            return (history.first { $0.name == "val_loss" } ?? history.first { $0.name == "loss" })?.values
                ?? []
        }
    }

    /// The history of a version; it has no series where the file does not tell how it was trained.
    public func history(of reference: String) throws(CellarError) -> VersionHistory {
        let version = try models.version(reference)
        return VersionHistory(reference: version.reference, facts: try models.facts(of: version))
    }
}
