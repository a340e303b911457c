import Base
import HDF5
import Network
import Zip

/// What `adapt` found and a `.keras` keeps outside the config: vocabularies as text, a line for each word, and the summaries of
/// Discretization among the weights.
struct AdaptedState {
    private let archive: ZipArchive

    init(_ archive: ZipArchive) { self.archive = archive }

    /// Above what any vocabulary needs.
    private static let mostBytes = 64 << 20

    /// Returns a model's config in which lookups have their vocabularies, and Discretization its boundaries.
    ///
    /// Keras numbers the folders of each class in the order of the layers, as it does those of weights.
    func added(to config: JSON) throws -> JSON {
        let boundaries = config.hasAdaptedBoundaries
        guard boundaries || archive.names.contains(where: { $0.hasPrefix("assets/") }) else { return config }
        let weights =
            boundaries
            ? try HDF5File(
                readingBytes: try archive.bytes(of: "model.weights.h5"), name: "model.weights.h5") : nil
        return try added(to: config, folder: "layers", weights?.root)
    }

    private func added(to json: JSON, folder: String, _ weights: HDF5Group?) throws -> JSON {
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
            switch className {
            case "Functional", "Sequential":
                entries[index] = try added(to: entries[index], folder: path + "/layers", weights)
            case "Discretization" where entries[index].hasAdaptedBoundaries:
                guard let summary = try? weights?.dataset(named: path + "/vars/0") else { continue }
                entries[index] = try entries[index].adding(BinSummary(summary))
            default: entries[index] = try adding("assets/" + path, to: entries[index], className)
            }
        }
        config["layers"] = .array(entries)
        model["config"] = .object(config)
        return .object(model)
    }

    /// Returns the entry of a lookup with the vocabulary in that folder, if it has none of its own.
    func adding(_ folder: String, to json: JSON, _ className: String) throws -> JSON {
        guard ["StringLookup", "IntegerLookup", "TextVectorization"].contains(className),
            json["config"]?["vocabulary"]?.isNull ?? true,
            let place = [folder + "/vocabulary.txt", folder + "/_lookup_layer/vocabulary.txt"].first(where: {
                archive.has($0)
            }), var entry = json.object, var options = entry["config"]?.object
        else { return json }
        options["vocabulary"] = .array(try words(place, areNumbers: className == "IntegerLookup"))
        entry["config"] = .object(options)
        return .object(entry)
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
