import Base
import Foundation
import GRDB

/// The result of a merge.
public struct Merged: Equatable, Sendable {
    /// The versions that this store did not have, as they are called here.
    public var versions: [String] = []
    /// The number of other events that this store did not have.
    public var events = 0
    /// Versions with another number here than in the other store.
    public var replaced: [Replacement] = []
    /// Versions whose file the other store does not have either, or has damaged.
    public var withoutFile: [String] = []

    public struct Replacement: Equatable, Sendable {
        public let there, here: String
    }
}

extension ModelStore {
    /// Takes over everything that another store has and this one does not: logs, and with them versions, aliases, tags and
    /// deletions, and model files. A second merge changes nothing; the order of several merges makes no difference, except that
    /// a number stays with the version that had it first here.
    ///
    /// Files are copied before the logs that name them, so a merge that is interrupted can be repeated.
    public func merge(_ other: ModelStore) throws(CellarError) -> Merged {
        guard !FileSystem.isSame(root, other.root) else {
            throw CellarError(.usage, "cannot merge a store into itself.", file: other.root)
        }
        // An old store begins its log now.
        let theirs = try other.read("read the other store") { db in
            try ModelVersion.fetch(db, where: "WHERE v.state <> 'purged' ORDER BY v.id")
        }
        let logs = try other.log.files()
        guard !logs.isEmpty else {
            guard theirs.isEmpty else {
                throw CellarError(
                    .noPermission, "cannot merge: the store has no log yet, and it is read-only.",
                    file: other.root,
                    remedy: "Run `registry list` on it with permission to write.")
            }
            return Merged()
        }
        try FileSystem.makeFolder(root)
        _ = try writableIndex()
        var result = Merged()
        let new = try read("list the versions") { db in try theirs.filter { try $0.key.id(db) == nil } }
        let undo = Undo()
        do throws(CellarError) {
            for version in new { _ = try copyFile(of: version, from: other, to: version.file, undo) }
            try takeLogs(logs, new, from: other, undo, &result)
        } catch {
            undo.run()
            throw error
        }
        complete(theirs, Set(new.map(\.key)), from: other, &result)
        removeStrays(undo.files)
        return result
    }

    /// The changes that a failing merge takes back: new files and logs, and events appended to others. All of it is done under the
    /// lock of this copy's log, or not named by any event yet, so nobody depends on it.
    private final class Undo {
        var files: [String] = []
        var logs: [(path: String, size: Int)] = []

        func run() {
            for file in files { try? FileSystem.remove(file) }
            for (path, size) in logs {
                if size == 0 {
                    try? FileSystem.remove(path)
                } else if var file = try? AppendOnlyFile(locking: path, patience: 1) {
                    if file.size > size { file.cut(to: size) }
                }
            }
            (files, logs) = ([], [])
        }
    }

    /// The version that an event names so; nil if no event registered it.
    func version(_ key: VersionKey) throws(CellarError) -> ModelVersion? {
        try read("look up \(key.model):\(key.number)") { try ModelVersion.fetchOne($0, key) }
    }

    // MARK: Logs

    /// Copies what the other store's logs have more than those here, and records the merge.
    private func takeLogs(
        _ logs: [LogFolder.File], _ new: [ModelVersion], from other: ModelStore, _ undo: Undo,
        _ result: inout Merged
    ) throws(CellarError) {
        let index = try writableIndex()
        result = try withLog("merge the logs") { (file) throws(CellarError) in
            do throws(CellarError) {
                var result = Merged()
                for log in logs { result.events += try take(log, from: other, own: &file, undo) }
                if result.events == 0 { return result }
                return try index.write("bring the index up to date") { db in
                    let decided = try CatchUp(db: db, log: self.log, own: self.log.own).run()
                    try name(new, db, &result)
                    try append(decided, to: &file, db, .durable, isApplied: true)
                    try append([record(of: result, other)], to: &file, db, .durable)
                    return result
                }
            } catch {
                file.takeBack()
                // Still under the lock: nobody has read what was appended.
                undo.run()
                throw error
            }
        }
    }

    /// Notes how the new versions are called here.
    private func name(_ new: [ModelVersion], _ db: Database, _ result: inout Merged) throws {
        for version in new {
            guard let here = try ModelVersion.fetchOne(db, version.key) else { continue }
            result.versions.append(here.reference)
            if here.number != version.number {
                result.replaced.append(.init(there: version.reference, here: here.reference))
            }
        }
    }

    private func record(of result: Merged, _ other: ModelStore) -> Event {
        Event(
            kind: "merged",
            content: [
                "from": .string(other.root), "events": .integer(result.events),
                "versions": .integer(result.versions.count),
                "replaced": .array(
                    result.replaced.map { ["there": .string($0.there), "here": .string($0.here)] }),
            ])
    }

    /// Returns the number of events that are new here.
    private func take(
        _ theirs: LogFolder.File, from other: ModelStore, own: inout AppendOnlyFile, _ undo: Undo
    ) throws(CellarError) -> Int {
        let path = log.path(of: theirs.name)
        let branch = try LogBranch(
            path, FileSystem.size(ofFile: path) ?? 0, other.log.path(of: theirs.name), theirs.size)
        switch branch.kind {
        case .same: return 0
        case .longer where theirs.name == log.own: try own.append(branch.rest, durably: true)
        case .longer:
            undo.logs.append((path, FileSystem.size(ofFile: path) ?? 0))
            var file = try AppendOnlyFile(locking: path, patience: Index.patience)
            try file.append(branch.rest, durably: true)
            FileSystem.flushFolder(log.path)
        case .forked(let hash):
            // Two stores wrote to one log: what theirs has beyond the common part goes beside it, under a name that is the same
            // for every store.
            let name = "\(theirs.name.dropLast(6).prefix(32))-\(hash.prefix(16)).jsonl"
            let known = FileSystem.size(ofFile: log.path(of: name)) ?? 0
            if known >= branch.rest.count { return 0 }
            undo.logs.append((log.path(of: name), known))
            var file = try AppendOnlyFile(locking: log.path(of: name), patience: Index.patience)
            try file.append(Array(branch.rest[known...]), durably: true)
            FileSystem.flushFolder(log.path)
            return branch.rest[known...].count { $0 == 10 }
        }
        return branch.rest.count { $0 == 10 }
    }

