import Base
import Foundation
import GRDB

extension ModelStore {
    /// What a rebuild did.
    public struct Rebuilt: Equatable, Sendable {
        public var versions: Int
        public var aliases: Int
        /// Files that are no models, each with the reason.
        public var unreadable: [String]
    }

    /// Makes the index anew from the files. Versions keep the numbers that the old index or `versions.jsonl` has for
    /// them; the others are numbered by creation time, then file name. Aliases and tags come from `aliases.json`, or
    /// where there is none from the old index.
    public func rebuild() throws(CellarError) -> Rebuilt {
        guard Disk.isFolder(root) else {
            _ = try index(); return Rebuilt(versions: 0, aliases: 0, unreadable: [])
        }
        var found = scan()
        var old = Remembered(numbers: NumberList(readingFrom: root), sidecar: try Sidecar(readingFrom: root))
        if Disk.size(ofFile: indexPath) != nil {
            do {
                let index = try writableIndex()
                return try index.writeDurably("rebuild the index") { db in
                    try old.add(db)
                    // Nobody can register now; what came since the scan is read here.
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
            } catch  where error.kind == .badData {
                // Not even SQLite can read it. It is kept beside, should anybody want to look at it.
                close()
                let time = Timestamp.now().filter(\.isNumber)
                for suffix in ["", "-wal", "-shm"] where Disk.size(ofFile: indexPath + suffix) != nil {
                    try Disk.move(indexPath + suffix, to: root + "/registry.broken-\(time).sqlite" + suffix)
                }
            }
        }
        // Where nothing can be written, an index in memory was made, which nobody will find again.
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
