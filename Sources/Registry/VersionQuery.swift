/// The SQL that finds the version behind a reference. Both drivers run it: SQLite alone in `QuickLookup`, and GRDB.
struct VersionQuery {
    /// SQL over `v`, with the parameters ?1, ?2 …
    let condition: String
    /// The values of the parameters.
    let values: [String]

    var sql: String { "SELECT \(ModelVersion.columns) FROM version v \(condition) LIMIT 1" }

    /// The same with three more columns: the state of the logs that the index was made from, the copy of the store that made
    /// it, and whether an alias of the version, or `best`, for which it may stand in, requires a signature.
    var quickSQL: String {
        """
        SELECT \(ModelVersion.columns), (SELECT value FROM note WHERE key = 'logs'),
            (SELECT value FROM note WHERE key = 'origin'),
            (SELECT 1 FROM alias WHERE model = v.model AND (number = v.number OR name = 'best')
                AND public_key IS NOT NULL)
        FROM version v \(condition) LIMIT 1
        """
    }

    /// A version by its number, whatever its state.
    init(number: Int, of model: String) {
        condition = "WHERE v.model = ?1 AND v.number = ?2"
        values = [model, "\(number)"]
    }

    /// The version that an alias points at, whatever its state.
    init(alias: String, of model: String) {
        condition = """
            WHERE v.model = ?1 AND v.number = (SELECT number FROM alias WHERE model = ?1 AND name = ?2)
            """
        values = [model, alias]
    }

    init(newestOf model: String) {
        condition = "WHERE v.model = ?1 AND v.state = 'kept' ORDER BY v.number DESC"
        values = [model]
    }

    /// The version that the alias `best` points at, or the newest where there is no such version.
    init(bestOf model: String) {
        condition = """
            WHERE v.model = ?1 AND v.number = coalesce(
                (SELECT b.number FROM alias a JOIN version b ON b.model = a.model AND b.number = a.number
                    WHERE a.model = ?1 AND a.name = 'best' AND b.state = 'kept'),
                (SELECT max(number) FROM version WHERE model = ?1 AND state = 'kept'))
            """
        values = [model]
    }

    /// Nil for a file. A plain name is the newest version of that model.
    init?(_ reference: Reference) {
        switch reference {
        case .number(let model, let number): self.init(number: number, of: model)
        case .alias(let model, let alias): self.init(alias: alias, of: model)
        case .plain(let model): self.init(newestOf: model)
        case .file: return nil
        }
    }
}
