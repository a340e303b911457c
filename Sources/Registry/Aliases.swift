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

    /// What goes with a move of an alias.
    public struct MoveOptions: Sendable {
        /// Recorded with the move; nil takes a standard text.
        public var reason: String?
        /// A condition that the version must fulfil.
        public var gate: Filter?
        /// What the move was decided on.
        public var evidence: JSON?
        /// Moves a protected alias, too.
        public var isForced = false
        /// The number that the alias must point to still; nil for any.
        public var before: Int?
        /// Moves no alias that points to a version.
        public var isOnlyIfFree = false

        public init(reason: String? = nil, gate: Filter? = nil, evidence: JSON? = nil, isForced: Bool = false)
        {
            (self.reason, self.gate, self.evidence, self.isForced) = (reason, gate, evidence, isForced)
        }
    }

    /// Returns the version that an alias points to, if any.
    public func pointed(at alias: String, of model: String) throws(CellarError) -> ModelVersion? {
        try read("read \(model)@\(alias)") { db in
            try ModelVersion.fetchOne(db, VersionQuery(alias: alias, of: model))
        }
    }

    /// Points the model's `alias` at the version, if the version passes the gate.
    public func promote(
        _ reference: String, alias: String, options: MoveOptions = MoveOptions()
    ) throws(CellarError) -> Promotion {
        try Names.checkAlias(alias)
        let version = try version(reference)
        try checkFile(of: version)
        return try move(alias, of: version.model, options) { db in
            try check(version, against: options.gate, db)
            return (version, options.reason ?? "chosen by hand")
        }
    }

    /// Throws if the version does not fulfil every condition of the gate.
    func check(_ version: ModelVersion, against gate: Filter?, _ db: Database) throws {
        guard let gate else { return }
        try checkMetrics(of: version, db)
        try checkUnchanged(db)
        let sql = try FilterSQL.compile(gate, in: self, db)
        let passes = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version v WHERE v.id = ? AND (\(sql.text)))",
            arguments: [version.id(db)] + sql.arguments)
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

    /// Moves an alias to the version that `choose` returns with the reason, unless it points there already.
    func move(
        _ alias: String, of model: String, _ options: MoveOptions, isRollback: Bool = false,
        choose: (Database) throws -> (ModelVersion, reason: String)
    ) throws(CellarError) -> Promotion {
        var chosen: (version: ModelVersion, reason: String)?
        var before: Int?
        return try commit("move \(model)@\(alias)") { db in
            let choice = try choose(db)
            chosen = choice
            let top = try AliasTop(db, model: model, alias: alias)
            before = top.number
            if !isRollback, before == choice.0.number { return [] }
            try checkProtection(top, model, alias, options)
            guard options.before == nil || options.before == before else {
                throw CellarError(
                    .badData, "another process moved \(model)@\(alias) while the versions were compared.",
                    remedy: "Try again.")
            }
            if options.isOnlyIfFree, let before {
                throw CellarError(
                    .badData, "\(model)@\(alias) points to \(model):\(before), and was not moved.",
                    remedy: "Run `registry promote \(choice.0.reference) --alias \(alias)`.")
            }
            // Another process may have deleted it since it was looked up.
            let state = try String.fetchOne(
                db, sql: "SELECT state FROM version WHERE id = ?", arguments: [choice.0.id(db)])
            guard state == ModelVersion.State.kept.rawValue else {
                throw CellarError(
                    .badData,
                    "cannot point \(model)@\(alias) at \(choice.0.reference): the version was deleted.",
                    remedy: "Run `registry restore \(choice.0.reference)` first.")
            }
            try checkSignature(of: choice.0, requiredBy: top.publicKey)
            try Names.checkReason(choice.reason)
            return [
                .moved(
                    alias, of: model, to: choice.0.key, reason: choice.reason, isRollback: isRollback,
                    evidence: options.evidence)
            ]
        } result: { db in
            guard let chosen,
                let now = try ModelVersion.fetchOne(db, chosen.version.key)
            else { throw CellarError(.internalFault, "the moved version is not in the index.") }
            return Promotion(
                alias: "\(model)@\(alias)", version: now, before: before.map { "\(model):\($0)" },
                reason: chosen.reason, moved: isRollback || before != now.number)
        }
    }

    private func checkProtection(
        _ top: AliasTop, _ model: String, _ alias: String, _ options: MoveOptions
    ) throws(CellarError) {
        guard top.isProtected, !options.isForced else { return }
        throw CellarError(
            .noPermission, "cannot move \(model)@\(alias): the alias is protected.",
            remedy: "Use --force with --reason, or run `registry protect --remove \(model)@\(alias)`.")
    }

    /// Undoes the last move of an alias. Another rollback undoes the move before it.
    public func rollback(
        model: String, alias: String, options: MoveOptions = MoveOptions()
    ) throws(CellarError) -> Promotion {
        try move(alias, of: model, options, isRollback: true) { db in
            let top = try AliasTop(db, model: model, alias: alias)
            guard top.hasMove else { throw try unknownAlias(model, alias, "\(model)@\(alias)", db) }
            guard let target = top.below else {
                throw CellarError(
                    .badData,
                    "\(model)@\(alias) has no earlier version to roll back to.",
                    remedy: "Use `registry promote` to move it.")
            }
            guard target.state == .kept else {
                throw CellarError(
                    .badData,
                    "cannot roll back \(model)@\(alias) to \(target.reference): the version was deleted.",
                    remedy:
                        "Run `registry restore \(target.reference)`, or use `registry promote` to move the alias."
                )
            }
            return (target, options.reason ?? "rolled back")
        }
    }

    /// Removes an alias. Its moves are kept.
    public func removeAlias(
        model: String, alias: String, options: MoveOptions = MoveOptions()
    ) throws(CellarError) {
        try commit("remove \(model)@\(alias)") { db in
            let top = try AliasTop(db, model: model, alias: alias)
            guard top.number != nil else { throw try unknownAlias(model, alias, "\(model)@\(alias)", db) }
            try checkProtection(top, model, alias, options)
            let reason = options.reason ?? "removed by hand"
            try Names.checkReason(reason)
            return [.moved(alias, of: model, to: nil, reason: reason)]
        }
    }

    /// Protects an alias, or ends its protection: a protected alias moves only by force.
    public func protect(model: String, alias: String, isProtected: Bool, reason: String) throws(CellarError) {
        try Names.checkAlias(alias)
        try Names.checkReason(reason)
        try commit("protect \(model)@\(alias)") { db in
            let top = try AliasTop(db, model: model, alias: alias)
            guard top.number != nil || top.isProtected else {
                throw try unknownAlias(model, alias, "\(model)@\(alias)", db)
            }
            if top.isProtected == isProtected { return [] }
            return [
                Event(
                    kind: "protected",
                    content: [
                        "model": .string(model), "alias": .string(alias), "protected": .bool(isProtected),
                        "reason": .string(reason),
                    ])
            ]
        }
    }

    /// Returns every move of an alias, or of all aliases of a model, oldest first.
    public func moves(model: String, alias: String? = nil) throws(CellarError) -> [AliasMove] {
        try read("read the aliases") { try AliasMove.fetch($0, model: model, alias: alias) }
    }
}
