import Base
import Foundation
import GRDB

/// Something that is not as it should be in a store.
public struct Finding: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case missing, damaged, unregistered, unreadable, leftover, alias, number, index
    }
    public let kind: Kind
    /// The version or the file.
    public let subject: String
    public let message: String
    /// What to do about it.
    public let fix: String
}

extension ModelStore {
    /// Looks at everything: the index's own pages, every registered file's size and SHA-256, every alias, and what lies
    /// in the folder beside. Nothing is changed.
    public func verify() throws(CellarError) -> (checked: Int, findings: [Finding]) {
        let index = try index()
        var findings = try index.read("check the index") { try checkIndex($0) }
        let versions = try index.read("list the versions") { db in
            try ModelVersion.fetch(db, where: "WHERE v.state <> 'purged' ORDER BY v.model, v.number")
        }
        for version in versions { if let found = check(version) { findings.append(found) } }
        let known = Set(versions.map(\.file))
        for file in modelFiles() where !known.contains(file) { findings.append(unregistered(file)) }
        findings += leftovers().map {
            Finding(
                kind: .leftover, subject: $0, message: "a save that never ended left it",
                fix: "registry gc removes it")
        }
        return (versions.count, findings)
    }

    private func check(_ version: ModelVersion) -> Finding? {
        let path = path(of: version.file)
        func finding(_ kind: Finding.Kind, _ message: String, _ fix: String) -> Finding {
            Finding(kind: kind, subject: version.reference, message: message, fix: fix)
        }
        let other = version.state == .deleted ? nil : Self.trash + "/" + version.file
        guard let size = Disk.size(ofFile: path) else {
            if let other, Disk.size(ofFile: self.path(of: other)) != nil {
                return finding(
                    .missing, "its file lies in the trash: \(other)", "registry rebuild takes that over")
            }
            return finding(
                .missing, "there is no file \(version.file)",
                "put the file back (from a backup or git), or registry rebuild to forget the version")
        }
        let damaged = "restore the file from a backup or git; if the change was meant, registry rebuild"
        guard size == version.size else {
            return finding(
                .damaged, "\(version.file) has \(size) bytes, expected \(version.size)", damaged)
        }
        do {
            let found = try digest(ofFile: path)
            if found.sha256 != version.sha256 {
                return finding(
                    .damaged, "\(version.file) has SHA-256 \(found.sha256), expected \(version.sha256)",
                    damaged)
            }
        } catch { return finding(.unreadable, "\(error)", "check the file's permissions and the disk") }
        return nil
    }

    private func unregistered(_ file: String) -> Finding {
        do {
            try guardian(URL(fileURLWithPath: path(of: file)))
            _ = try reader(URL(fileURLWithPath: path(of: file)))
            return Finding(
                kind: .unregistered, subject: file, message: "not in the index",
                fix: file.hasPrefix(Self.trash + "/")
                    ? "registry rebuild" : "registry import \(path(of: file))")
        } catch {
            return Finding(
                kind: .unreadable, subject: file, message: "\(error)",
                fix: "it is no model: move it elsewhere, or delete it")
        }
    }

    private func checkIndex(_ db: Database) throws -> [Finding] {
        var findings: [Finding] = []
        let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
        if integrity != ["ok"] {
            findings.append(
                Finding(
                    kind: .index, subject: "registry.sqlite", message: integrity.joined(separator: "; "),
                    fix: "registry rebuild makes it anew from the files"))
        }
        let broken = try Row.fetchAll(
            db,
            sql: """
                SELECT a.model, a.name, a.number, a.sha256, v.sha256, v.state FROM alias a
                LEFT JOIN version v ON v.model = a.model AND v.number = a.number
                WHERE v.id IS NULL OR v.state <> 'kept' OR v.sha256 <> a.sha256
                """)
        for row in broken {
            let (model, name, number): (String, String, Int) = (row[0], row[1], row[2])
            let what =
                if (row[4] as String?) == nil {
                    "is not in the store"
                } else if (row[5] as String?) != "kept" {
                    "was deleted"
                } else {
                    "has other content than when the alias was set"
                }
            findings.append(
                Finding(
                    kind: .alias, subject: "\(model)@\(name)",
                    message: "points to \(model):\(number), which \(what)",
                    fix:
                        "registry rollback \(model)@\(name), or registry promote another version"
                ))
        }
        if try Sidecar.isForeign(db, in: root) {
            findings.append(
                Finding(
                    kind: .alias, subject: "aliases.json",
                    message: "was changed by something else than registry",
                    fix: "registry rebuild takes the change over"))
        }
        let unlisted = try NumberList.missing(db, in: root)
        if let first = unlisted.first {
            findings.append(
                Finding(
                    kind: .number, subject: "versions.jsonl",
                    message:
                        "has no line for \(first.model):\(first.number)\(unlisted.count > 1 ? " and \(unlisted.count - 1) more" : "")",
                    fix: "registry rebuild writes it"))
        }
        return findings
    }
}
