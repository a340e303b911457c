import GRDB
import Base

/// Errors for unknown names, with suggestions.
extension ModelStore {
    func unknownModel(_ name: String, _ db: Database) throws -> CellarError {
        let models = try String.fetchAll(
            db,
            sql:
                "SELECT name FROM model m WHERE EXISTS (SELECT 1 FROM version v WHERE v.model = m.name AND v.state = 'kept')"
        )
        if models.isEmpty {
            return CellarError(
                .noInput, "no model \(name): the store \(root) is empty.",
                remedy: "Train or import a model first.")
        }
        let now = try String.fetchOne(
            db, sql: "SELECT new FROM renamed WHERE old = ? ORDER BY id LIMIT 1", arguments: [name])
        return CellarError(
            .noInput, "no model \(name) in \(root); it has \(shortList(models.sorted())).",
            remedy: now.map { "The model is called \($0) here." }
                ?? nearest(name, in: models).map { "Did you mean \($0)?" })
    }

    func unknownVersion(_ model: String, _ text: String, _ db: Database) throws -> CellarError {
        let numbers = try Int.fetchAll(
            db,
            sql: "SELECT number FROM version WHERE model = ? AND state = 'kept' ORDER BY number DESC LIMIT 5",
            arguments: [model])
        if numbers.isEmpty { return try unknownModel(model, db) }
        let newest = numbers.map { "\(model):\($0)" }.joined(separator: ", ")
        return CellarError(
            .noInput,
            "no version \(text) in \(root): the newest \(numbers.count == 1 ? "is" : "are") \(newest).",
            remedy: "If its file was added by hand or by git, run `registry rebuild`.")
    }

    func unknownAlias(_ model: String, _ alias: String, _ text: String, _ db: Database) throws
        -> CellarError
    {
        let number = try Int.fetchOne(
            db, sql: "SELECT number FROM alias WHERE model = ? AND name = ?", arguments: [model, alias])
        if let number {
            return CellarError(
                .noInput,
                "\(text) points to \(model):\(number), which is not in this store (\(root)). Fetch its file, then "
                    + "run `registry rebuild`.")
        }
        let exists = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ? AND state = 'kept')",
            arguments: [model])
        guard exists == true else { return try unknownModel(model, db) }
        let aliases = try String.fetchAll(
            db, sql: "SELECT name FROM alias WHERE model = ? AND number IS NOT NULL ORDER BY name",
            arguments: [model])
        let has = aliases.isEmpty ? "no alias yet" : shortList(aliases.map { "\(model)@\($0)" })
        let hint = nearest(alias, in: aliases).map { "Did you mean \(model)@\($0)? " } ?? ""
        return CellarError(
            .noInput, "no alias \(text): \(model) has \(has).",
            remedy: hint + "Use `registry promote \(model) --alias \(alias)` to set it.")
    }
}

func shortList(_ names: [String], limit: Int = 10) -> String {
    names.count <= limit
        ? names.joined(separator: ", ")
        : names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
}
