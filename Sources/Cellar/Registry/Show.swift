import Base
import Registry

/// Everything that is known of a version.
public struct VersionDetails: Sendable {
    public let version: ModelVersion
    public let facts: ModelFacts
    public let tags: [ModelStore.VersionTag]
    public let parents: [ModelFacts.Parent]
    public let json: JSON
}

extension Store {
    public func show(_ reference: String) throws(CellarError) -> VersionDetails {
        try details(models.record(of: models.version(reference)))
    }

    func details(_ record: ModelStore.VersionRecord) -> VersionDetails {
        let (version, tags, parents) = (record.version, record.tags, record.parents)
        // A version whose file is damaged or gone is shown as the log has it, without its history.
        let whole = try? models.facts(of: version)
        let facts = whole ?? record.facts
        var object = json(of: version).object ?? [:]
        object["tags"] = .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
        object["parents"] = .array(
            parents.map {
                [
                    "kind": .string($0.kind.rawValue), "sha256": .string($0.sha256),
                    "reference": .string($0.reference),
                ]
            })
        let known = facts.json
        for key in [
            "classes", "features", "picture", "decision", "calibration", "dataset", "hyperparameters",
            "history", "recipe",
            "command_line", "host",
        ] { object[key] = known[key] ?? .null }
        if whole == nil { object["history"] = .null }
        return VersionDetails(
            version: version, facts: facts, tags: tags, parents: parents, json: .object(object))
    }
}
