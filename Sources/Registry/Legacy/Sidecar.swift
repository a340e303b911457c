import Base

/// The file `aliases.json` of a store without logs: every move of every alias, and the tags.
///
/// ```
/// { "aliases": { "mnist": { "best": [ {"version": 2, "sha256": "…", "time": "…", "reason": "…"} ] } },
///   "tags": { "mnist:2": {"sha256": "…", "tags": {"owner": "ann"}} } }
/// ```
struct Sidecar {
    struct Move {
        var model, alias: String
        /// Nil where the alias was taken away.
        var number: Int?
        var sha256: String?
        var time, reason: String
        var isRollback: Bool
    }
    struct Tags {
        var model: String
        var number: Int
        var sha256: String
        var tags: [(key: String, value: String)]
    }

    var moves: [Move] = []
    var tags: [Tags] = []

    static func path(in root: String) -> String { root + "/aliases.json" }

    init() {}

    /// Reads the file; nil if it does not exist.
    init?(readingFrom root: String) throws(CellarError) {
        let path = Self.path(in: root)
        guard FileSystem.size(ofFile: path) != nil else { return nil }
        let bytes = try readFile(path, limit: 1 << 30)
        do { try self.init(json: JSON(parsing: bytes)) } catch {
            throw CellarError(
                .badData, "\(error)", file: path, remedy: "Correct it, or move it away.")
        }
    }

    private init(json: JSON) throws(JSONError) {
        for (model, aliases) in json["aliases"]?.object?.members ?? [] {
            for (alias, list) in aliases.object?.members ?? [] {
                for move in list.array ?? [] {
                    moves.append(
                        Move(
                            model: model, alias: alias, number: move["version"]?.int,
                            sha256: move["sha256"]?.string, time: move["time"]?.string ?? "",
                            reason: move["reason"]?.string ?? "", isRollback: move["rollback"]?.bool ?? false)
                    )
                }
            }
        }
        for (reference, entry) in json["tags"]?.object?.members ?? [] {
            guard let (model, number) = VersionKey.parts(reference), let sha256 = entry["sha256"]?.string
            else { continue }
            tags.append(
                Tags(
                    model: model, number: number, sha256: sha256,
                    tags: (entry["tags"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }))
        }
    }
}
