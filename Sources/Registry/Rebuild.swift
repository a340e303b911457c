import Base
import Foundation
import GRDB

extension ModelStore {
    /// The result of a rebuild.
    public struct Rebuilt: Equatable, Sendable {
        public var versions: Int
        public var aliases: Int
        /// Files that are not models, each with the reason.
        public var unreadable: [String]
    }

    /// Makes the index anew from the logs, and registers model files that no log names, in the order of their dates. Nothing in
    /// the old index is believed.
    ///
    /// The new tables are made in a file aside and copied into the index in one transaction, beside processes that use it.
    public func rebuild() throws(CellarError) -> Rebuilt {
        let index = try writableIndex()
        return try withLog("rebuild the index") { (file) throws(CellarError) in
            do throws(CellarError) {
                let path = FileSystem.temporaryName(in: root, extension: "sqlite")
                defer { try? FileSystem.remove(path) }
                let fresh = try Index.aside(path, copiedLaterTo: index)
                let rebuilt = try fresh.write("rebuild the index") { db in
                    try Index.makeTables(db, of: log.own)
                    try bringUpToDate(db, &file)
                    let unreadable = try registerUnlisted(&file, db)
                    return Rebuilt(
                        versions: try db.versionCount(),
                        aliases: try Int.fetchOne(
                            db, sql: "SELECT count(*) FROM alias WHERE number IS NOT NULL") ?? 0,
                        unreadable: unreadable.map { "\(self.path(of: $0.file)): \($0.reason)" })
                }
                try replace(index, by: fresh)
                return rebuilt
            } catch {
                file.takeBack()
                throw error
            }
        }
    }

    /// Copies `fresh` into the index. Only an index that SQLite cannot write is replaced by a new file: a process that opens it at
    /// the same time could take the old write-ahead log for the new file's.
    private func replace(_ index: Index, by fresh: Index) throws(CellarError) {
        if !index.isReplaced {
            do throws(CellarError) { return try fresh.copy(to: index) } catch {
                guard error.category == .badData else { throw error }
            }
        }
        close()
        if !index.isReplaced {
            for suffix in ["-wal", "-shm", ""] { try FileSystem.remove(indexPath + suffix) }
        }
        try fresh.copy(to: Index.open(indexPath))
    }

    /// Registers the model files that the index does not have. A file whose bytes are those of a version without its file
    /// is that version's, under another name. Returns the files that are not models.
    @discardableResult
    func registerUnlisted(_ log: inout AppendOnlyFile, _ db: Database) throws -> [(
        file: String, reason: String
    )] {
        let known = Set(try String.fetchAll(db, sql: "SELECT file FROM version WHERE state <> 'purged'"))
        let found = scan(try modelFiles().filter { try !known.contains($0) && !isGarbage($0, db) })
        var events: [Event] = []
        var next: [String: Int] = [:]
        for file in found.files.sorted(by: { ($0.created, $0.file) < ($1.created, $1.file) }) {
            let versions = try ModelVersion.fetch(
                db, where: "WHERE v.sha256 = ? AND v.state <> 'purged' ORDER BY v.id", [file.digest.sha256])
            if let lost = versions.first(where: { !has($0) }) {
                var content = lost.key.members
                content["file"] = .string(file.file)
                events.append(Event(kind: "adopted", content: content))
                continue
            }
            let model = file.model
            let last = try next[model] ?? db.lastNumber(of: model)
            next[model] = last + 1
            let key = VersionKey(model: model, number: last + 1, sha256: file.digest.sha256)
            events.append(
                Event(
                    kind: "registered",
                    content: Event.registration(
                        key, file: file.file, size: file.digest.size,
                        facts: file.facts.known(as: model, created: file.created), importedFrom: nil)))
            // Git does not store the read-only mode. A failure here is harmless.
            if file.identity?.mode != 0o444 { try? FileSystem.setMode(0o444, of: path(of: file.file)) }
        }
        try append(events, to: &log, db, .durable)
        return found.unreadable
    }
}

extension Database {
    /// Whether a version has this file, or had it before it was collected.
    func hasVersion(ofFile file: String) throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT 1 FROM version WHERE file = ? LIMIT 1")
        return try Int.fetchOne(statement, arguments: [file]) != nil
    }

    /// The number of versions that have files.
    func versionCount() throws -> Int {
        try Int.fetchOne(self, sql: "SELECT count(*) FROM version WHERE state <> 'purged'") ?? 0
    }

    /// The highest number ever given to a version of the model.
    func lastNumber(of model: String) throws -> Int {
        let statement = try cachedStatement(sql: "SELECT last_number FROM model WHERE name = ?")
        return try Int.fetchOne(statement, arguments: [model]) ?? 0
    }
}
