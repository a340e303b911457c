import Base
import Foundation
import GRDB

/// The file `models/aliases.json` with every move of every alias, and the tags, which are not in the model files. It is
/// rewritten with every change, in the same transaction, as text that people can read and git can merge:
///
/// ```
/// { "aliases": { "mnist": { "best": [ {"version": 2, "sha256": "…", "time": "…", "reason": "…"} ] } },
///   "tags": { "mnist:2": {"sha256": "…", "tags": {"owner": "ann"}} } }
/// ```
///
/// An alias points to the target of its last move; `"version": null` removes it, `"rollback": true` undoes the move
/// before.
struct Sidecar {
    struct Tags { var model: String, number: Int, sha256: String, tags: [(key: String, value: String)] }

    var moves: [AliasMove] = []
    var tags: [Tags] = []
    /// SHA-256 of the file's text.
    private(set) var digest: String?

    static func path(in root: String) -> String { root + "/aliases.json" }

    init(_ db: Database) throws {
        moves = try AliasMove.fetch(db)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT v.model, v.number, v.sha256, t.key, t.value FROM tag t JOIN version v ON v.id = t.version
                ORDER BY v.model, v.number, t.key
                """)
        for row in rows {
            let (model, number): (String, Int) = (row[0], row[1])
            if tags.last?.model != model || tags.last?.number != number {
                tags.append(Tags(model: model, number: number, sha256: row[2], tags: []))
            }
            tags[tags.count - 1].tags.append((row[3], row[4]))
        }
    }

    /// Reads the file; nil if it does not exist.
    init?(readingFrom root: String) throws(CellarError) {
        let path = Self.path(in: root)
        guard FileSystem.size(ofFile: path) != nil else { return nil }
        let bytes = try readFile(path, limit: Int.max - 1)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CellarError(.badData, "expected UTF-8 text.", file: path)
        }
        do { try self.init(json: JSON(parsing: text)) } catch {
            throw CellarError(
                .badData,
                "\(error)", file: path,
                remedy: "Correct it, or move it away and run `registry rebuild`.")
        }
        digest = sha256(of: text)
    }

    private init(json: JSON) throws(JSONError) {
        for (model, aliases) in json["aliases"]?.object?.members ?? [] {
            for (alias, list) in aliases.object?.members ?? [] {
                for move in list.array ?? [] {
                    moves.append(
                        AliasMove(
                            model: model, alias: alias, number: move["version"]?.int,
                            sha256: move["sha256"]?.string,
                            time: move["time"]?.string ?? "", reason: move["reason"]?.string ?? "",
                            isRollback: move["rollback"]?.bool ?? false))
                }
            }
        }
        for (reference, entry) in json["tags"]?.object?.members ?? [] {
            guard let colon = reference.lastIndex(of: ":"), let sha256 = entry["sha256"]?.string,
                let number = Int(reference[reference.index(after: colon)...])
            else { continue }
            tags.append(
                Tags(
                    model: String(reference[..<colon]), number: number, sha256: sha256,
                    tags: (entry["tags"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }))
        }
    }

    /// The file's text, with one move per line so that git can merge changes.
    var text: String {
        func quoted(_ text: String) -> String { JSON.string(text).text() }
        func block(_ entries: [String], depth: Int) -> String {
            let space = String(repeating: "  ", count: depth)
            return entries.isEmpty
                ? "{}" : "{\n" + entries.map { space + "  " + $0 }.joined(separator: ",\n") + "\n\(space)}"
        }
        let models = Dictionary(grouping: moves, by: \.model).sorted { $0.key < $1.key }.map { model, moves in
            let aliases = Dictionary(grouping: moves, by: \.alias).sorted { $0.key < $1.key }.map {
                alias, moves in
                let lines = moves.map { "        " + $0.json.text() }.joined(separator: ",\n")
                return "\(quoted(alias)): [\n\(lines)\n      ]"
            }
            return "\(quoted(model)): \(block(aliases, depth: 2))"
        }
        let tagged = tags.map { entry in
            let tags = JSONObject(entry.tags.map { ($0.key, .string($0.value)) })
            let json: JSON = ["sha256": .string(entry.sha256), "tags": .object(tags)]
            return "\(quoted("\(entry.model):\(entry.number)")): \(json.text())"
        }
        return "{\n  \"aliases\": \(block(models, depth: 1)),\n  \"tags\": \(block(tagged, depth: 1))\n}\n"
    }

    // MARK: Transfer from and to the index

    private static let note = "aliases.json"

    /// Writes moves and tags into an index that has none. Tags are assigned by SHA-256, not by number.
    func restore(in db: Database) throws {
        for move in moves { try located(move, db).insert(db) }
        for (model, alias) in Set(moves.map { [$0.model, $0.alias] }).sorted(by: {
            $0.lexicographicallyPrecedes($1)
        })
        .map({ ($0[0], $0[1]) }) {
            try AliasMove.settle(db, model: model, alias: alias)
        }
        for entry in tags {
            guard
                let version = try ModelVersion.fetchOne(
                    db, where: "WHERE v.sha256 = ? ORDER BY v.model = ? AND v.number = ? DESC",
                    [entry.sha256, entry.model, entry.number])
            else { continue }
            for (key, value) in entry.tags {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO tag (version, key, value) VALUES (?, ?, ?)",
                    arguments: [version.id, key, value])
            }
        }
        try remember(digest, db)
    }

    /// Returns the move with the number that the file with its SHA-256 has in this store.
    private func located(_ move: AliasMove, _ db: Database) throws -> AliasMove {
        let number = try Int.fetchOne(
            db, sql: "SELECT number FROM version WHERE model = ? AND sha256 = ? ORDER BY number = ? DESC",
            arguments: [move.model, move.sha256, move.number])
        guard let number else { return move }
        return AliasMove(
            model: move.model, alias: move.alias, number: number, sha256: move.sha256, time: move.time,
            reason: move.reason, isRollback: move.isRollback)
    }

    /// Writes the index's moves and tags to `aliases.json` at the end of a transaction.
    static func save(_ db: Database, in root: String) throws {
        let sidecar = try Sidecar(db)
        if sidecar.moves.isEmpty && sidecar.tags.isEmpty && FileSystem.size(ofFile: path(in: root)) == nil {
            return
        }
        let text = sidecar.text
        try sidecar.remember(sha256(of: text), db)
        try writeFile(path(in: root), Array(text.utf8))
    }

    private func remember(_ digest: String?, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)",
            arguments: [Self.note, digest ?? ""])
    }

    /// Returns true if another program, such as git or an editor, changed `aliases.json`.
    static func isForeign(_ db: Database, in root: String) throws -> Bool {
        guard let found = try Sidecar(readingFrom: root)?.digest else { return false }
        return try String.fetchOne(db, sql: "SELECT value FROM note WHERE key = ?", arguments: [note]) ?? ""
            != found
    }

    /// Throws if another program changed the file, so that its changes are not overwritten.
    static func checkOwn(_ db: Database, in root: String) throws {
        guard try isForeign(db, in: root) else { return }
        throw CellarError(
            .badData,
            "the file was changed outside `registry`, for example by `git pull`.", file: path(in: root),
            remedy: "Run `registry rebuild` to accept the change, then try again.")
    }
}
