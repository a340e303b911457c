import Base
import GRDB

/// The meaning of a name in a condition, a sort key or a column.
enum FilterSubject {
    case field(FilterField)
    case metric(String)
    /// A hyper-parameter, a fact of the data set, or the run: a row of `param`.
    case parameter(String)
    case tag(String)
    case alias
    case parent

    /// Looks up a name; nil if the store does not know it. Fields come first, then metrics, then hyper-parameters; the
    /// prefixes `metrics.`, `hyperparameters.` and `tags.` leave no doubt.
    ///
    /// - Parameter isText: The name is compared with a text: `loss = 'mse'` is the hyper-parameter, `loss < 0.1` the metric.
    init?(_ name: String, isText: Bool = false, _ db: Database) throws {
        func suffix(_ prefix: String) -> String? {
            name.hasPrefix(prefix) && name.count > prefix.count ? String(name.dropFirst(prefix.count)) : nil
        }
        if let field = FilterField.all[name] {
            self = .field(field)
        } else if name == "alias" {
            self = .alias
        } else if name == "parent" {
            self = .parent
        } else if let key = suffix("tags.") {
            // Any key: the last version with the tag may have lost it.
            self = .tag(key)
        } else if ["run", "dataset.path", "dataset.sha256"].contains(name) {
            self = .parameter(name)
        } else if let name = suffix("metrics.") {
            guard try Self.hasMetric(name, db) else { return nil }
            self = .metric(name)
        } else if let name = suffix("hyperparameters.") {
            guard try Self.hasParameter(name, db) else { return nil }
            self = .parameter(name)
        } else {
            let isMetric = try Self.hasMetric(name, db)
            if try (!isMetric || isText) && Self.hasParameter(name, db) {
                self = .parameter(name)
            } else if isMetric {
                self = .metric(name)
            } else {
                return nil
            }
        }
    }

    private static func hasMetric(_ name: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM metric WHERE name = ?)", arguments: [name])
            ?? false
    }

    private static func hasParameter(_ name: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM param WHERE name = ?)", arguments: [name])
            ?? false
    }
}

extension ModelStore {
    /// Returns a sentence about an unknown name and a question with the most similar one.
    func unknownName(_ name: String, _ db: Database) throws -> (problem: String, remedy: String?) {
        let metrics = try metricNames(db)
        let parameters = try parameterNames(db)
        let tags = try String.fetchAll(db, sql: "SELECT DISTINCT key FROM tag ORDER BY key LIMIT 1000")
        let known =
            metrics + parameters + FilterField.all.keys.sorted() + ["alias", "parent", "run"]
            + tags.map { "tags." + $0 }
        let start = name.lastIndex(of: ".").map { String(name[...$0]) } ?? ""
        let plain = String(name.dropFirst(start.count))
        let near =
            tags.contains(name)
            ? "tags." + name
            : nearest(name, in: known)
                ?? (start.isEmpty ? nil : nearest(plain, in: metrics + parameters))
                ?? known.first { $0.hasPrefix(name) }
        let problem = "no version has a metric, field or hyper-parameter called \(name)"
        if let near { return (problem, "Did you mean \(near)?") }
        let has = metrics.isEmpty ? "no metric is recorded" : "there are \(shortList(metrics))"
        let own = parameters.filter { !$0.contains(".") && $0 != "run" }
        return (problem + ": \(has)" + (own.isEmpty ? "" : "; hyper-parameters are \(shortList(own))"), nil)
    }

    func parameterNames(_ db: Database) throws -> [String] {
        // One search in the index per name, as in `metricNames`.
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE names(name) AS (
                    SELECT min(name) FROM param
                    UNION ALL SELECT (SELECT min(name) FROM param WHERE name > names.name) FROM names
                    WHERE names.name IS NOT NULL)
                SELECT name FROM names WHERE name IS NOT NULL LIMIT 1000
                """)
    }
}
