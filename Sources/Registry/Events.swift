import Base
import GRDB

/// An event of the log, for people and programs.
public struct LoggedEvent: Equatable, Sendable {
    /// ISO 8601, UTC.
    public let time: String
    /// `registered`, `moved`, `tagged`, `deleted` …
    public let kind: String
    /// The user and the computer, as `ann@host`.
    public let who: String
    public let command: String
    /// All members of the event, but for the facts.
    public let json: JSON

    init(_ event: Event, of log: String) {
        (time, kind, who, command) = (event.time, event.kind, event.who, event.command)
        var object = event.content
        object["facts"] = nil
        object["log"] = .string(log)
        json = .object(object)
    }

    /// A move, with the version's number in this store.
    init(_ move: AliasMove) {
        (time, kind, who, command) = (move.time, "moved", move.who, move.command)
        var object: JSONObject = [
            "time": .string(move.time), "event": "moved", "who": .string(move.who),
            "command": .string(move.command),
            "model": .string(move.model), "alias": .string(move.alias), "reason": .string(move.reason),
        ]
        object["version"] = move.target.map { .string($0) }
        object["sha256"] = move.sha256.map { .string($0) }
        object["evidence"] = move.evidence
        if move.isRollback { object["rollback"] = true }
        json = .object(object)
    }

    /// What happened, in a few words: `mnist@best → mnist:3`.
    public var summary: String {
        func text(_ key: String) -> String { json[key]?.string ?? "" }
        let versions = (json["versions"]?.array ?? []).compactMap { $0["version"]?.string }
        let reason = json["reason"]?.string.map { ": \($0)" } ?? ""
        return switch kind {
        case "registered": "\(text("version")) registered as \(text("file"))"
        case "moved" where json["version"]?.string == nil:
            "\(text("model"))@\(text("alias")) taken away\(reason)"
        case "moved":
            "\(text("model"))@\(text("alias")) \(json["rollback"]?.bool == true ? "rolled back" : "moved") to \(text("version"))\(reason)"
        case "protected":
            "\(text("model"))@\(text("alias")) \(json["protected"]?.bool == true ? "protected" : "no longer protected")\(reason)"
        case "policy":
            json["public_key"]?.string == nil
                ? "\(text("model"))@\(text("alias")) requires no signature any more\(reason)"
                : "\(text("model"))@\(text("alias")) requires a signature\(reason)"
        case "signed": "\(text("version")) signed with key \(text("public_key_sha256").prefix(12))"
        case "tagged":
            "\(text("version")) tagged "
                + ((json["set"]?.object?.members ?? []).map { "\($0.key)=\($0.value.string ?? "")" }
                + (json["remove"]?.array ?? []).compactMap { $0.string.map { "-\($0)" } }).joined(
                    separator: " ")
        case "deleted", "restored", "collected": "\(shortList(versions)) \(kind)\(reason)"
        case "evaluated": "\(text("version")) evaluated on \(text("data"))"
        case "adopted":
            "\(text("version")) is "
                + [json["number"]?.int.map { "number \($0)" }, json["file"]?.string].compactMap { $0 }
                .joined(separator: " and ") + " here"
        case "renamed": "\(text("model")) renamed to \(text("to"))"
        case "merged": "merged \(json["events"]?.int ?? 0) events from \(text("from"))"
        case "opened": "the log was begun"
        default: kind
        }
    }

    /// Whether the event is about a version.
    ///
    /// - Parameters:
    ///   - key: The key of the version's registration.
    ///   - names: The names of its model.
    func isAbout(_ key: VersionKey, _ names: Set<String>) -> Bool {
        func matches(_ json: JSON) -> Bool {
            guard json["sha256"]?.string == key.sha256,
                let (model, number) = VersionKey.parts(json["version"]?.string), number == key.number
            else { return false }
            return json["first"]?.string.map { $0 == key.model } ?? names.contains(model)
        }
        return matches(json) || (json["versions"]?.array ?? []).contains(where: matches)
    }
}

extension ModelStore {
    /// Calls `body` with the events of all logs, oldest first.
    ///
    /// - Parameter since: Leaves out events before this time (ISO 8601, or the beginning of one).
    public func forEachEvent(since: String? = nil, _ body: (LoggedEvent) throws -> Void) throws {
        let since = try since.map { try FilterTime(named: $0).start }
        _ = try index()
        let cursors = try LogCursors(try log.files(), in: log)
        while let box = cursors.first, let event = box.cursor.next {
            if since.map({ event.time >= $0 }) ?? true { try body(LoggedEvent(event, of: box.cursor.name)) }
            try box.cursor.advance()
        }
    }

    /// Returns the moves of an alias, oldest first.
    public func events(ofAlias alias: String, of model: String) throws(CellarError) -> [LoggedEvent] {
        try moves(model: model, alias: alias).map(LoggedEvent.init)
    }

    /// Returns the version of a reference, also a deleted one.
    public func versionOfAnyState(_ reference: String) throws(CellarError) -> ModelVersion {
        if case .number(let model, let number) = try Reference(reference),
            let found = try read(
                "look up \(reference)",
                {
                    try ModelVersion.fetchOne($0, VersionQuery(number: number, of: model))
                })
        {
            return found
        }
        return try version(reference)
    }

    /// Returns the events about a version, oldest first.
    public func events(about version: ModelVersion) throws -> [LoggedEvent] {
        var found: [LoggedEvent] = []
        var key = version.key
        key.model = key.first ?? key.model
        let called = try read("read the names of \(version.model)") { db in
            try String.fetchAll(
                db, sql: "SELECT model FROM called WHERE version = ?", arguments: [version.id(db)])
        }
        let names = Set(called + [key.model])
        try forEachEvent { event in if event.isAbout(key, names) { found.append(event) } }
        return found
    }
}
