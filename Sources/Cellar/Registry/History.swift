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
    /// The loss of each version's training in at most 10 numbers, on the validation rows if there are any; none where it is not
    /// known.
    public func lossCurves(of versions: [ModelVersion]) throws(CellarError) -> [[Double]] {
        // An earlier Cellar did not record it. Opening a file takes milliseconds, so only a few are.
        var openable = 10
        return zip(versions, try models.lossCurves(of: versions)).map { version, curve in
            guard curve.isEmpty, openable > 0 else { return curve }
            openable -= 1
            return (try? models.facts(of: version))?.lossCurve ?? []
        }
    }

    /// The history of a version; it has no series where the file does not tell how it was trained.
    public func history(of reference: String) throws(CellarError) -> VersionHistory {
        let version = try models.version(reference)
        return VersionHistory(reference: version.reference, facts: try models.facts(of: version))
    }
}
