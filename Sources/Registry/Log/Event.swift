import Base

/// One line of a log: what happened to the store, when, by whom, and why.
///
/// Each line is a JSON object that ends in the SHA-256 of the line up to there, and contains that of the line before:
///
/// ```
/// {"seq": 2, "clock": 1796000000123, "time": "…", "event": "moved", "who": "ann@host", "command": "registry promote …",
///  "model": "mnist", "alias": "best", …, "prev": "<64 hex digits>", "hash": "<64 hex digits>"}
/// ```
///
/// A line that was edited does not have its own hash; after a line that was dropped or moved, `prev` differs.
struct Event: Sendable {
    /// The position in its log, from 1.
    var seq: Int
    /// Orders the events of all logs: milliseconds since 1970, but always more than every event that the writer knew.
    var clock: Int
    /// ISO 8601, UTC; for people. `clock` decides the order.
    var time: String
    var kind: String
    /// The user and the computer.
    var who: String
    /// The command line.
    var command: String
    /// The members that belong to the kind.
    var content: JSONObject
    /// The text of the facts in the line; nil for an event that is not in a log yet.
    var factsText: String?
    /// The hash of the line before; `Event.none` in the first line.
    var previous: String
    var hash: String

    static let none = String(repeating: "0", count: 64)
    /// No line is longer than this many bytes.
    static let lengthLimit = 1 << 20
    /// No clock is later, unless it follows another that is: so that no event stands after all that will ever come.
    static let clockLimit = 1 << 52
    /// The end of every line.
    private static func end(_ hash: String) -> String { ", \"hash\": \"\(hash)\"}" }

    subscript(key: String) -> JSON? { content[key] }

    private static let own = ["seq", "clock", "time", "event", "who", "command", "prev", "hash"]

    /// Makes the line, and sets `hash`.
    mutating func line() -> String {
        var object: JSONObject = [
            "seq": .integer(seq), "clock": .integer(clock), "time": .string(time), "event": .string(kind),
            "who": .string(who), "command": .string(command),
        ]
        for (key, value) in content.members where !Self.own.contains(key) { object[key] = value }
        object["prev"] = .string(previous)
        // Without the closing brace, to which the hash is appended.
        let text = String(JSON.object(object).text().dropLast())
        hash = sha256(of: text)
        return text + Self.end(hash)
    }

    init(kind: String, content: JSONObject) {
        (self.kind, self.content) = (kind, content)
        (seq, clock, time, who, command, previous, hash) = (0, 0, "", "", "", Self.none, "")
    }

    /// Reads a line; throws a sentence that says what is wrong with it.
    init(line: ArraySlice<UInt8>) throws(LogProblem) {
        guard line.count <= Self.lengthLimit else {
            throw LogProblem("the line is longer than \(Self.lengthLimit) bytes")
        }
        let json: JSON
        do { json = try JSON(parsing: Array(line), depthLimit: 32) } catch {
            throw LogProblem("the line is no JSON: \(error)")
        }
        guard let object = json.object, let hash = json["hash"]?.string, let previous = json["prev"]?.string,
            let seq = json["seq"]?.int, let clock = json["clock"]?.int, let kind = json["event"]?.string,
            seq > 0, clock > 0, Self.isDigest(hash), Self.isDigest(previous)
        else { throw LogProblem("expected an event with seq, clock, event, prev and hash") }
        let end = Self.end(hash).utf8
        guard line.suffix(end.count).elementsEqual(end), Self.digest(line.dropLast(end.count)) == hash else {
            throw LogProblem("event \(seq) was edited: its SHA-256 is not the one that it gives")
        }
        (self.seq, self.clock, self.kind, self.previous, self.hash) = (seq, clock, kind, previous, hash)
        time = Limits.cut(json["time"]?.string ?? "", to: 40)
        who = Limits.cut(json["who"]?.string ?? "", to: Limits.text)
        command = Limits.cut(json["command"]?.string ?? "", to: Limits.text)
        content = object
        factsText = kind == "registered" ? Self.factsText(in: line) : nil
    }

    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    static func digest(_ bytes: ArraySlice<UInt8>) -> String {
        var hash = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
        return hash.finish()
    }
}

/// What is wrong with a line of a log.
struct LogProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
