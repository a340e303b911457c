import Base
import GRDB

// Each alias is a stack of moves: a promotion puts a move on top, a rollback takes the top one away. `alias.move` is the
// top, and each move knows the one below, so a change costs the same however many moves there were.

extension Projection {
    func move(_ event: Event, of log: String) throws {
        guard let named = event["model"]?.string, let alias = event["alias"]?.string,
            (try? Names.checkModel(named)) != nil, (try? Names.checkAlias(alias)) != nil,
            let reason = event["reason"]?.string, Limits.isText(reason)
        else { throw event.problem("a model, an alias and a reason") }
        let key: VersionKey? =
            event["version"]?.string == nil ? nil : try VersionKey(json: .object(event.content), event)
        guard key.map({ $0.model == named }) ?? true else { throw event.problem("a version of the model") }
        let isRollback = event["rollback"]?.bool ?? false
        let version = try key?.id(db, in: log)
        let model =
            if let version, !isRollback {
                try VersionKey(id: version, db).model
            } else {
                try self.model(ofAlias: alias, named, isRollback ? .rollback(version) : .removal)
            }
        let migrated = event["migrated"]?.int
        if let migrated, try isKnown(event, migrated, model, alias, key, reason) { return }
        let top = try Int64.fetchOne(
            db, sql: "SELECT move FROM alias WHERE model = ? AND name = ?", arguments: [model, alias])
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO alias_move (model, alias, version, number, sha256, time, who, command, reason, evidence, is_rollback,
                    below, migrated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(arguments: [
            model, alias, version, key?.number, key?.sha256, event.time, event.who, event.command, reason,
            event["evidence"]?.text(), isRollback, isRollback ? nil : top, migrated,
        ])
        var newTop: Int64? = db.lastInsertedRowID
        if isRollback {
            newTop = try top.flatMap {
                try Int64.fetchOne(db, sql: "SELECT below FROM alias_move WHERE id = ?", arguments: [$0])
            }
        }
        try point(alias, of: model, at: newTop)
        // Another copy of the store deleted or collected it at the same time: whoever promotes a version has it, and needs it.
        try db.execute(
            sql: """
                UPDATE version SET state = 'kept', deleted = NULL WHERE state <> 'kept' AND id = (
                    SELECT m.version FROM alias a JOIN alias_move m ON m.id = a.move WHERE a.model = ? AND a.name = ?)
                """, arguments: [model, alias])
    }

    /// Lets an alias point to the target of a move.
    private func point(_ alias: String, of model: String, at move: Int64?) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT m.number, m.sha256, v.number FROM alias_move m LEFT JOIN version v ON v.id = m.version
                WHERE m.id = ?
                """, arguments: [move])
        let claimed: Int? = try row?.value(0)
        let (sha256, number): (String?, Int?) = try (row?.value(1), row?.value(2))
        try db.cachedStatement(
            sql: """
                INSERT INTO alias (model, name, number, sha256, move) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (model, name) DO UPDATE SET number = excluded.number, sha256 = excluded.sha256,
                    move = excluded.move
                """
        ).execute(arguments: [model, alias, number ?? claimed, sha256 ?? "", move])
    }

    func protect(_ event: Event) throws {
        guard let named = event["model"]?.string, let alias = event["alias"]?.string,
            (try? Names.checkModel(named)) != nil, (try? Names.checkAlias(alias)) != nil,
            let isProtected = event["protected"]?.bool
        else { throw event.problem("a model, an alias and whether it is protected") }
        let model = try self.model(ofAlias: alias, named, .change)
        try db.execute(
            sql: """
                INSERT INTO alias (model, name, sha256, is_protected) VALUES (?, ?, '', ?)
                ON CONFLICT (model, name) DO UPDATE SET is_protected = excluded.is_protected
                """, arguments: [model, alias, isProtected])
    }

    /// Whether the move is in the index already: two copies of a store began their logs with the same `aliases.json`.
    private func isKnown(
        _ event: Event, _ position: Int, _ model: String, _ alias: String, _ key: VersionKey?,
        _ reason: String
    ) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM alias_move WHERE model = ? AND alias = ? AND migrated = ?
                AND number IS ? AND sha256 IS ? AND time = ? AND reason = ?)
                """, arguments: [model, alias, position, key?.number, key?.sha256, event.time, reason])
            ?? false
    }
}
