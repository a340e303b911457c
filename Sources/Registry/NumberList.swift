import Foundation
import GRDB
import Base

/// The file `models/versions.jsonl`: one line for every version number, in the order of assignment.
///
/// Model files do not contain their numbers, since a file never changes once it is registered. This list is committed
/// with them; it keeps `mnist:12` the same model in every clone and after every rebuild, and prevents the reuse of the
/// numbers of deleted versions. It is append-only. If two lines have the same number, the later one is used.
/// Unreadable lines are skipped.
struct NumberList {
    struct Entry: Equatable {
        var model: String
        var number: Int
        var sha256: String
        /// The path at registration, relative to the store's folder.
        var file: String
        /// The path of the imported file, as the user gave it.
        var importedFrom: String?
    }

    private(set) var entries: [Entry] = []

    static func path(in folder: String) -> String { folder + "/versions.jsonl" }

    init(readingFrom folder: String) {
        guard let text = try? String(contentsOfFile: Self.path(in: folder), encoding: .utf8) else { return }
        // Split bytes, not characters: characters take seconds for 100,000 versions.
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            if let json = try? JSON(parsing: Array(line)), let entry = Entry(json: json) { add(entry) }
        }
    }

    init(_ entries: [Entry]) { for entry in entries { add(entry) } }

    private var positions: [String: Int] = [:]

    /// Adds an entry; replaces an earlier one with the same number.
    mutating func add(_ entry: Entry) {
        let key = "\(entry.model):\(entry.number)"
        if let position = positions[key] {
            entries[position] = entry
        } else {
            positions[key] = entries.count
            entries.append(entry)
        }
    }

    /// Returns the index's versions whose number and SHA-256 are not in the list in `root`.
    static func missing(_ db: Database, in root: String) throws -> [Entry] {
        let listed = Set(
            NumberList(readingFrom: root).entries.map { "\($0.model):\($0.number) \($0.sha256)" })
        return try fetch(db).filter { !listed.contains("\($0.model):\($0.number) \($0.sha256)") }
    }

    /// Appends the missing lines.
    static func complete(_ db: Database, in root: String) throws {
        for entry in try missing(db, in: root) { try append(entry, in: root) }
    }

    /// Returns an entry for every version in the index.
    static func fetch(_ db: Database) throws -> [Entry] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT v.model, v.number, v.sha256, v.file,
                    (SELECT reference FROM parent p WHERE p.version = v.id AND p.sha256 = v.sha256
                     AND p.kind = 'imported-from')
                FROM version v ORDER BY v.id
                """
        ).map { Entry(model: $0[0], number: $0[1], sha256: $0[2], file: $0[3], importedFrom: $0[4]) }
    }

    static func append(_ entry: Entry, in folder: String) throws(CellarError) {
        try FileSystem.append(entry.json.text(), to: path(in: folder))
    }
}

extension NumberList.Entry {
    var json: JSON {
        var object: JSONObject = [
            "version": .string("\(model):\(number)"), "sha256": .string(sha256), "file": .string(file),
        ]
        object["imported_from"] = importedFrom.map { .string($0) }
        return .object(object)
    }

    init?(json: JSON) {
        guard let version = json["version"]?.string, let sha256 = json["sha256"]?.string,
            let colon = version.lastIndex(of: ":"), let number = Int(version[version.index(after: colon)...]),
            number > 0, (try? Names.checkModel(String(version[..<colon]))) != nil
        else { return nil }
        self.init(
            model: String(version[..<colon]), number: number, sha256: sha256,
            file: json["file"]?.string ?? "", importedFrom: json["imported_from"]?.string)
    }
}
