import Base
import GRDB

/// Brings the index up to date with the logs, within a transaction.
struct CatchUp {
    let db: Database
    let log: LogFolder
    let own: String
    /// Events after this time (ISO 8601) are left out; nil takes all.
    var until: String?
    /// The logs to read; nil for all as they are now.
    var files: [LogFolder.File]?

    /// Applies what the logs have more than the index. Returns events that the caller must append to its log: numbers that
    /// were decided here.
    func run() throws -> [Event] {
        let files = try files ?? log.files()
        if try Self.state(db) == files.text { return [] }
        let starts = try known()
        for (name, start) in starts {
            guard let file = files.first(where: { $0.name == name }), file.size >= start.applied else {
                try note(
                    name, line: 0,
                    "events were dropped: the log had \(start.seq) events and \(start.applied) bytes, and is shorter now"
                )
                return try replay(files, from: [:])
            }
        }
        return try replay(files, from: starts)
    }

    private func replay(_ files: [LogFolder.File], from starts: [String: LogCursor.Start]) throws -> [Event] {
        let cursors = try LogCursors(files, in: log, from: starts)
        let last =
            starts.isEmpty ? 0 : try Int64.fetchOne(db, sql: "SELECT max(id) FROM version") ?? 0
        if !starts.isEmpty {
            let last = try Self.clock(db)
            let first = cursors.first?.cursor.next?.clock ?? .max
            // Events of other logs may belong before events that are applied already.
            if first <= last || cursors.boxes.contains(where: { !$0.cursor.isContinuous }) {
                for box in cursors.boxes where !box.cursor.isContinuous && starts[box.cursor.name] != nil {
                    try note(
                        box.cursor.name, line: 0,
                        "the log was rewritten: event \(box.cursor.seq + 1) does not follow event \(box.cursor.seq) that was read before"
                    )
                }
                return try replay(files, from: [:])
            }
            try apply(cursors)
        } else {
            try Memory.keep(db)
            try db.execute(sql: Schema.withoutLateIndexes)
            for table in Schema.tables { try db.execute(sql: "DELETE FROM \(table)") }
            // Line 0 is about a log as a whole, which the log does not tell any more.
            try db.execute(
                sql:
                    "DELETE FROM problem WHERE line > 0; DELETE FROM note WHERE key NOT IN ('origin', 'schema')"
            )
            try apply(cursors)
        }
        let decided = try Numbers(db: db, own: own, root: log.root).settle(
            changed: starts.isEmpty ? Memory.changedPlaces(db) : [], after: last)
        if starts.isEmpty {
            try Memory.restore(db)
            try db.execute(sql: Schema.lateIndexes)
        }
        for (box, file) in zip(cursors.boxes, files) { try save(box.cursor, size: file.size) }
        try Self.setState(files.text, db)
        return decided
    }

    /// Applies the events of all logs in the order of their clocks.
    private func apply(_ cursors: LogCursors) throws {
        let projection = Projection(db: db, own: own)
        var last = try Self.clock(db)
        while let box = cursors.first, let event = box.cursor.next {
            do {
                if !box.cursor.isContinuous {
                    box.cursor.note(
                        "event \(event.seq) does not follow event \(box.cursor.seq): events are missing, or were moved"
                    )
                }
                guard event.clock <= Event.clockLimit || event.clock <= last + 1_024 else {
                    box.cursor.refuse()
                    throw LogProblem("event \(event.seq) has a clock beyond all dates")
                }
                if until.map({ event.time <= $0 }) ?? true {
                    try projection.apply(event, of: box.cursor.name)
                }
                last = max(last, event.clock)
            } catch let problem as LogProblem {
                box.cursor.note(problem.description)
            }
            try box.cursor.advance()
            for (line, message) in box.cursor.takeProblems() {
                try note(box.cursor.name, line: line, message)
            }
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO note (key, value) VALUES ('clock', ?)", arguments: ["\(last)"])
        for box in cursors.boxes {
            for (line, message) in box.cursor.takeProblems() {
                try note(box.cursor.name, line: line, message)
            }
        }
    }

    private func known() throws -> [String: LogCursor.Start] {
        var starts: [String: LogCursor.Start] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT name, applied, lines, seq, clock, hash FROM log") {
            var start = LogCursor.Start()
            (start.applied, start.lines, start.seq) = try (row.value(1), row.value(2), row.value(3))
            (start.clock, start.hash) = try (row.value(4), row.value(5))
            try starts[row.value(0)] = start
        }
        return starts
    }

    private func save(_ cursor: borrowing LogCursor, size: Int) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO log (name, size, applied, lines, seq, clock, hash) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            cursor.name, size, cursor.applied, cursor.lines, cursor.seq, cursor.clock, cursor.hash,
        ])
    }

    private func note(_ log: String, line: Int, _ message: String) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO problem (log, line, message) VALUES (?, ?, ?)"
        ).execute(arguments: [log, line, message])
    }

    // MARK: Values of the index

    /// The sizes of the logs that the index was made from; see `LogFolder.File`.
    static func state(_ db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM note WHERE key = 'logs'"))
    }

    static func setState(_ text: String, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO note (key, value) VALUES ('logs', ?)")
            .execute(arguments: [text])
    }

    /// Sets the size of one log in the state. What another program added to other logs is not applied yet, and must be seen.
    static func setSize(of log: String, _ size: Int, _ db: Database) throws {
        var lines = (try state(db) ?? "").split(separator: "\n").filter { !$0.hasPrefix(log + " ") }
        if size > 0 { lines.append("\(log) \(size)") }
        try setState(lines.sorted().map { $0 + "\n" }.joined(), db)
    }

    /// The bytes of a log that are applied; nil for a log that is not known.
    static func applied(_ log: String, _ db: Database) throws -> Int? {
        let statement = try db.cachedStatement(sql: "SELECT applied FROM log WHERE name = ?")
        return try Int.fetchOne(statement, arguments: [log])
    }

    /// The clock of the last event.
    static func clock(_ db: Database) throws -> Int {
        let statement = try db.cachedStatement(sql: "SELECT value FROM note WHERE key = 'clock'")
        return try String.fetchOne(statement).flatMap(Int.init) ?? 0
    }
}
