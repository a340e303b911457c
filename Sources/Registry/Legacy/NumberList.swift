import Base

/// The file `versions.jsonl` of a store without logs: one line for every version number, in the order of assignment. If two
/// lines have the same number, the later one is used. Unreadable lines are skipped.
struct NumberList {
    struct Entry: Equatable {
        var key: VersionKey
        /// The path at registration, relative to the store's folder.
        var file: String
        /// The path of the imported file, as the user gave it.
        var importedFrom: String?
    }

    private(set) var entries: [Entry] = []
    private var positions: [String: Int] = [:]

    static func path(in folder: String) -> String { folder + "/versions.jsonl" }

    /// Reads the file; empty if there is none.
    init(readingFrom folder: String) throws(CellarError) {
        let path = Self.path(in: folder)
        guard FileSystem.size(ofFile: path) != nil else { return }
        for line in try readFile(path, limit: 1 << 30).split(separator: UInt8(ascii: "\n"))
        where line.count <= Event.lengthLimit {
            if let json = try? JSON(parsing: Array(line)), let entry = Entry(json: json) { add(entry) }
        }
    }

    /// Adds an entry; replaces an earlier one with the same number.
    mutating func add(_ entry: Entry) {
        let name = "\(entry.key.model):\(entry.key.number)"
        if let position = positions[name] {
            entries[position] = entry
        } else {
            positions[name] = entries.count
            entries.append(entry)
        }
    }
}

extension NumberList.Entry {
    init?(json: JSON) {
        guard let (model, number) = VersionKey.parts(json["version"]?.string),
            let sha256 = json["sha256"]?.string, Event.isDigest(sha256)
        else { return nil }
        self.init(
            key: VersionKey(model: model, number: number, sha256: sha256),
            file: json["file"]?.string ?? "", importedFrom: json["imported_from"]?.string)
    }
}
