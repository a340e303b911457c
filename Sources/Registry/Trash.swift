import Base
import Foundation
import GRDB

extension ModelStore {
    /// Takes a version out of use: its file moves to the trash, its number and facts stay. Refused while an alias
    /// points at it.
    @discardableResult
    public func delete(_ reference: String) throws(CellarError) -> ModelVersion {
        let version = try version(reference)
        let target = Self.trash + "/" + version.file
        try writableIndex().writeDurably("delete \(version.reference)") { db in
            let aliases = try String.fetchAll(
                db, sql: "SELECT name FROM alias WHERE model = ? AND number = ? ORDER BY name",
                arguments: [version.model, version.number])
            guard aliases.isEmpty else {
                let names = aliases.map { "\(version.model)@\($0)" }
                throw CellarError(
                    .badData,
                    "cannot delete \(version.reference): \(shortList(names)) points at it. Move it first (registry promote "
                        + "\(version.model):N --alias \(aliases[0])), or take it away (registry promote --remove \(names[0]))."
                )
            }
            try move(version, to: target, state: .deleted, db)
        }
        return version
    }

    /// Brings a deleted version back under its number.
    @discardableResult
    public func restore(_ reference: String) throws(CellarError) -> ModelVersion {
        let parsed = try Reference(reference)
        guard case .number(let model, let number) = parsed else {
            throw CellarError(
                .usage,
                "cannot restore \"\(reference)\": expected a version, as mnist:3. `registry list "
                    + "--deleted` shows which there are.")
        }
        let index = try writableIndex()
        let version = try index.read("look up \(reference)") { db in
            guard let found = try ModelVersion.fetchOne(db, VersionQuery(number: number, of: model)) else {
                throw try unknownVersion(model, reference, db)
            }
            return found
        }
        switch version.state {
        case .kept: throw CellarError(.badData, "\(version.reference) was not deleted.")
        case .purged:
            throw CellarError(
                .noInput, "cannot restore \(version.reference): `registry gc` removed its file for good.")
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
                .badData, "\(version.reference) was changed by another process just now. Look again.")
        }
        // Last: where it fails, the row goes back as it was.
        guard try FileSystem.move(path(of: version.file), to: path(of: file)) else {
            throw CellarError(
                .badData, "cannot move \(version.reference) here: the file exists.", file: path(of: file))
        }
    }

    /// What a clean-up removed.
    public struct Collected: Equatable, Sendable {
        public var versions: [String] = []
        /// Unfinished files of processes that died.
        public var leftovers: [String] = []
        /// Bytes that are free now.
        public var size = 0
    }

    /// Removes the files of deleted versions for good, and leftovers of saves that never ended.
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
                // A restore may have come in between.
                if db.changesCount == 1 { try FileSystem.remove(path(of: version.file)) }
            }
        }
        for file in leftovers { try FileSystem.remove(path(of: file)) }
        return result
    }
}
