import GRDB

/// Errors for names that do not exist: they say what does, nearest first.
extension ModelStore {
    func unknownModel(_ name: String, _ db: Database) throws -> RegistryError {
        let models = try String.fetchAll(
            db,
            sql:
                "SELECT name FROM model m WHERE EXISTS (SELECT 1 FROM version v WHERE v.model = m.name AND v.state = 'kept')"
        )
        if models.isEmpty {
            return RegistryError(
                .notFound, "there is no model \(name): the store \(root) is empty. Train or import one first."
            )
        }
        let near = nearest(name, of: models)
        let hint = near.isEmpty ? "" : " Did you mean \(near[0])?"
        return RegistryError(
            .notFound, "there is no model \(name) in \(root).\(hint) It has: \(shortList(models.sorted())).")
    }

    func unknownVersion(_ model: String, _ text: String, _ db: Database) throws -> RegistryError {
        let numbers = try Int.fetchAll(
            db,
            sql:
                "SELECT number FROM version WHERE model = ? AND state = 'kept' ORDER BY number DESC LIMIT 11",
            arguments: [model])
        guard let newest = numbers.first else { return try unknownModel(model, db) }
        return RegistryError(
            .notFound,
            "there is no \(text) in \(root): \(model) has \(shortList(numbers.reversed().map { "\(model):\($0)" })); the newest is "
                + "\(model):\(newest). Files added by hand or by git count after `registry rebuild`.")
    }

    func unknownAlias(_ model: String, _ alias: String, _ text: String, _ db: Database) throws
        -> RegistryError
    {
        let exists = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ? AND state = 'kept')",
            arguments: [model])
        guard exists == true else { return try unknownModel(model, db) }
        let aliases = try String.fetchAll(
            db, sql: "SELECT name FROM alias WHERE model = ? ORDER BY name", arguments: [model])
        let has = aliases.isEmpty ? "no alias yet" : shortList(aliases.map { "\(model)@\($0)" })
        let near = nearest(alias, of: aliases)
        let hint = near.isEmpty ? "" : " Did you mean \(model)@\(near[0])?"
        return RegistryError(
            .notFound,
            "there is no \(text): \(model) has \(has).\(hint) Set one with `registry promote \(model) --alias \(alias)`."
        )
    }
}

func shortList(_ names: [String], limit: Int = 10) -> String {
    names.count <= limit
        ? names.joined(separator: ", ")
        : names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
}

/// The names within a few typing errors of `name`, nearest first.
func nearest(_ name: String, of names: [String]) -> [String] {
    let limit = max(1, name.count / 3)
    return names.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
        .filter { $0.1 <= limit || $0.0.hasPrefix(name) }
        .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment,
/// Damerau 1964).
private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var before: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices {
            var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
            next.append(best)
        }
        (before, row) = (row, next)
    }
    return row[b.count]
}
