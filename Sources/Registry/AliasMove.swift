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
    /// The user and the computer, as `ann@host`.
    public let who: String
    /// The command line.
    public let command: String
    public let reason: String
    /// What the move was decided on, if anything was measured.
    public let evidence: JSON?
    /// True for a move that undid the move before it.
    public let isRollback: Bool

    /// The version as `mnist:12`; nil if the alias was removed.
    public var target: String? { number.map { "\(model):\($0)" } }
}

extension AliasMove {
    /// Fetches all moves, or those of one model or alias, oldest first.
    static func fetch(_ db: Database, model: String? = nil, alias: String? = nil) throws -> [AliasMove] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT m.model, m.alias, coalesce(v.number, m.number), m.sha256, m.time, m.who, m.command, m.reason,
                    m.evidence, m.is_rollback
                FROM alias_move m LEFT JOIN version v ON v.id = m.version
                WHERE (?1 IS NULL OR m.model = ?1) AND (?2 IS NULL OR m.alias = ?2) ORDER BY m.id
                """, arguments: [model, alias])
        return try rows.map {
            try AliasMove(
                model: $0.value(0), alias: $0.value(1), number: $0.value(2), sha256: $0.value(3),
                time: $0.value(4), who: $0.value(5),
                command: $0.value(6), reason: $0.value(7),
                evidence: ($0.value(8) as String?).flatMap { try? JSON(parsing: $0) },
                isRollback: $0.value(9))
        }
    }
}

/// Where an alias points, and the move below: what a rollback brings back.
struct AliasTop {
    /// Nil where the alias was taken away.
    let number: Int?
    let isProtected: Bool
    /// The key whose signature is required, in PEM.
    let publicKey: String?
    /// The version that the move below points to.
    let below: ModelVersion?
    /// Whether there is a move that a rollback can undo.
    let hasMove: Bool

    init(_ db: Database, model: String, alias: String) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT a.number, a.is_protected, a.move, v.id, a.public_key FROM alias a LEFT JOIN alias_move m ON m.id = a.move
                LEFT JOIN alias_move b ON b.id = m.below
                LEFT JOIN version v ON v.id = b.version
                WHERE a.model = ? AND a.name = ?
                """, arguments: [model, alias])
        number = try row?.value(0)
        isProtected = try row?.value(1) ?? false
        publicKey = try row?.value(4)
        hasMove = try (row?.value(2) as Int64?) != nil
        let id: Int64? = try row?.value(3)
        below = try id.flatMap { try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [$0]) }
    }
}
