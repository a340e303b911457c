import Base
import Foundation
import GRDB

extension ModelStore {
    /// The result of a promotion or a rollback.
    public struct Promotion: Equatable, Sendable {
        public let alias: String
        public let version: ModelVersion
        /// The version that the alias pointed to before, as `mnist:11`.
        public let before: String?
        public let reason: String
        /// False if the alias pointed there already; nothing was written then.
        public let moved: Bool
    }

    /// Points the model's `alias` at the version, if the version passes the gate.
    public func promote(
        _ reference: String, alias: String, reason: String = "chosen by hand", gate: Filter? = nil
    ) throws(CellarError) -> Promotion {
        try Names.checkAlias(alias)
        let version = try version(reference)
        try checkFile(of: version)
        return try changeAliases("move \(version.model)@\(alias)") { db in
            try check(version, against: gate, db)
            return try move(alias, to: version, reason: reason, db)
        }
    }

    /// Throws if the version does not fulfil every condition of the gate.
    func check(_ version: ModelVersion, against gate: Filter?, _ db: Database) throws {
        guard let gate else { return }
        let sql = try FilterSQL.compile(gate, in: self, db)
        let passes = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version v WHERE v.id = ? AND (\(sql.text)))",
            arguments: [version.id] + sql.arguments)
        guard passes != true else { return }
        let names = gate.names
        let found = try zip(names, values(of: names, for: version, db)).map { name, value in
            "\(name) \(value.map { $0.string ?? $0.text() } ?? "missing")"
        }
        throw CellarError(
            .badData,
            "\(version.reference) does not pass the gate '\(gate.text)': it has \(shortList(found)). "
                + "No alias was moved.",
            remedy: "Choose another version, or change the gate.")
    }

    func move(_ alias: String, to version: ModelVersion, reason: String, _ db: Database) throws -> Promotion {
        let before = try Int.fetchOne(
            db, sql: "SELECT number FROM alias WHERE model = ? AND name = ?",
            arguments: [version.model, alias])
        if before != version.number {
            // Another process may have deleted it since it was looked up.
            let isKept = try Bool.fetchOne(
                db, sql: "SELECT state = 'kept' FROM version WHERE model = ? AND number = ?",
                arguments: [version.model, version.number])
            guard isKept == true else {
                throw CellarError(
                    .badData,
                    "cannot point \(version.model)@\(alias) at \(version.reference): the version was deleted.",
                    remedy: "Run `registry restore \(version.reference)` first.")
            }
            try AliasMove(
                model: version.model, alias: alias, number: version.number, sha256: version.sha256,
                time: Timestamp.now(), reason: reason, isRollback: false
            ).insert(db)
            try AliasMove.settle(db, model: version.model, alias: alias)
        }
        return Promotion(
            alias: "\(version.model)@\(alias)", version: try current(version, db),
            before: before.map { "\(version.model):\($0)" }, reason: reason, moved: before != version.number)
    }

    /// Undoes the last move of an alias. Another rollback undoes the move before it.
    public func rollback(
        model: String, alias: String, reason: String = "rolled back"
    ) throws(CellarError) -> Promotion {
        try changeAliases("roll back \(model)@\(alias)") { db in
            let standing = AliasMove.standing(try AliasMove.fetch(db, model: model, alias: alias))
            guard let last = standing.last else {
                throw try unknownAlias(model, alias, "\(model)@\(alias)", db)
            }
            guard standing.count > 1, let number = standing[standing.count - 2].number else {
                throw CellarError(
                    .badData,
                    "\(model)@\(alias) has no earlier version to roll back to.",
                    remedy: "Use `registry promote` to move it.")
            }
            let target = try ModelVersion.fetchOne(
                db, where: "WHERE v.model = ? AND v.number = ?", [model, number])
            guard let target, target.state == .kept else {
                throw CellarError(
                    .badData,
                    "cannot roll back \(model)@\(alias) to \(model):\(number): the version was deleted.",
                    remedy:
                        "Run `registry restore \(model):\(number)`, or use `registry promote` to move the alias."
                )
            }
            try AliasMove(
                model: model, alias: alias, number: number, sha256: target.sha256, time: Timestamp.now(),
                reason: reason, isRollback: true
            ).insert(db)
            try AliasMove.settle(db, model: model, alias: alias)
            return Promotion(
                alias: "\(model)@\(alias)", version: try current(target, db), before: last.target,
                reason: reason,
                moved: true)
        }
    }

    /// Removes an alias. Its moves are kept.
    public func removeAlias(
        model: String, alias: String, reason: String = "removed by hand"
    ) throws(CellarError) {
        try changeAliases("remove \(model)@\(alias)") { db in
            let exists = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM alias WHERE model = ? AND name = ?)",
                arguments: [model, alias])
            guard exists == true else { throw try unknownAlias(model, alias, "\(model)@\(alias)", db) }
            try AliasMove(
                model: model, alias: alias, number: nil, sha256: nil, time: Timestamp.now(), reason: reason,
                isRollback: false
            ).insert(db)
            try AliasMove.settle(db, model: model, alias: alias)
        }
    }

    /// Returns every move of an alias, or of all aliases of a model, oldest first.
    public func moves(model: String, alias: String? = nil) throws(CellarError) -> [AliasMove] {
        try index().read("read the aliases") { try AliasMove.fetch($0, model: model, alias: alias) }
    }

    private func current(_ version: ModelVersion, _ db: Database) throws -> ModelVersion {
        try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [version.id]) ?? version
    }

    /// Changes the index and `aliases.json` together: both are written, or neither.
    func changeAliases<Result>(
        _ doing: String, _ body: (Database) throws -> Result
    ) throws(CellarError) -> Result {
        try writableIndex().writeDurably(doing) { db in
            try Sidecar.checkOwn(db, in: root)
            let result = try body(db)
            try Sidecar.save(db, in: root)
            return result
        }
    }
}
