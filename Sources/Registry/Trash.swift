import Base
import Foundation
import GRDB

extension ModelStore {
    /// Deletes versions, all or none. Their files stay until garbage is collected, their numbers and facts for ever. Throws
    /// if an alias points to one of them.
    @discardableResult
    public func delete(_ references: [String], reason: String = "deleted by hand") throws(CellarError)
        -> [ModelVersion]
    {
        try Names.checkReason(reason)
        var versions: [ModelVersion] = []
        for reference in references {
            let version = try version(reference)
            if !versions.contains(where: { $0.id == version.id }) { versions.append(version) }
        }
        let list = versions.map(\.reference)
        try commit("delete \(shortList(list))") { db in
            for version in versions {
                let now = try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [version.id])
                guard let now, now.state == .kept else { throw changed(version) }
                try Self.checkDeletable(now, aliases: now.aliases)
            }
            return versions.isEmpty ? [] : [.changed("deleted", versions.map(\.key), reason: reason)]
        }
        return versions
    }

    @discardableResult
    public func delete(_ reference: String) throws(CellarError) -> ModelVersion {
        try delete([reference])[0]
    }

    private func changed(_ version: ModelVersion) -> CellarError {
        CellarError(
            .badData, "another process changed \(version.reference) at the same time.", remedy: "Try again.")
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
        let version = try read("look up \(reference)") { db in
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
        try checkFile(of: version)
        try commit("restore \(version.reference)") { db in
            let now = try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [version.id])
            guard now?.state == .deleted else { throw changed(version) }
            return [.changed("restored", [version.key], reason: "restored by hand")]
        }
        return try self.version(version.reference)
    }

    /// The result of a garbage collection.
    public struct Collected: Equatable, Sendable {
        public var versions: [String] = []
        /// Unfinished files of processes that died.
        public var leftovers: [String] = []
        /// Files of collected versions that could not be removed; the next collection tries again.
        public var remaining: [String] = []
        /// Bytes freed.
        public var size = 0
    }

    /// Permanently removes the files of deleted versions, unless another version came from them that is kept, and temporary
    /// files of interrupted saves.
    public func collectGarbage(dryRun: Bool = false) throws(CellarError) -> Collected {
        var result = Collected()
        let leftovers = leftovers()
        let found = try read("list the deleted versions") { try collectable($0) }
        result.versions = found.versions.map(\.reference)
        result.leftovers = leftovers
        let files = found.files
        for file in files where isInside(file) { result.size += FileSystem.size(ofFile: path(of: file)) ?? 0 }
        result.size += leftovers.reduce(0) { $0 + (FileSystem.size(ofFile: path(of: $1)) ?? 0) }
        if dryRun { return result }
        if !found.versions.isEmpty {
            // First the event, then the files: what a process leaves that dies in between is removed by the next.
            try commit("collect \(shortList(result.versions))") { db in
                let still = Set(try collectable(db).versions.map(\.id))
                guard found.versions.allSatisfy({ still.contains($0.id) }) else {
                    throw changed(found.versions[0])
                }
                return [.changed("collected", found.versions.map(\.key), reason: "garbage")]
            }
        }
        for file in files where isInside(file) && FileSystem.size(ofFile: path(of: file + ".sig")) != nil {
            try? FileSystem.remove(path(of: file + ".sig"))
        }
        for file in files + leftovers where isInside(file) {
            let size = FileSystem.size(ofFile: path(of: file)) ?? 0
            do throws(CellarError) { try FileSystem.remove(path(of: file)) } catch {
                result.remaining.append("\(path(of: file)): \(error.message)")
                result.size -= size
            }
        }
        return result
    }

    /// The deleted versions that nobody needs, and the files that can be removed: theirs, unless a version of another name
    /// has the same one, and those that an interrupted collection left.
    private func collectable(_ db: Database) throws -> (versions: [ModelVersion], files: [String]) {
        // Ancestors of kept versions stay, so that their lineage can be followed and repeated.
        let versions = try ModelVersion.fetch(
            db,
            where: """
                WHERE v.state = 'deleted' AND v.sha256 NOT IN (
                    WITH RECURSIVE needed(sha256) AS (
                        SELECT p.sha256 FROM parent p JOIN version k ON k.id = p.version
                            WHERE k.state = 'kept' AND p.sha256 <> '' AND p.sha256 <> k.sha256
                        UNION SELECT p.sha256 FROM needed n JOIN version k ON k.sha256 = n.sha256
                            JOIN parent p ON p.version = k.id WHERE p.sha256 <> '' AND p.sha256 <> k.sha256)
                    SELECT sha256 FROM needed)
                ORDER BY v.model, v.number
                """)
        let remains = try String.fetchAll(
            db,
            sql: """
                SELECT file FROM version p WHERE state = 'purged' AND NOT EXISTS (
                    SELECT 1 FROM version v WHERE v.file = p.file AND v.state <> 'purged')
                """
        ).filter { isInside($0) && FileSystem.size(ofFile: path(of: $0)) != nil }
        let holders = try db.cachedStatement(
            sql: "SELECT id FROM version WHERE file = ? AND state <> 'purged'")
        let ids = Set(versions.map(\.id))
        var files: [String] = []
        for version in versions where !files.contains(version.file) {
            if try Int64.fetchAll(holders, arguments: [version.file]).allSatisfy(ids.contains) {
                files.append(version.file)
            }
        }
        return (versions, files + remains)
    }
}
