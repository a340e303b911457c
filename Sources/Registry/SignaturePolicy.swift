import Base
import GRDB

extension ModelStore {
    /// Requires a signature of this key for whatever the alias points to; nil ends that.
    ///
    /// - Parameter publicKey: In PEM.
    public func setPolicy(
        model: String, alias: String, publicKey: String?, reason: String
    ) throws(CellarError) {
        try Names.checkAlias(alias)
        try Names.checkReason(reason)
        try commit("change the policy of \(model)@\(alias)") { db in
            let top = try AliasTop(db, model: model, alias: alias)
            guard top.number != nil || top.publicKey != nil else {
                throw try unknownAlias(model, alias, "\(model)@\(alias)", db)
            }
            if top.publicKey == publicKey { return [] }
            return [
                Event(
                    kind: "policy",
                    content: [
                        "model": .string(model), "alias": .string(alias),
                        "public_key": publicKey.map { .string($0) } ?? .null, "reason": .string(reason),
                    ])
            ]
        }
    }

    /// Returns the public key whose signature the alias requires, in PEM; nil if it requires none. An alias that points
    /// nowhere keeps its policy.
    public func policy(model: String, alias: String) throws(CellarError) -> String? {
        try read("read the policy of \(model)@\(alias)") {
            try AliasTop($0, model: model, alias: alias).publicKey
        }
    }
}

extension Projection {
    func setPolicy(_ event: Event) throws {
        guard let named = event["model"]?.string, let alias = event["alias"]?.string,
            (try? Names.checkModel(named)) != nil, (try? Names.checkAlias(alias)) != nil,
            let key = event["public_key"], key.isNull || key.string.map(Limits.isText) == true
        else { throw event.problem("a model, an alias and a public key or null") }
        let model = try self.model(ofAlias: alias, named, .change)
        try db.execute(
            sql: """
                INSERT INTO alias (model, name, sha256, public_key) VALUES (?, ?, '', ?)
                ON CONFLICT (model, name) DO UPDATE SET public_key = excluded.public_key
                """, arguments: [model, alias, key.string])
    }
}
