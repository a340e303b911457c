import Base
import Foundation
import GRDB

extension ModelStore {
    /// Deletes a version: its file moves to the trash, its number and facts are kept. Throws if an alias points to it.
    @discardableResult
    public func delete(_ reference: String) throws(CellarError) -> ModelVersion {
        let version = try version(reference)
        let target = Self.trash + "/" + version.file
        try writableIndex().writeDurably("delete \(version.reference)") { db in
            let aliases = try String.fetchAll(
                db, sql: "SELECT name FROM alias WHERE model = ? AND number = ? ORDER BY name",
                arguments: [version.model, version.number])
            try Self.checkDeletable(version, aliases: aliases)
            try move(version, to: target, state: .deleted, db)
        }
        return version
    }

    /// Throws if an alias points to the version.
    public static func checkDeletable(_ version: ModelVersion, aliases: [String]) throws(CellarError) {
        guard let first = aliases.first else { return }
        throw CellarError(
            .badData,
            "cannot delete \(version.reference): \(shortList(aliases.map { "\(version.model)@\($0)" })) points to it.",
            remedy:
                "Move the alias with `registry promote \(version.model):N --alias \(first)`, or remove it with "
                + "`registry promote --remove \(version.model)@\(first)`.")
    }

    /// Restores a deleted version under its number.
    @discardableResult
    public func restore(_ reference: String) throws(CellarError) -> ModelVersion {
        let parsed = try Reference(reference)
        guard case .number(let model, let number) = parsed else {
            throw CellarError(
                .usage,
                "cannot restore \"\(reference)\": expected a version, such as mnist:3.",
                remedy: "Run `registry list --deleted` to list deleted versions.")
        }
        let index = try writableIndex()
        let version = try index.read("look up \(reference)") { db in
            guard let found = try ModelVersion.fetchOne(db, VersionQuery(number: number, of: model)) else {
                throw try unknownVersion(model, reference, db)
            }
            return found
        }
        switch version.state {
        case .kept: throw CellarError(.badData, "cannot restore \(version.reference): it was not deleted.")
        case .purged:
            throw CellarError(
                .noInput, "cannot restore \(version.reference): `registry gc` removed its file permanently.")
        case .deleted: break
        }
        let home = String(version.file.dropFirst(Self.trash.count + 1))
        try index.writeDurably("restore \(version.reference)") { db in
            try move(version, to: home, state: .kept, db)
        }
        return try self.version(version.reference)
    }

    private func move(_ version: ModelVersion, to file: String, state: ModelVersion.State, _ db: Database)
        throws
    {
        try db.execute(
            sql: "UPDATE version SET file = ?, state = ?, deleted = ? WHERE id = ? AND state = ?",
            arguments: [
                file, state.rawValue, state == .deleted ? Timestamp.now() : nil, version.id,
                version.state.rawValue,
            ])
        guard db.changesCount == 1 else {
            throw CellarError(
                .badData, "another process changed \(version.reference) at the same time.",
                remedy: "Try again.")
        }
        // Last: a failure rolls the row back.
        guard try FileSystem.move(path(of: version.file), to: path(of: file)) else {
            throw CellarError(
                .badData, "cannot move \(version.reference): the file already exists.", file: path(of: file))
        }
    }

    /// The result of a garbage collection.
    public struct Collected: Equatable, Sendable {
        public var versions: [String] = []
        /// Unfinished files of processes that died.
        public var leftovers: [String] = []
        /// Bytes freed.
        public var size = 0
    }

    /// Permanently removes the files of deleted versions and temporary files of interrupted saves.
    public func collectGarbage(dryRun: Bool = false) throws(CellarError) -> Collected {
        var result = Collected()
        let deleted = try index().read("list the trash") { db in
            try ModelVersion.fetch(db, where: "WHERE v.state = 'deleted' ORDER BY v.model, v.number")
        }
        let leftovers = leftovers()
        result.versions = deleted.map(\.reference)
        result.leftovers = leftovers
        result.size = (deleted.map(\.file) + leftovers).reduce(0) {
            $0 + (FileSystem.size(ofFile: path(of: $1)) ?? 0)
        }
        if dryRun { return result }
        for version in deleted {
            try writableIndex().writeDurably("purge \(version.reference)") { db in
                try db.execute(
                    sql: "UPDATE version SET state = 'purged' WHERE id = ? AND state = 'deleted'",
                    arguments: [version.id])
                // Another process may have restored it in between.
                if db.changesCount == 1 { try FileSystem.remove(path(of: version.file)) }
            }
        }
        for file in leftovers { try FileSystem.remove(path(of: file)) }
        return result
    }
}
