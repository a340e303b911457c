import GRDB
import Base

/// One recorded move of an alias. Moves are never deleted.
public struct AliasMove: Equatable, Sendable {
    public let model, alias: String
    /// The version's number; nil if the alias was removed.
    public let number: Int?
    /// SHA-256 of that version's file.
    public let sha256: String?
    /// ISO 8601, UTC.
    public let time: String
    public let reason: String
    /// True for a move that undid the move before it.
    public let isRollback: Bool

    /// The version as `mnist:12`; nil if the alias was removed.
    public var target: String? { number.map { "\(model):\($0)" } }
}

extension AliasMove {
    var json: JSON {
        var object: JSONObject = [
            "version": number.map { .integer($0) } ?? .null, "sha256": sha256.map { .string($0) } ?? .null,
            "time": .string(time), "reason": .string(reason),
        ]
        if isRollback { object["rollback"] = .bool(true) }
        return .object(object)
    }

    /// Fetches all moves, or those of one model or alias, oldest first.
    static func fetch(_ db: Database, model: String? = nil, alias: String? = nil) throws -> [AliasMove] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT model, alias, number, sha256, time, reason, is_rollback FROM alias_move
                WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR alias = ?2) ORDER BY id
                """, arguments: [model, alias])
        return rows.map {
            AliasMove(
                model: $0[0], alias: $0[1], number: $0[2], sha256: $0[3], time: $0[4], reason: $0[5],
                isRollback: $0[6])
        }
    }

    func insert(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO alias_move (model, alias, number, sha256, time, reason, is_rollback)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, arguments: [model, alias, number, sha256, time, reason, isRollback])
    }

    /// Returns the moves that are in effect: a rollback removes the last of them and is not one itself. The alias
    /// points to the target of the last one.
    static func standing(_ moves: [AliasMove]) -> [AliasMove] {
        var standing: [AliasMove] = []
        for move in moves {
            if move.isRollback { _ = standing.popLast() } else { standing.append(move) }
        }
        return standing
    }

    /// Updates the alias from its moves.
    static func settle(_ db: Database, model: String, alias: String) throws {
        if let last = standing(try fetch(db, model: model, alias: alias)).last, let number = last.number {
            try db.execute(
                sql: "INSERT OR REPLACE INTO alias (model, name, number, sha256) VALUES (?, ?, ?, ?)",
                arguments: [model, alias, number, last.sha256 ?? ""])
        } else {
            try db.execute(sql: "DELETE FROM alias WHERE model = ? AND name = ?", arguments: [model, alias])
        }
    }
}
