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
            if !versions.contains(where: { $0.key == version.key }) { versions.append(version) }
        }
        let list = versions.map(\.reference)
        try commit("delete \(shortList(list))") { db in
            for version in versions {
                let now = try ModelVersion.fetchOne(db, version.key)
                guard let now, now.state == .kept else { throw version.changedMeanwhile }
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

    /// Restores deleted versions under their numbers, all or none.
    @discardableResult
    public func restore(_ references: [String]) throws(CellarError) -> [ModelVersion] {
        var versions: [ModelVersion] = []
        for reference in references {
            let version = try restorable(reference)
            if !versions.contains(where: { $0.key == version.key }) { versions.append(version) }
        }
        return try commit("restore \(shortList(versions.map(\.reference)))") { db in
            for version in versions {
                let now = try ModelVersion.fetchOne(db, version.key)
                guard let now, now.state == version.state, size(of: now.file) == now.size else {
                    throw version.changedMeanwhile
                }
            }
            return versions.isEmpty
                ? [] : [.changed("restored", versions.map(\.key), reason: "restored by hand")]
        } result: { db in
            try versions.compactMap { try ModelVersion.fetchOne(db, $0.key) }
        }
    }

    @discardableResult
    public func restore(_ reference: String) throws(CellarError) -> ModelVersion {
        try restore([reference])[0]
    }

    /// Returns a deleted version whose file is still there, unchanged.
    private func restorable(_ reference: String) throws(CellarError) -> ModelVersion {
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
        if version.state == .kept {
            throw CellarError(.badData, "cannot restore \(version.reference): it was not deleted.")
        }
        // Another copy of the store may have collected it, and this one still has the file.
        guard version.state == .deleted || has(version) else {
            throw CellarError(
                .noInput, "cannot restore \(version.reference): `registry gc` removed its file permanently.")
        }
        try checkFile(of: version)
        return version
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
    ///
    /// Files appear and disappear under the lock of the log alone, and are chosen there: what another process publishes,
    /// restores or copies has its event before this looks, or comes after it.
    public func collectGarbage(dryRun: Bool = false) throws(CellarError) -> Collected {
        if dryRun {
            let found = try read("list the deleted versions") { try collectable($0) }
            var result = Collected(versions: found.versions.map(\.reference), leftovers: try leftovers())
            for file in found.files + result.leftovers { result.size += size(of: file) }
            return result
        }
        var found: Garbage = ([], [])
        var result = Collected()
        // First the event, then the files: what a process leaves that dies in between is removed by the next.
        try commit(
            "collect garbage",
            events: { db in
                found = try collectable(db)
                if found.versions.isEmpty { return [] }
                return [.changed("collected", found.versions.map(\.key), reason: "garbage")]
            }, result: { _ in },
            followUp: {
                result.versions = found.versions.map(\.reference)
                result.leftovers = (try? leftovers()) ?? []
                for file in found.files + result.leftovers { remove(file, &result) }
            })
        return result
    }

    private func remove(_ file: String, _ result: inout Collected) {
        let size = size(of: file)
        do throws(CellarError) {
            guard isInside(file) else { return }
            if FileSystem.size(ofFile: path(of: file + ".sig")) != nil {
                try FileSystem.remove(path(of: file + ".sig"))
            }
            try FileSystem.remove(path(of: file))
            result.size += size
        } catch { result.remaining.append("\(path(of: file)): \(error.message)") }
    }

    private func size(of file: String) -> Int {
        isInside(file) ? FileSystem.size(ofFile: path(of: file)) ?? 0 : 0
    }

    private typealias Garbage = (versions: [ModelVersion], files: [String])

    /// The deleted versions that nobody needs, and the files that can be removed: theirs, unless a version of another name
    /// has the same one, and those of versions that were collected before, here or in another copy of the store.
    private func collectable(_ db: Database) throws -> Garbage {
        // Ancestors of kept versions stay, so that their lineage can be followed and repeated.
        let isNotNeeded = """
            v.sha256 NOT IN (
                WITH RECURSIVE needed(sha256) AS (
                    SELECT p.sha256 FROM parent p JOIN version k ON k.id = p.version
                        WHERE k.state = 'kept' AND p.sha256 <> '' AND p.sha256 <> k.sha256
                    UNION SELECT p.sha256 FROM needed n JOIN version k ON k.sha256 = n.sha256
                        JOIN parent p ON p.version = k.id WHERE p.sha256 <> '' AND p.sha256 <> k.sha256)
                SELECT sha256 FROM needed)
            """
        let versions = try ModelVersion.fetch(
            db, where: "WHERE v.state = 'deleted' AND \(isNotNeeded) ORDER BY v.model, v.number")
        let holders = try db.cachedStatement(
            sql: "SELECT id FROM version WHERE file = ? AND state <> 'purged'")
        let ids = Set(versions.map(\.row))
        var (files, seen): ([String], Set<String>) = ([], [])
        for version in versions where seen.insert(version.file).inserted {
            if try Int64.fetchAll(holders, arguments: [version.file]).allSatisfy(ids.contains) {
                files.append(version.file)
            }
        }
        let purged = try ModelVersion.fetchBare(db, where: "WHERE v.state = 'purged' AND \(isNotNeeded)")
        for version in purged where FileSystem.size(ofFile: path(of: version.file)) == version.size {
            // Another file may have come to the path, which is for `verify` to report.
            if !seen.contains(version.file), try Int64.fetchAll(holders, arguments: [version.file]).isEmpty,
                has(version), seen.insert(version.file).inserted
            {
                files.append(version.file)
            }
        }
        return (versions, files)
    }

    /// Whether the version's file is there, with the registered bytes.
    func has(_ version: ModelVersion) -> Bool {
        isInside(version.file)
            && isFile(path(of: version.file), size: version.size, sha256: version.sha256)
    }

    /// Whether a file has been left by the collection of its version; the next one removes it.
    func isGarbage(_ file: String, _ db: Database) throws -> Bool {
        try ModelVersion.fetchBare(db, where: "WHERE v.file = ? AND v.state = 'purged'", [file])
            .contains(where: has)
    }
}

/// Whether a file has these bytes.
func isFile(_ path: String, size: Int, sha256: String) -> Bool {
    FileSystem.size(ofFile: path) == size && (try? FileDigest(ofFile: path).sha256) == sha256
}
