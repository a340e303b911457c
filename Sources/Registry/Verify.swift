import Base
import Foundation
import GRDB

/// A problem in a store.
public struct Finding: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case missing, damaged, unregistered, unreadable, leftover, alias, number, index
    }
    public let kind: Kind
    /// The version or file with the problem.
    public let subject: String
    public let message: String
    /// The next step for the user.
    public let fix: String
}

extension ModelStore {
    /// Checks the pages of the index, size and SHA-256 of every registered file, every alias, and other files in the
    /// folder. Changes nothing.
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
                kind: .leftover, subject: $0, message: "temporary file of an interrupted save",
                fix: "run registry gc to remove it")
        }
        return (versions.count, findings)
    }

    private func check(_ version: ModelVersion) -> Finding? {
        let path = path(of: version.file)
        func finding(_ kind: Finding.Kind, _ message: String, _ fix: String) -> Finding {
            Finding(kind: kind, subject: version.reference, message: message, fix: fix)
        }
        let other = version.state == .deleted ? nil : Self.trash + "/" + version.file
        guard let size = FileSystem.size(ofFile: path) else {
            if let other, FileSystem.size(ofFile: self.path(of: other)) != nil {
                return finding(
                    .missing, "its file is in the trash: \(other)", "run registry rebuild to update the index"
                )
            }
            return finding(
                .missing, "no such file: \(version.file)",
                "restore the file from a backup or git, or run registry rebuild to remove the version")
        }
        let damaged =
            "restore the file from a backup or git; if the change was intended, run registry rebuild"
        guard size == version.size else {
            return finding(
                .damaged, "\(version.file) has \(size) bytes, expected \(version.size)", damaged)
        }
        do {
            let found = try FileDigest(ofFile: path)
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
            _ = try examine(file, listed: [])
            return Finding(
                kind: .unregistered, subject: file, message: "not in the index",
                fix: file.hasPrefix(Self.trash + "/")
                    ? "run registry rebuild" : "run registry import \(path(of: file))")
        } catch {
            return Finding(
                kind: .unreadable, subject: file, message: "\(error)",
                fix: "move the file out of the store, or delete it")
        }
    }

    private func checkIndex(_ db: Database) throws -> [Finding] {
        var findings: [Finding] = []
        let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
        if integrity != ["ok"] {
            findings.append(
                Finding(
                    kind: .index, subject: "registry.sqlite", message: integrity.joined(separator: "; "),
                    fix: "run registry rebuild to rebuild it from the model files"))
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
                    "has different content than when the alias was set"
                }
            findings.append(
                Finding(
                    kind: .alias, subject: "\(model)@\(name)",
                    message: "points to \(model):\(number), which \(what)",
                    fix:
                        "run registry rollback \(model)@\(name), or registry promote another version"
                ))
        }
        if try Sidecar.isForeign(db, in: root) {
            findings.append(
                Finding(
                    kind: .alias, subject: "aliases.json",
                    message: "was changed outside registry",
                    fix: "run registry rebuild to accept the change"))
        }
        let unlisted = try NumberList.missing(db, in: root)
        if let first = unlisted.first {
            findings.append(
                Finding(
                    kind: .number, subject: "versions.jsonl",
                    message:
                        "has no line for \(first.model):\(first.number)\(unlisted.count > 1 ? " and \(unlisted.count - 1) more" : "")",
                    fix: "run registry rebuild to add it"))
        }
        return findings
    }
}
