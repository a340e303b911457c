import Base
import Network
import Zip

/// The vocabularies that `adapt` found, which a `.keras` keeps as text beside the config: a line for each word.
struct AdaptedVocabularies {
    private let archive: ZipArchive

    init(_ archive: ZipArchive) { self.archive = archive }

    /// Above what any vocabulary needs.
    private static let mostBytes = 64 << 20

    /// Returns a model's config in which the lookups have their vocabularies.
    ///
    /// Keras numbers the folders of each class in the order of the layers, as it does those of weights.
    func added(to config: JSON) throws -> JSON {
        guard archive.names.contains(where: { $0.hasPrefix("assets/") }) else { return config }
        return try added(to: config, folder: "assets/layers")
    }

    private func added(to json: JSON, folder: String) throws -> JSON {
        guard var model = json.object, var config = model["config"]?.object,
            var entries = config["layers"]?.array
        else { return json }
        var used: [String: Int] = [:]
        for index in entries.indices {
            let className = entries[index]["class_name"]?.string ?? ""
            let word = ObjectPaths.snakeCase(className)
            let number = used[word, default: 0]
            used[word] = number + 1
            let path = "\(folder)/" + (number == 0 ? word : "\(word)_\(number)")
            if ["Functional", "Sequential"].contains(className) {
                entries[index] = try added(to: entries[index], folder: path + "/layers")
                continue
            }
            guard ["StringLookup", "IntegerLookup", "TextVectorization"].contains(className),
                entries[index]["config"]?["vocabulary"]?.isNull ?? true,
                let places = [path + "/vocabulary.txt", path + "/_lookup_layer/vocabulary.txt"].first(where: {
                    archive.has($0)
                }), var entry = entries[index].object, var options = entry["config"]?.object
            else { continue }
            options["vocabulary"] = .array(try words(places, areNumbers: className == "IntegerLookup"))
            entry["config"] = .object(options)
            entries[index] = .object(entry)
        }
        config["layers"] = .array(entries)
        model["config"] = .object(config)
        return .object(model)
    }

    /// The file has the words with those in reserve, each with a line end.
    private func words(_ member: String, areNumbers: Bool) throws -> [JSON] {
        let bytes = try archive.bytes(of: member, limit: Self.mostBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CellarError(.badData, "\(member) is not UTF-8")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return try lines.map { line in
            guard areNumbers else { return .string(String(line)) }
            guard let number = Int(line) else {
                throw CellarError(.badData, "\(member) has \"\(line.prefix(40))\", which is no whole number")
            }
            return .integer(number)
        }
    }
}
