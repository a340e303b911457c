import Base

// The members of each kind of event. docs/store.md describes them for other programs.

extension Event {
    static func registration(
        _ key: VersionKey, file: String, size: Int, facts: ModelFacts, importedFrom: String?
    ) -> JSONObject {
        var content = key.members
        content["file"] = .string(file)
        content["size"] = .integer(size)
        content["imported_from"] = importedFrom.map { .string(Limits.cut($0, to: Limits.text)) }
        content["facts"] = summary(of: facts)
        return content
    }

    /// The facts within the limits, without what may be long: the history stays in the model file alone.
    ///
    /// - hasCurve: True adds the loss in 10 numbers, for lists, which open no file.
    static func summary(of facts: ModelFacts, hasCurve: Bool = true) -> JSON {
        var object = facts.bounded.json.object ?? [:]
        object["history"] = nil
        let curve = hasCurve ? facts.lossCurve : []
        object["loss_curve"] = curve.isEmpty ? nil : .array(curve.map { JSON(finite: $0) })
        // Models with very many columns: what lists do not need goes first.
        for key in ["recipe", "command_line", "dataset", "hyperparameters", "features", "classes"] {
            if JSON.object(object).text().utf8.count <= Event.lengthLimit / 2 { break }
            object[key] = nil
        }
        return .object(object)
    }

    static func changed(_ kind: String, _ keys: [VersionKey], reason: String) -> Event {
        Event(
            kind: kind,
            content: ["versions": .array(keys.map { .object($0.members) }), "reason": .string(reason)])
    }

    /// - Parameter key: Nil takes the alias away.
    static func moved(
        _ alias: String, of model: String, to key: VersionKey?, reason: String, isRollback: Bool = false,
        evidence: JSON? = nil
    ) -> Event {
        var content: JSONObject = [
            "model": .string(model), "alias": .string(alias), "reason": .string(reason),
        ]
        for (name, value) in key?.members.members ?? [] { content[name] = value }
        if isRollback { content["rollback"] = true }
        content["evidence"] = evidence
        return Event(kind: "moved", content: content)
    }
}
