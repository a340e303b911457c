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
            return [Event(kind: "renamed", content: ["model": .string(old), "to": .string(new)])]
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
    func rename(_ event: Event, of log: String) throws {
        guard let old = event["model"]?.string, let new = event["to"]?.string, old != new,
            (try? Names.checkModel(old)) != nil, (try? Names.checkModel(new)) != nil
        else { throw event.problem("two names of a model") }
        try reserve(try db.lastNumber(of: old), of: new)
        // Another copy of the store may have a model of the new name: its aliases stay where they are.
        try db.execute(
            sql: """
                UPDATE alias_move SET model = :new WHERE model = :old;
                UPDATE OR IGNORE alias SET model = :new WHERE model = :old;
                DELETE FROM alias WHERE model = :old;
                UPDATE renamed SET new = :new WHERE new = :old;
                INSERT OR REPLACE INTO renamed (old, new) VALUES (:old, :new);
                """, arguments: ["old": old, "new": new])
        let versions = try Row.fetchAll(
            db, sql: "SELECT id, number FROM version WHERE model = ? ORDER BY id", arguments: [old])
        for row in versions {
            let id: Int64 = try row.value(0)
            if let number: Int = try row.value(1), let holder = try self.id(ofNumber: number, in: new) {
                let isOwn = try log == own || originOf(id) == own
                try setNumber(nil, of: isOwn && originOf(holder) != own ? holder : id)
            }
            try db.execute(
                sql: "UPDATE OR IGNORE version SET model = ? WHERE id = ?", arguments: [new, id])
        }
    }

    /// The name that a model has now for events of copies of the store that did not know of its new one.
    ///
    /// - Parameter key: The version that the event names; a model of the old name may have begun since.
    func name(of model: String, alias: String, _ key: VersionKey?) throws -> String {
        let statement = try db.cachedStatement(sql: "SELECT new FROM renamed WHERE old = ?")
        guard let new = try String.fetchOne(statement, arguments: [model]) else { return model }
        if let id = try key?.id(db) { return try VersionKey(id: id, db).model }
        let isOld = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM alias WHERE model = ? AND name = ?)",
            arguments: [model, alias])
        return isOld == true ? model : new
    }
}
