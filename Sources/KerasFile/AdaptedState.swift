import Base
import HDF5
import Network
import Zip

/// The results of `adapt` that a `.keras` keeps outside the config: vocabularies as text, a line for each word, and among the weights
/// the inverse document frequencies of words and the summaries of Discretization.
struct AdaptedState {
    private let archive: ZipArchive

    init(_ archive: ZipArchive) { self.archive = archive }

    /// Above what any vocabulary needs.
    private static let mostBytes = 64 << 20

    /// Returns a model's config in which lookups have their vocabularies, and Discretization its boundaries.
    ///
    /// Keras numbers the folders of each class in the order of the layers, as it does those of weights.
    func added(to config: JSON) throws -> JSON {
        let needsWeights = config.hasAdaptedBoundaries || config.hasAdaptedFrequencies
        guard needsWeights || archive.names.contains(where: { $0.hasPrefix("assets/") }) else {
            return config
        }
        let weights =
            needsWeights
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
            default: entries[index] = try adding(path, to: entries[index], className, weights)
            }
        }
        config["layers"] = .array(entries)
        model["config"] = .object(config)
        return .object(model)
    }

    /// Returns the entry of a lookup with the vocabulary and the frequencies at that path, if it has none of its own.
    func adding(_ path: String, to json: JSON, _ className: String, _ weights: HDF5Group?) throws -> JSON {
        guard ["StringLookup", "IntegerLookup", "TextVectorization"].contains(className),
            var entry = json.object, var options = entry["config"]?.object
        else { return json }
        let places = [path, path + "/_lookup_layer"]
        if options["vocabulary"]?.isNull ?? true,
            let place = places.map({ "assets/\($0)/vocabulary.txt" }).first(where: archive.has)
        {
            options["vocabulary"] = .array(try words(place, areNumbers: className == "IntegerLookup"))
        }
        if json.hasAdaptedFrequencies,
            let found = places.lazy.compactMap({ try? weights?.dataset(named: $0 + "/vars/idf_weights") })
                .first
        {
            options["idf_weights"] = .array(try found.readFloats().map { .number(Double($0)) })
        }
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

extension JSON {
    /// True if the config is of a lookup whose words have frequencies that are not in it, or has such a layer.
    fileprivate var hasAdaptedFrequencies: Bool {
        let config = self["config"]
        if config?["output_mode"] == "tf_idf" { return config?["idf_weights"]?.isNull ?? true }
        return (config?["layers"]?.array ?? []).contains(where: \.hasAdaptedFrequencies)
    }
}
