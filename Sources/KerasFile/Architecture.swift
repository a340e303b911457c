import HDF5
import Base
import Network
import Zip

/// A model's config without its weights: for files that hold weights alone.
public struct Architecture: Sendable {
    /// In the words of the Keras that wrote it.
    let config: JSON
    /// As the file says; nil where it does not.
    let kerasVersion: String?
    private(set) var backend: String?
    private var isOurs = false
    /// The number of means of each Normalization of an `.h5`, by its name.
    private var adaptedWidths: [String: Int] = [:]

    init(config: JSON, kerasVersion: String?, backend: String?) {
        (self.config, self.kerasVersion, self.backend) = (config, kerasVersion, backend)
    }

    /// From a file: the text of `model.to_json()`, a `.keras` archive or its `config.json`, or an `.h5` model.
    public init(_ file: TrustedFile) throws(CellarError) {
        self = try reading(file) { opened in
            switch opened {
            case .hdf5(let file):
                guard let found = try Architecture(file) else {
                    throw CellarError(.badData, "this file has no model_config: it holds weights alone")
                }
                return found
            case .archive(let archive): return try Architecture(archive)
            case .text(let bytes): return try Architecture(text: bytes)
            }
        }
    }

    /// Nil where the file has no config.
    init?(_ file: HDF5File) throws {
        guard let text = try file.root.attributes.string("model_config") else { return nil }
        let weights = try? file.root.group(named: "model_weights")
        var config = try parse(text, of: "the model_config attribute")
        if let weights { config = try config.addingBoundaries(weights) }
        self.init(
            config: config,
            kerasVersion: try file.root.attributes.string("keras_version"),
            backend: try file.root.attributes.string("backend") ?? weights?.attributes.string("backend"))
        isOurs = file.root.has(cellarGroup)
        if let weights { adaptedWidths = try Self.widths(weights, of: config) }
        if generation.major < 2, backend == nil, let weights {
            backend = Generation.backend(naming: try Self.firstWeightNames(weights))
        }
    }

    /// Those of the first layer that has weights.
    private static func firstWeightNames(_ weights: HDF5Group) throws -> [String] {
        for layer in try nameList(weights.attributes, "layer_names", of: "model_weights") {
            let attributes = try weights.group(named: layer).attributes
            let names = try nameList(attributes, "weight_names", of: "layer \"\(layer)\"", optional: true)
            if !names.isEmpty { return names }
        }
        return []
    }

    private static func widths(_ weights: HDF5Group, of config: JSON) throws -> [String: Int] {
        var widths: [String: Int] = [:]
        let entries = config["config"]?["layers"]?.array ?? config["config"]?.array ?? []
        for entry in entries.prefix(2) where entry["class_name"] == "Normalization" {
            guard let name = entry["config"]?["name"]?.string, weights.has(name) else { continue }
            let group = try weights.group(named: name)
            let names = try nameList(group.attributes, "weight_names", of: name, optional: true)
            guard let mean = names.first, let shape = try? group.dataset(named: mean).shape, shape.count == 1
            else { continue }
            widths[name] = shape[0]
        }
        return widths
    }

    /// Above what any config needs; those of the largest public models have a few megabytes.
    static let mostBytes = 256 << 20

    init(_ archive: ZipArchive) throws {
        guard archive.has("config.json") else {
            throw CellarError(.badData, "the archive has no config.json: it was not made by model.save")
        }
        let plain = try parse(try archive.bytes(of: "config.json", limit: Self.mostBytes), of: "config.json")
        let config = try FeatureSpaceConfig.model(of: AdaptedState(archive).added(to: plain), in: archive)
        let metadata =
            archive.has("metadata.json")
            ? try parse(try archive.bytes(of: "metadata.json", limit: 1 << 20), of: "metadata.json") : [:]
        self.init(config: config, kerasVersion: metadata["keras_version"]?.string, backend: nil)
    }

    init(text bytes: [UInt8]) throws {
        let json = try parse(bytes, of: "the file")
        self.init(
            config: json, kerasVersion: json["keras_version"]?.string, backend: json["backend"]?.string)
    }

    var generation: Generation {
        var found =
            kerasVersion.map { Generation(kerasVersion: $0, backend: backend) }
            ?? Generation(guessedFrom: config)
        found.isOurs = isOurs
        return found
    }

    /// The keys of outputs in a dictionary, in the model's order; nil where the outputs are in none.
    var outputKeys: [String]? {
        guard let outputs = config["config"]?["output_layers"]?.object else { return nil }
        return outputs.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The model, still without weights.
    func model() throws -> Model {
        var reader = ConfigReader()
        let current = try generation.current(model: config)
        return try reader.model(from: current.withWidth { adaptedWidths[$0] })
    }
}

func parse(_ text: String, of name: String) throws -> JSON { try parse(Array(text.utf8), of: name) }

/// Also reads JSON that is a text within JSON, as `json.dump(model.to_json(), file)` writes it.
func parse(_ bytes: [UInt8], of name: String) throws -> JSON {
    do {
        var json = try JSON(parsing: bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes)
        for _ in 0..<4 {
            guard case .string(let text) = json else { break }
            json = try JSON(parsing: Array(text.utf8))
        }
        return json
    } catch {
        throw CellarError(.badData, "\(name) is not valid JSON: \(error)")
    }
}

/// Of UTF-8; some editors write it.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
