import Base
import GRDB

/// Applies events to the index, in the order of the logs.
struct Projection {
    let db: Database
    /// The log that this copy of the store writes to: its numbers are never changed by events of others.
    let own: String

    /// Applies one event. Throws `LogProblem` if it cannot be used; nothing was changed then.
    func apply(_ event: Event, of log: String) throws {
        switch event.kind {
        case "opened", "merged": break
        case "reserved": try reserve(event)
        case "registered": try register(event, of: log)
        case "renamed": try rename(event, of: log)
        case "adopted": try adopt(event, of: log)
        case "moved": try move(event, of: log)
        case "protected": try protect(event)
        case "policy": try setPolicy(event)
        case "signed": _ = try id(of: event, in: log)
        case "tagged": try tag(event, of: log)
        case "deleted": try change(event, of: log, from: .kept, to: .deleted)
        // Another copy may have collected it; the one that restored it had the file.
        case "restored": try change(event, of: log, from: nil, to: .kept)
        case "collected": try change(event, of: log, from: .deleted, to: .purged)
        case "evaluated": try evaluate(event, of: log)
        default:
            throw LogProblem(
                "event \(event.seq) is \"\(event.kind.prefix(40))\", which this version of Cellar does not know"
            )
        }
    }

    /// Records numbers that were given once, to models whose versions are gone.
    private func reserve(_ event: Event) throws {
        let numbers = try (event["numbers"]?.object?.members ?? []).map { model, number in
            guard (try? Names.checkModel(model)) != nil, let number = number.int,
                (1...Limits.number).contains(number)
            else { throw event.problem("numbers of models") }
            return (model, number)
        }
        for (model, number) in numbers { try reserve(number, of: model) }
    }

    /// Applies events that are in no log yet.
    func apply(_ events: [Event]) throws {
        for event in events { try apply(event, of: own) }
    }

    private func change(
        _ event: Event, of log: String, from old: ModelVersion.State?, to new: ModelVersion.State
    ) throws {
        guard let list = event["versions"]?.array, !list.isEmpty else { throw event.problem("versions") }
        // One text of SQL for each event, not one statement for each of its versions.
        let ids = try list.map { try id(of: VersionKey(json: $0, event), event, in: log) }
        let update = try db.cachedStatement(
            sql: "UPDATE version SET state = ?1, deleted = ?2 WHERE id = ?3 AND state = coalesce(?4, state)")
        for id in ids {
            // Another copy of the store promoted it at the same time.
            if new == .deleted, try isTarget(id) { continue }
            try update.execute(arguments: [
                new.rawValue, new == .kept ? nil : event.time, id, old?.rawValue,
            ])
        }
    }

