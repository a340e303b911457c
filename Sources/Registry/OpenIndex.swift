import Base
import GRDB
import Glibc

extension ModelStore {
    /// Reads the index, after it was brought up to date with the logs.
    func read<Result>(_ doing: String, _ body: (Database) throws -> Result) throws(CellarError) -> Result {
        try index().read(doing, body)
    }

    /// Returns the index, up to date with the logs; opens or creates it on first use.
    func index() throws(CellarError) -> Index {
        try opened.withLock { (current) throws(CellarError) in
            // Taken before the index is looked at: what is appended later is found by the next call.
            let state = try log.files().text
            if let known = current, known.state == state, !known.index.isReplaced { return known.index }
            let currentIndex: Index
            if let known = current, !known.index.isReplaced {
                currentIndex = try bringUpToDate(known.index)
            } else {
                currentIndex = try openCurrent()
            }
            current = Opened(index: currentIndex, state: try log.files().text == state ? state : "")
            return currentIndex
        }
    }

    /// Returns the index if this process may write it; throws otherwise.
    func writableIndex() throws(CellarError) -> Index {
        if !FileSystem.isFolder(root) { _ = try index() }
        let index = try index()
        guard index.isWritable else { throw readOnly() }
        return index
    }

    /// Throws if this process may not change the store.
    public func checkWritable() throws(CellarError) { _ = try writableIndex() }

    private func readOnly() -> CellarError {
        CellarError(
            .noPermission,
            "cannot change the store: it is read-only.", file: root,
            remedy: "Check its permissions, or choose another store with --store.")
    }

    private func open() throws(CellarError) -> Index {
        guard FileSystem.isFolder(root) else {
            throw CellarError(
                .noInput,
                "no such store: expected a folder of models.", file: root,
                remedy: "Use --store to name a store, or train a model first.")
        }
        if until != nil { return try Index.inMemory(indexPath) }
        // A link could make another program's database ours, with new tables.
        for suffix in ["", "-wal", "-shm"] where FileSystem.isOther(indexPath + suffix) {
            throw CellarError(
                .badData, "cannot use the index: it is a link, or no file.", file: indexPath + suffix,
                remedy: "Remove it; the index is made anew. The store itself may be a link.")
        }
        guard FileSystem.isWritable(root), try !log.isFolder || FileSystem.isWritable(log.path) else {
            return try openReadOnly()
        }
        return try Index.open(indexPath)
    }

    /// Opens the index and brings it up to date; one that SQLite cannot read is moved away, and made anew.
    private func openCurrent() throws(CellarError) -> Index {
        let start = ContinuousClock.now
        while true {
            do throws(CellarError) { return try bringUpToDate(open()) } catch {
                guard error.place.file == indexPath, FileSystem.isWritable(root) else { throw error }
                // `rebuild` in another process replaces the files one after another.
                if error.category == .inputOutput, start.duration(to: .now) < .seconds(1) {
                    usleep(10_000)
                    continue
                }
                guard error.category == .badData else { throw error }
                try moveIndexAway()
                return try bringUpToDate(open())
            }
        }
    }

    /// Moves an index away that cannot be used. The next use makes a new one.
    func moveIndexAway() throws(CellarError) {
        let time = Timestamp.now().filter(\.isNumber)
        for suffix in ["", "-wal", "-shm"]
        where FileSystem.size(ofFile: indexPath + suffix) != nil || FileSystem.isOther(indexPath + suffix) {
            _ = try FileSystem.move(
                indexPath + suffix, to: root + "/registry.broken-\(time).sqlite" + suffix)
        }
    }

    /// The index of a store that cannot be written, if it is up to date; else one in memory.
    private func openReadOnly() throws(CellarError) -> Index {
        if FileSystem.size(ofFile: indexPath) != nil, let index = try? Index.openUnwritable(indexPath),
            (try? index.read("read the index") { try isCurrent($0) }) == true
        {
            return index
        }
        return try Index.inMemory(indexPath)
    }

    private func isCurrent(_ db: Database) throws -> Bool {
        let logs = try log.files().text
        return try Index.hasTables(db, of: log.own) && CatchUp.state(db) ?? "" == logs
    }

    private func bringUpToDate(_ index: Index) throws(CellarError) -> Index {
        if try index.read("read the index", isCurrent) { return index }
        if !index.isWritable {
            let fresh = try Index.inMemory(indexPath)
            try fresh.write("read the logs") { db in
                try Index.makeTables(db, of: log.own)
                // Numbers that are decided here cannot be recorded.
                if try !log.files().isEmpty {
                    _ = try CatchUp(db: db, log: log, own: log.own, until: until).run()
                } else {
                    let old = try? Index.openUnwritable(indexPath)
                    let events = try old?.queue.read { try beginning($0) } ?? beginning(nil)
                    try Projection(db: db, own: log.own).apply(events)
                }
            }
            return fresh
        }
        if try log.files().isEmpty, try !hasSomething {
            // A folder without models gets no log until the first change.
            try index.write("make the index") { try Index.makeTables($0, of: log.own) }
            return index
        }
        try withLog("read the logs") { (file) throws(CellarError) in
            do throws(CellarError) {
                try index.write("bring the index up to date") { db in
                    // Read before the tables of an older Cellar are removed.
                    let events = try file.size == 0 && log.files().isEmpty ? beginning(db) : []
                    try Index.makeTables(db, of: log.own)
                    if !events.isEmpty { try begin(with: events, &file) }
                    try bringUpToDate(db, &file)
                    if try isEmpty(db) { try registerUnlisted(&file, db) }
                }
            } catch {
                file.takeBack()
                throw error
            }
        }
        return index
    }

    private func isEmpty(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM version)") ?? true
    }
}

extension ModelStore {
    /// The store as it was: all events until the end of `time`, such as `2026-11-01` or `2026-11-01T12:00:00Z`. It cannot be
    /// changed.
    public func at(_ time: String) throws(CellarError) -> ModelStore {
        let end = "9999-12-31T23:59:59Z"
        let start = try FilterTime(named: time).start
        let until = start + end.dropFirst(start.count)
        // A copy of the index must have all events before some can be left out.
        _ = try index()
        return ModelStore(self, until: until)
    }
}
