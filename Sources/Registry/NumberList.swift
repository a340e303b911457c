import Foundation
import JSONText

/// `models/versions.jsonl`: every number that was ever given, one line each, in the order of giving.
///
/// The model files cannot tell their numbers, since a file never changes once it is registered. This list, which
/// lies beside them and is committed with them, keeps `mnist:12` the same model in every clone and after every
/// rebuild, and keeps numbers of deleted versions from being used again. It only grows, by one short line each time;
/// where two lines give one number, the later holds. Lines that cannot be read are passed over.
struct NumberList {
    struct Entry: Equatable {
        var model: String
        var number: Int
        var sha256: String
        /// Relative to the store's folder, as it lay when it was registered.
        var file: String
        /// The path that it was imported from, as the user gave it.
        var importedFrom: String?
    }

    private(set) var entries: [Entry] = []

    static func path(in folder: String) -> String { folder + "/versions.jsonl" }

    init(readingFrom folder: String) {
        guard let text = try? String(contentsOfFile: Self.path(in: folder), encoding: .utf8) else { return }
        for line in text.split(separator: "\n") {
            if let json = try? JSON(parsing: String(line)), let entry = Entry(json: json) { add(entry) }
        }
    }

    init(_ entries: [Entry]) { for entry in entries { add(entry) } }

    private var positions: [String: Int] = [:]

    /// Adds an entry, in the place of an earlier one of that number.
    mutating func add(_ entry: Entry) {
        let key = "\(entry.model):\(entry.number)"
        if let position = positions[key] {
            entries[position] = entry
        } else {
            positions[key] = entries.count
            entries.append(entry)
        }
    }

    static func append(_ entry: Entry, in folder: String) throws(RegistryError) {
        try Disk.append(entry.json.text(), to: path(in: folder))
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
