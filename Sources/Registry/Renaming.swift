import Base
import GRDB

/// The result of renaming a model.
public struct RenamedModel: Equatable, Sendable {
    public let old, new: String
    /// The versions, as they are called now.
    public let versions: [String]
    public let aliases: [String]
}

extension ModelStore {
    /// Gives a model another name: its versions keep their numbers, files, tags, evaluations and lineage, its aliases their moves.
    /// Events of other copies of the store that name the old one are still understood.
    ///
    /// Throws if the new name is in use, or was.
    public func rename(_ old: String, to new: String, isForced: Bool = false) throws(CellarError)
        -> RenamedModel
    {
        try Names.checkModel(new)
        return try commit("rename \(old)") { db in
            let count = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM version WHERE model = ? AND state <> 'purged'",
                arguments: [old])
            guard count ?? 0 > 0 else { throw try unknownModel(old, db) }
            guard try db.lastNumber(of: new) == 0 else {
                throw CellarError(
                    .badData, "cannot rename \(old) to \(new): the store has, or had, a model of that name.",
                    remedy: "Choose another name, or copy versions one by one with `registry cp`.")
            }
            let protected = try String.fetchOne(
                db, sql: "SELECT name FROM alias WHERE model = ? AND is_protected ORDER BY name",
                arguments: [old])
            if let protected, !isForced {
                throw CellarError(
                    .noPermission, "cannot rename \(old): \(old)@\(protected) is protected.",
                    remedy: "Use --force, or run `registry protect --remove \(old)@\(protected)`.")
            }
            // The names may mean something else in another copy of the store; the first version does not.
            var content =
                try ModelVersion.fetchBare(
                    db, where: "WHERE v.model = ? ORDER BY v.id LIMIT 1", [old]
                ).first?.key.members ?? JSONObject()
            (content["model"], content["to"]) = (.string(old), .string(new))
            return [Event(kind: "renamed", content: content)]
        } result: { db in
            let versions = try ModelVersion.fetch(
                db, where: "WHERE v.model = ? AND v.state = 'kept' ORDER BY v.number", [new])
            return RenamedModel(
                old: old, new: new, versions: versions.map(\.reference),
                aliases: versions.flatMap(\.aliases).sorted())
        }
    }
}

extension Projection {
    /// Gives everything that belongs to a model another name.
    ///
    /// Where another copy of the store renamed the model before, that name stays; the new one is a further name of the model in
    /// events. So every name that a copy ever gave is understood for ever, in whichever order copies are merged.
    func rename(_ event: Event, of log: String) throws {
        guard let old = event["model"]?.string, let new = event["to"]?.string, old != new,
            (try? Names.checkModel(old)) != nil, (try? Names.checkModel(new)) != nil
        else { throw event.problem("two names of a model") }
        let current = try current(old, event, of: log)
        try reserve(try db.lastNumber(of: old), of: new)
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO called (model, version, log)
                    SELECT :new, id, :log FROM version WHERE claimed_model = :old
                    UNION SELECT :new, version, :log FROM called WHERE model = :old
                """, arguments: ["old": old, "new": new, "log": log])
        guard current == old else { return try note(new, isNow: current) }
        try moveAliases(from: old, to: new)
        try db.execute(
            sql:
                "UPDATE OR IGNORE renamed SET new = :new WHERE new = :old; DELETE FROM renamed WHERE new = :old",
            arguments: ["old": old, "new": new])
        try note(old, isNow: new)
        let versions = try Row.fetchAll(
            db, sql: "SELECT id, number FROM version WHERE model = ? ORDER BY id", arguments: [old])
        for row in versions {
            let id: Int64 = try row.value(0)
            if let number: Int = try row.value(1), let holder = try self.id(ofNumber: number, in: new) {
                let isOwn = try log == own || originOf(id) == own
                try setNumber(nil, of: isOwn && originOf(holder) != own ? holder : id)
            }
            try db.execute(sql: "UPDATE version SET model = ? WHERE id = ?", arguments: [new, id])
        }
    }

    /// The name that a model to be renamed has now, which differs from the one in the event if another copy renamed it before.
    private func current(_ old: String, _ event: Event, of log: String) throws -> String {
        if event["version"] != nil {
            return try VersionKey(id: id(of: event, in: log), db).model
        }
        // Events of older versions of Cellar name no version.
        let isInUse = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ?)", arguments: [old])
        return isInUse == true ? old : try names(of: old).last ?? old
    }

    private func note(_ old: String, isNow new: String) throws {
        if old == new { return }
        try db.execute(
            sql: "INSERT OR IGNORE INTO renamed (old, new) VALUES (?, ?)", arguments: [old, new])
    }

    /// Gives the aliases of a model to one that another copy of the store may have: of two with one name, the last move counts, and
    /// what protects either protects the one.
    private func moveAliases(from old: String, to new: String) throws {
        try db.execute(
            sql: """
                UPDATE alias_move SET model = :new WHERE model = :old;
                UPDATE OR IGNORE alias SET model = :new WHERE model = :old;
                INSERT INTO alias (model, name, number, sha256, move, is_protected, public_key)
                    SELECT :new, name, number, sha256, move, is_protected, public_key FROM alias WHERE model = :old
                ON CONFLICT (model, name) DO UPDATE SET
                    number = iif(coalesce(excluded.move, 0) > coalesce(move, 0), excluded.number, number),
                    sha256 = iif(coalesce(excluded.move, 0) > coalesce(move, 0), excluded.sha256, sha256),
                    move = nullif(max(coalesce(excluded.move, 0), coalesce(move, 0)), 0),
                    is_protected = max(excluded.is_protected, is_protected),
                    public_key = coalesce(public_key, excluded.public_key);
                DELETE FROM alias WHERE model = :old;
                """, arguments: ["old": old, "new": new])
    }

    /// The models that an event may mean by a name: the one with this name, and those that had it.
    private func names(of model: String) throws -> [String] {
        let statement = try db.cachedStatement(sql: "SELECT new FROM renamed WHERE old = ? ORDER BY id")
        return try [model] + String.fetchAll(statement, arguments: [model])
    }

    /// What an event without a version of its own does to an alias.
    enum AliasChange {
        /// Undoes the last move; then the alias points to the version.
        case rollback(Int64?)
        case removal
        /// Protects it, or requires a signature.
        case change
    }

    /// The model whose alias an event means: of those that the name may mean, the first with an alias that can be changed so.
    func model(ofAlias alias: String, _ name: String, _ change: AliasChange) throws -> String {
        let models = try names(of: name)
        if models.count == 1 { return name }
        func first(_ condition: String, _ argument: Int64? = nil) throws -> String? {
            try models.first { model in
                try Bool.fetchOne(
                    db,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM alias a LEFT JOIN alias_move m ON m.id = a.move
                            LEFT JOIN alias_move b ON b.id = m.below
                            WHERE a.model = ?1 AND a.name = ?2 AND ?3 IS ?3 AND \(condition))
                        """, arguments: [model, alias, argument]) == true
            }
        }
        let found =
            switch change {
            case .rollback(let version): try first("b.version = ?3", version) ?? first("a.move IS NOT NULL")
            case .removal: try first("a.number IS NOT NULL")
            case .change: nil as String?
            }
        return try found ?? first("1") ?? models[1]
    }
}
