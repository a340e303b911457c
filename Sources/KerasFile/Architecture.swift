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
        self.init(
            config: try parse(text, of: "the model_config attribute"),
            kerasVersion: try file.root.attributes.string("keras_version"),
            backend: try file.root.attributes.string("backend") ?? weights?.attributes.string("backend"))
        isOurs = file.root.has(cellarGroup)
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

    /// Above what any config needs; those of the largest public models have a few megabytes.
    static let mostBytes = 256 << 20

    init(_ archive: ZipArchive) throws {
        guard archive.has("config.json") else {
            throw CellarError(.badData, "the archive has no config.json: it was not made by model.save")
        }
        let config = try parse(try archive.bytes(of: "config.json", limit: Self.mostBytes), of: "config.json")
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

    /// The model, still without weights.
    func model() throws -> Model {
        var reader = ConfigReader()
        return try reader.model(from: try generation.current(model: config))
    }
}

func parse(_ text: String, of name: String) throws -> JSON { try parse(Array(text.utf8), of: name) }

func parse(_ bytes: [UInt8], of name: String) throws -> JSON {
    do {
        return try JSON(parsing: bytes)
    } catch {
        throw CellarError(.badData, "\(name) is not valid JSON: \(error)")
    }
}