    /// Whether an alias points to the version.
    private func isTarget(_ id: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM version v JOIN alias a ON a.model = v.model JOIN alias_move m ON m.id = a.move
                    WHERE v.id = ? AND m.version = v.id)
                """)
        return try Bool.fetchOne(statement, arguments: [id]) ?? false
    }

    private func tag(_ event: Event, of log: String) throws {
        let id = try id(of: event, in: log)
        let set = try (event["set"]?.object?.members ?? []).map { key, value in
            // Earlier versions of Cellar wrote tags of old stores as they were.
            let isOld = event.command == Event.migration
            let key = isOld ? Names.plain(from: key) : key
            guard let value = value.string.map({ isOld ? Limits.cut($0, to: Limits.text) : $0 }),
                (try? Names.checkTag(key)) != nil, Limits.isText(value)
            else { throw event.problem("tags within the limits") }
            return (key, value)
        }
        for (key, value) in set {
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO tag (version, key, value) VALUES (?, ?, ?)"
            ).execute(arguments: [id, key, value])
        }
        for key in (event["remove"]?.array ?? []).compactMap(\.string) {
            try db.cachedStatement(sql: "DELETE FROM tag WHERE version = ? AND key = ?")
                .execute(arguments: [id, key])
        }
    }

    private func evaluate(_ event: Event, of log: String) throws {
        let id = try id(of: event, in: log)
        guard let data = event["data"]?.string, Limits.isText(data), let metrics = event["metrics"] else {
            throw event.problem("data and metrics")
        }
        try db.execute(
            sql: "INSERT INTO evaluation (version, time, data, sha256, json) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                id, event.time, data, Limits.cut(event["data_sha256"]?.string ?? "", to: Limits.name),
                metrics.text(),
            ])
    }

    /// The row of the version that an event is about.
    func id(of event: Event, in log: String) throws -> Int64 {
        try id(of: VersionKey(json: .object(event.content), event), event, in: log)
    }

    /// The row of a version; throws if no event registered it.
    func id(of key: VersionKey, _ event: Event, in log: String) throws -> Int64 {
        guard let id = try key.id(db, in: log) else {
            throw LogProblem(
                "event \(event.seq) is about \(key.model):\(key.number), which no event registered")
        }
        return id
    }
}

/// How events name a version: by its model, the number in the event that registered it, and its SHA-256. The number shown in
/// this store differs where two stores gave the same one.
struct VersionKey: Hashable {
    /// The model, as the event's writer calls it.
    var model: String
    var number: Int
    var sha256: String
    /// The model in the event that registered the version, if it is another one: no other copy's renaming changes it. Events of
    /// older versions of Cellar lack it.
    var first: String?

    /// The row of the version: that of the event that registered it so, or else of one that was ever called so.
    ///
    /// - Parameter log: The log of the event that names it; the names that it gave come first.
    func id(_ db: Database, in log: String = "") throws -> Int64? {
        if let id = try registered(db) { return id }
        let called = try db.cachedStatement(
            sql: """
                SELECT v.id FROM version v CROSS JOIN called c ON c.version = v.id AND c.model = ?
                WHERE v.sha256 = ? AND v.claimed = ? ORDER BY c.log <> ?, v.id LIMIT 1
                """)
        return try Int64.fetchOne(called, arguments: [model, sha256, number, log])
    }

    /// The row of the version whose registration has this key.
    func registered(_ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM version WHERE claimed_model = ? AND claimed = ? AND sha256 = ?")
        return try Int64.fetchOne(statement, arguments: [first ?? model, number, sha256])
    }

    /// Reads the members `version` and `sha256`.
    init(json: JSON, _ event: Event) throws(LogProblem) {
        guard let (model, number) = Self.parts(json["version"]?.string), let sha256 = json["sha256"]?.string,
            Event.isDigest(sha256)
        else { throw event.problem("a version and its sha256") }
        self.init(model: model, number: number, sha256: sha256, first: json["first"]?.string)
    }

    /// Reads the columns `model`, `claimed`, `sha256` and `claimed_model`.
    init(_ row: Row) throws {
        try self.init(model: row.value(0), number: row.value(1), sha256: row.value(2), first: row.value(3))
    }

    init(model: String, number: Int, sha256: String, first: String? = nil) {
        (self.model, self.number, self.sha256) = (model, number, sha256)
        self.first = first == model ? nil : first
    }

    /// The key of a version in the index.
    init(id: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT model, claimed, sha256, claimed_model FROM version WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw CellarError(.inputOutput, "the version is no longer in the index.", remedy: "Try again.")
        }
        try self.init(row)
    }

    /// The members for an event.
    var members: JSONObject {
        var members: JSONObject = ["version": .string("\(model):\(number)"), "sha256": .string(sha256)]
        members["first"] = first.map { .string($0) }
        return members
    }

    /// The parts of `mnist:12`, if they are a name and a number within the limits.
    static func parts(_ text: String?) -> (model: String, number: Int)? {
        guard let text, let colon = text.lastIndex(of: ":"),
            let number = Int(text[text.index(after: colon)...]), (1...Limits.number).contains(number)
        else { return nil }
        let model = String(text[..<colon])
        return (try? Names.checkModel(model)) == nil ? nil : (model, number)
    }
}

extension Event {
    func problem(_ expected: String) -> LogProblem {
        LogProblem("event \(seq) (\(kind.prefix(40))) is incomplete: expected \(expected)")
    }
}

/// Limits on what a log may say.
enum Limits {
    /// The highest number of a version.
    static let number = 1 << 40
    /// Bytes of a reason, a tag or a path.
    static let text = 4_096

    static func isText(_ text: String) -> Bool { text.utf8.count <= Self.text }

    /// Whether `path` stays in the store's folder, as far as its text tells: relative, without `..`, a model file.
    static func isFile(_ path: String) -> Bool {
        guard (1...1_024).contains(path.utf8.count), !path.hasPrefix("/"), Names.isFileName(path) else {
            return false
        }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }
}
