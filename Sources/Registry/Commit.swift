import Base
import GRDB

/// How long a change waits for the disk.
public enum Durability: Sendable {
    /// A change is reported when its event is on the disk: a power cut loses nothing that was reported.
    case durable
    /// A change is reported when the system has it: a power cut may lose the last changes, the death of a process none.
    case fast
}

extension ModelStore {
    /// Changes the store: appends events to this copy's log, and brings the index up to date.
    ///
    /// The change is done when its events are on the disk. Where anything fails, the log is as it was before, and nothing is
    /// done; where the process dies, the next command finds either all of the events or none.
    ///
    /// - Parameters:
    ///   - doing: What is done, for messages: `move mnist@best`.
    ///   - events: Decides on the change; runs under the locks of log and index, with an index that is up to date.
    ///   - result: Makes the result from the changed index.
    ///   - undo: Takes back what `events` did to other files; runs under the lock of the log where the change fails.
    ///   - followUp: Changes other files; runs under the lock of the log when the change is done.
    func commit<Result>(
        _ doing: String, durability: Durability = .durable, events: (Database) throws -> [Event],
        result: (Database) throws -> Result, undo: () -> Void = {}, followUp: () -> Void = {}
    ) throws(CellarError) -> Result {
        let index = try writableIndex()
        let (done, state) = try withLog(doing) { (file) throws(CellarError) in
            do throws(CellarError) {
                let done = try index.write(doing) { db in
                    try bringUpToDate(db, &file)
                    let new = try events(db)
                    try append(new, to: &file, db, durability)
                    return (try result(db), try CatchUp.state(db) ?? "")
                }
                followUp()
                return done
            } catch {
                // Nobody else has seen what was appended: it was under the lock.
                file.takeBack()
                undo()
                throw error
            }
        }
        // The next change need not look at the index again, unless another process was there.
        opened.withLock { if $0?.index === index { $0?.state = state } }
        return done
    }

    func commit(
        _ doing: String, durability: Durability = .durable, events: (Database) throws -> [Event]
    ) throws(CellarError) {
        try commit(doing, durability: durability, events: events, result: { _ in })
    }

    /// Runs `body` with this copy's log, locked.
    func withLog<Result>(
        _ doing: String, _ body: (inout AppendOnlyFile) throws(CellarError) -> Result
    ) throws(CellarError) -> Result {
        if try !log.isFolder {
            try FileSystem.makeFolder(log.path)
            guard try log.isFolder else {
                throw CellarError(
                    .badData, "cannot \(doing): expected a folder of logs, found a link or a file.",
                    file: log.path,
                    remedy: "Move it away.")
            }
            FileSystem.flushFolder(root)
        }
        var file = try AppendOnlyFile(locking: log.path(of: log.own), patience: Index.patience)
        // Looking at a store leaves no empty log. Who waits for the lock finds the file gone, and opens it again.
        defer { if file.size == 0 { try? FileSystem.remove(file.path) } }
        return try body(&file)
    }

    /// Applies the events that the index lacks, and records the numbers that this store decides.
    func bringUpToDate(_ db: Database, _ file: inout AppendOnlyFile) throws {
        let own = FileSystem.name(of: file.path)
        // The process that appended the rest may have died before it was on the disk.
        if file.size > (try CatchUp.applied(own, db)) ?? 0 { try file.flush() }
        let decided = try CatchUp(db: db, log: log, own: own).run()
        try cutIncompleteLine(&file, db)
        try append(decided, to: &file, db, .durable, isApplied: true)
    }

    /// Removes the beginning of a line that a dying process left at the end of the own log.
    private func cutIncompleteLine(_ file: inout AppendOnlyFile, _ db: Database) throws {
        let own = FileSystem.name(of: file.path)
        guard let complete = try CatchUp.applied(own, db), complete < file.size else { return }
        file.cut(to: complete)
        try CatchUp.setSize(of: own, file.size, db)
        try db.execute(sql: "UPDATE log SET size = applied WHERE name = ?", arguments: [own])
    }

    /// Appends events to the log and applies them to the index, unless they are applied already.
    func append(
        _ events: [Event], to file: inout AppendOnlyFile, _ db: Database, _ durability: Durability,
        isApplied: Bool = false
    ) throws {
        if events.isEmpty { return }
        let own = FileSystem.name(of: file.path)
        var tip = try LogTip(db, own: own)
        var (all, text) = (events, "")
        let isNew = tip.seq == 0
        if isNew { all.insert(.opening(own), at: 0) }
        for i in all.indices {
            tip.stamp(&all[i])
            text += all[i].line() + "\n"
            guard text.utf8.count <= (i + 1) * Event.lengthLimit else {
                throw CellarError(.badData, "the change is too long for the log.", file: file.path)
            }
            tip.hash = all[i].hash
        }
        try file.append(Array(text.utf8), durably: durability == .durable)
        if isNew, durability == .durable { FileSystem.flushFolder(log.path) }
        onAppend()
        if !isApplied {
            let projection = Projection(db: db, own: own)
            for event in all {
                do { try projection.apply(event, of: own) } catch let problem as LogProblem {
                    throw CellarError(.badData, problem.description, file: file.path)
                }
            }
        }
        try tip.save(all.count, size: file.size, db)
        try CatchUp.setSize(of: own, file.size, db)
    }
}

extension Event {
    /// The first event of a log.
    static func opening(_ log: String) -> Event {
        Event(kind: "opened", content: ["format": 1, "log": .string(log)])
    }
}

/// The end of this copy's log.
struct LogTip {
    let name: String
    var seq = 0
    var clock: Int
    var hash = Event.none

    init(_ db: Database, own: String) throws {
        name = own
        clock = try CatchUp.clock(db)
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT seq, hash FROM log WHERE name = ?"), arguments: [own])
        if let row { (seq, hash) = try (row.value(0), row.value(1)) }
    }

    init(name: String) { (self.name, clock) = (name, 0) }

    /// Gives an event its position, clock and author, unless it has them.
    mutating func stamp(_ event: inout Event) {
        seq += 1
        let now = Timestamp.milliseconds()
        clock = max(clock + 1, event.clock > 0 ? min(event.clock, now) : now)
        (event.seq, event.clock, event.previous) = (seq, clock, hash)
        if event.time.isEmpty { event.time = Timestamp.now() }
        if event.who.isEmpty { (event.who, event.command) = (Author.who, Author.command) }
    }

    func save(_ count: Int, size: Int, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO log (name, size, applied, lines, seq, clock, hash) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (name) DO UPDATE SET size = ?2, applied = ?2, lines = lines + ?3, seq = ?4, clock = ?5,
                    hash = ?6
                """
        ).execute(arguments: [name, size, count, seq, clock, hash])
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO note (key, value) VALUES ('clock', ?)")
            .execute(arguments: ["\(clock)"])
    }
}
