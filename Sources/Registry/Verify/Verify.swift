import Base
import Foundation
import GRDB

/// A problem in a store.
public struct Finding: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A registered file is not there, or its bytes are not the registered ones.
        case missing, damaged
        /// A file that no event names, or that cannot be read as a model.
        case unregistered, unreadable
        /// A temporary file of a process that died.
        case leftover
        /// An alias points to a version that is not there.
        case alias
        /// A parent that this store had is not in it.
        case lineage
        /// Events were edited, dropped or moved, or a line is incomplete.
        case log
        /// The index disagrees with the log, or a file with the log's facts.
        case index, facts
        /// A signature that was asked for is missing or does not hold.
        case signature
    }
    public let kind: Kind
    /// The version or file with the problem.
    public let subject: String
    public let message: String
    /// The next step for the user.
    public let fix: String

    public init(kind: Kind, subject: String, message: String, fix: String) {
        (self.kind, self.subject, self.message, self.fix) = (kind, subject, message, fix)
    }
}

/// How much of a store is checked.
public enum VerifyDepth: Sendable {
    /// Sizes of files, and the log.
    case quick
    /// Also every byte of the files, their facts, and every value in the index.
    case full
}

/// The state of a store at one moment.
struct Snapshot {
    var versions: [ModelVersion]
    /// The model files in the folder.
    var files: [String]
    var logs: [LogFolder.File]
    var findings: [Finding] = []
}

extension ModelStore {
    /// Checks files, logs and index against each other, as they were at one moment. Changes nothing.
    public func verify(_ depth: VerifyDepth = .full) throws(CellarError) -> (
        checked: Int, findings: [Finding]
    ) {
        let snapshot: Snapshot
        do throws(CellarError) { snapshot = try self.snapshot(depth) } catch {
            guard error.category == .badData, error.place.file == indexPath else { throw error }
            // SQLite itself cannot read it.
            return (0, [indexFinding("registry.sqlite", error.message)])
        }
        var findings = snapshot.findings
        findings += checkLogs(snapshot.logs)
        var folders: Set<String> = []
        for version in snapshot.versions {
            if let found = check(version, depth, &folders), try isStill(version) { findings.append(found) }
        }
        let known = Set(snapshot.versions.map(\.file))
        for file in snapshot.files where !known.contains(file) {
            // A collection that was interrupted left it, or another copy of the store collected the version.
            let isGarbage = try read("look up \(file)") { try self.isGarbage(file, $0) }
            if !isGarbage, FileSystem.exists(path(of: file)) { findings.append(unregistered(file)) }
        }
        for (folder, hasFolders) in [(Self.trained, true), ("log", false)] {
            for (name, kind) in try FileSystem.entries(of: path(of: folder))
            where kind == .other || kind == .folder && !hasFolders {
                findings.append(
                    Finding(
                        kind: .unreadable, subject: "\(folder)/\(name)", message: "it is a link, or no file",
                        fix: "put the file itself there, or move it out of the store"))
            }
        }
        findings += try leftovers().map {
            Finding(
                kind: .leftover, subject: $0, message: "temporary file of an interrupted save",
                fix: "run registry gc to remove it")
        }
        return (snapshot.versions.count, findings)
    }

    /// Files appear under the lock of the log, so under it folder, log and index agree. The index is then read as it was at that
    /// moment, while other processes go on.
    private func snapshot(_ depth: VerifyDepth) throws(CellarError) -> Snapshot {
        let index = try index()
        let lock = Lock()
        if index.isWritable, try !log.files().isEmpty {
            let own = log.path(of: log.own)
            // Looking does not begin a log.
            if FileSystem.exists(own) {
                lock.file = try AppendOnlyFile(locking: own, patience: Index.patience)
            }
        }
        return try index.read("check the index") { db in
            let versions = try ModelVersion.fetchBare(
                db, where: "WHERE v.state <> 'purged' ORDER BY v.model, v.number")
            var snapshot = Snapshot(versions: versions, files: try modelFiles(), logs: try log.files())
            lock.file = nil
            snapshot.findings = try checkIndex(db, depth, snapshot.logs)
            return snapshot
        }
    }

    private final class Lock {
        var file: AppendOnlyFile?
    }

    /// Whether the version is as it was, so that a finding about its file is none about a collection in between.
    private func isStill(_ version: ModelVersion) throws(CellarError) -> Bool {
        let now = try self.version(version.key)
        return now?.state == version.state && now?.file == version.file
    }
}
