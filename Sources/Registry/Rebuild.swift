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

    /// Rebuilds the index from the model files. Versions keep their numbers from the old index or `versions.jsonl`;
    /// other files are numbered by creation time, then file name. Aliases and tags are read from `aliases.json`, or
    /// from the old index if there is no such file.
    public func rebuild() throws(CellarError) -> Rebuilt {
        guard FileSystem.isFolder(root) else {
            _ = try index(); return Rebuilt(versions: 0, aliases: 0, unreadable: [])
        }
        var found = scan()
        var old = Remembered(numbers: NumberList(readingFrom: root), sidecar: try Sidecar(readingFrom: root))
        if FileSystem.size(ofFile: indexPath) != nil {
            do {
                let index = try writableIndex()
                return try index.writeDurably("rebuild the index") { db in
                    try old.add(db)
                    // The index is locked now: read the files that were added since the scan.
                    found = update(found)
                    for table in [
                        "tag", "parent", "metric", "facts", "version", "alias", "alias_move", "model", "note",
                    ] {
                        try db.execute(sql: "DELETE FROM \(table)")
                    }
                    try fill(db, with: found, old)
                    try NumberList.complete(db, in: root)
                    return try report(found, db)
                }
            } catch  where error.category == .badData {
                // SQLite cannot read the index. Keep it under another name.
                close()
                let time = Timestamp.now().filter(\.isNumber)
                for suffix in ["", "-wal", "-shm"] where FileSystem.size(ofFile: indexPath + suffix) != nil {
                    _ = try FileSystem.move(
                        indexPath + suffix, to: root + "/registry.broken-\(time).sqlite" + suffix)
                }
            }
        }
        // Throws if the store is read-only: an index in memory would be lost.
        let index = try writableIndex()
        return try index.read("read the index") { try report(found, $0) }
    }

    private func report(_ found: Scan, _ db: Database) throws -> Rebuilt {
        Rebuilt(
            versions: try Int.fetchOne(db, sql: "SELECT count(*) FROM version WHERE state <> 'purged'") ?? 0,
            aliases: try Int.fetchOne(db, sql: "SELECT count(*) FROM alias") ?? 0,
            unreadable: found.unreadable.map { "\(path(of: $0.file)): \($0.reason)" })
    }
}