    // MARK: Files

    /// Copies the file of a version of another store, unless it is there. Returns its path, which is another one where the path
    /// belongs to another version, or has other bytes: `Numbers.settle` finds it there.
    private func copyFile(
        of version: ModelVersion, from other: ModelStore, to file: String, _ undo: Undo
    ) throws(CellarError) -> String {
        var target = file
        let isTaken = try read("look up \(file)") { db in
            try ModelVersion.fetchBare(db, where: "WHERE v.file = ?", [file])
                .contains { $0.sha256 != version.sha256 || $0.state == .purged }
        }
        if isTaken
            || FileSystem.exists(path(of: target))
                && !isFile(path(of: target), size: version.size, sha256: version.sha256)
        {
            target = Projection.otherName(file, version.sha256)
        }
        guard isInside(target) else {
            throw CellarError(
                .badData, "cannot copy \(version.reference): its path leads out of the store.",
                file: path(of: target))
        }
        if FileSystem.size(ofFile: path(of: target)) != nil { return target }
        let source = other.path(of: version.file)
        guard other.isInside(version.file), FileSystem.size(ofFile: source) == version.size else {
            return target
        }
        try FileSystem.makeFolder(FileSystem.folder(of: path(of: target)))
        var copy = try AtomicFile(
            in: FileSystem.folder(of: path(of: target)), extension: FileSystem.suffix(of: target))
        try copy.copy(fileAt: source)
        guard copy.digest.sha256 == version.sha256 else { return target }
        try copy.flush(mode: 0o444)
        undo.files += [path(of: target), path(of: target) + ".sig"]
        _ = try copy.commit(as: CollectionOfOne(FileSystem.name(of: target)))
        if FileSystem.size(ofFile: source + ".sig") != nil { copySignature(of: source, to: path(of: target)) }
        return target
    }

    /// Copies the files that versions lack, and notes those that it cannot copy: a second merge tries again.
    ///
    /// - Parameter new: The versions that came with this merge, which are compared by their bytes, the others by size.
    private func complete(
        _ theirs: [ModelVersion], _ new: Set<VersionKey>, from other: ModelStore, _ result: inout Merged
    ) {
        for version in theirs {
            guard let here = try? self.version(version.key), here.state != .purged else { continue }
            let isThere =
                new.contains(version.key)
                ? has(here) : FileSystem.size(ofFile: path(of: here.file)) == here.size
            if isThere { continue }
            if let file = try? copyFile(of: version, from: other, to: here.file, Undo()),
                isFile(path(of: file), size: here.size, sha256: here.sha256),
                file == here.file || (try? adopt(here, file)) != nil
            {
                continue
            }
            result.withoutFile.append(here.reference)
        }
    }

    /// Removes what this merge copied to paths that no version got in the end.
    private func removeStrays(_ paths: [String]) {
        let files = paths.filter { !$0.hasSuffix(".sig") }.map { String($0.dropFirst(root.count + 1)) }
        func strays() -> [String] {
            (try? read("look for copies") { db in try files.filter { try !db.hasVersion(ofFile: $0) } }) ?? []
        }
        if strays().isEmpty { return }
        try? withLog("remove copies") { (_) throws(CellarError) in
            for file in strays() {
                try FileSystem.remove(path(of: file))
                try? FileSystem.remove(path(of: file + ".sig"))
            }
        }
    }

    private func adopt(_ version: ModelVersion, _ file: String) throws(CellarError) {
        try commit("place the file of \(version.reference)") { _ in
            var content = version.key.members
            content["file"] = .string(file)
            return [Event(kind: "adopted", content: content)]
        }
    }
}

/// How one copy of a log continues another.
struct LogBranch {
    enum Kind: Equatable {
        /// Theirs has nothing more.
        case same
        /// Theirs goes on where ours ends.
        case longer
        /// They differ after a common part; the hash of their first event after it.
        case forked(String)
    }
    var kind = Kind.same
    /// Their complete lines that ours does not have.
    var rest: [UInt8] = []

    init(_ ours: String, _ ourSize: Int, _ theirs: String, _ theirSize: Int) throws(CellarError) {
        var reader = try LogReader(theirs, from: 0, to: theirSize)
        var common = true
        if ourSize > 0 {
            var own = try LogReader(ours, from: 0, to: ourSize)
            while common, let line = try own.next() {
                let mine = Array(line)
                guard let other = try reader.next() else { return }
                if Array(other) != mine {
                    common = false
                    rest = Array(other) + [10]
                }
            }
        }
        if !common {
            guard let seal = Event.Seal(rest.dropLast()) else {
                throw CellarError(.badData, "cannot merge: the log was edited.", file: theirs)
            }
            kind = .forked(seal.hash)
        }
        while let line = try reader.next() { rest += Array(line) + [10] }
        if common, !rest.isEmpty { kind = .longer }
    }
}
