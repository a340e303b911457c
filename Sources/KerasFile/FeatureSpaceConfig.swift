import Base
import HDF5
import Network
import Zip

/// The config of the model that a FeatureSpace saved alone stands for: raw columns in, the encoded features out.
///
/// `FeatureSpace.save` writes the layer that prepares each feature, and not how they are joined: Keras makes the one-hot encoders
/// and the concatenation again when the file is loaded, in alphabetical order: first the features, then the crosses.
struct FeatureSpaceConfig {
    private let state: AdaptedState
    private let weights: HDF5File
    private var layers: [JSON] = []
    /// By class, the number of preprocessors so far: Keras numbers their folders.
    private var numbers: [String: Int] = [:]

    /// Returns the config of the model for that of a FeatureSpace, and any other config as it is.
    static func model(of json: JSON, in archive: ZipArchive) throws -> JSON {
        guard json["class_name"] == "FeatureSpace" else { return json }
        let member = "model.weights.h5"
        var reader = FeatureSpaceConfig(
            state: AdaptedState(archive),
            weights: try HDF5File(readingBytes: try archive.bytes(of: member), name: member))
        return try reader.model(of: json["config"] ?? [:])
    }

    private mutating func model(of config: JSON) throws -> JSON {
        guard config["output_mode"] == "concat" else {
            throw Self.unsupported("its features are encoded apart (output_mode=\"dict\")")
        }
        let features = config["features"]?.object?.members ?? []
        guard !features.isEmpty else { throw CellarError(.badData, "the FeatureSpace has no features") }
        var prepared: [String: String] = [:]
        var encoded: [(name: String, layer: String)] = []
        for (name, feature) in features {
            guard let own = feature["config"], let entry = own["preprocessor"] else {
                throw CellarError(.badData, "feature \"\(name)\" of the FeatureSpace has no preprocessor")
            }
            let type = own["dtype"]?.string ?? "float32"
            layers.append(
                Self.layer("InputLayer", name, ["batch_shape": [.null, 1], "dtype": .string(type)], of: []))
            let layer = try preprocessor(entry, of: name)
            prepared[name] = layer.name
            layers.append(Self.called(layer.entry, layer.name, of: [name]))
            encoded.append((name, try self.encoded(own, name, layer.name, layer.entry)))
        }
        var crossed: [(name: String, layer: String)] = []
        for cross in config["crosses"]?.array ?? [] {
            let own = cross["config"]
            let names = (own?["feature_names"]?.array ?? []).compactMap(\.string)
            let inputs = names.compactMap { prepared[$0] }
            guard let bins = own?["crossing_dim"], names.count > 1, inputs.count == names.count else {
                throw CellarError(
                    .badData, "a cross of the FeatureSpace names a feature that it does not have")
            }
            let name = names.joined(separator: "_X_")
            let options: JSONObject = ["num_bins": bins, "output_mode": "int"]
            layers.append(Self.layer("HashedCrossing", name, options, of: inputs))
            crossed.append((name, try self.encoded(own ?? [:], name, name, layers[layers.count - 1])))
        }
        let parts = (Self.sorted(encoded) + Self.sorted(crossed)).map(\.layer)
        if parts.count > 1 {
            layers.append(Self.layer("Concatenate", "encoded", ["axis": -1], of: parts))
        }
        return [
            "class_name": "Functional",
            "config": [
                "name": "feature_space", "layers": .array(layers),
                "input_layers": .array(features.map { Self.end($0.key) }),
                "output_layers": Self.end(parts.count > 1 ? "encoded" : parts[0]),
            ],
        ]
    }

    /// Returns a feature's layer with what `adapt` found, and its name.
    private mutating func preprocessor(_ json: JSON, of feature: String) throws -> (entry: JSON, name: String)
    {
        let className = json["class_name"]?.string ?? ""
        let word = ObjectPaths.snakeCase(className)
        let number = numbers[word, default: 0]
        numbers[word] = number + 1
        let folder = "preprocessors/" + (number == 0 ? word : "\(word)_\(number)")
        let entry = try state.adding(folder, to: json, className, weights.root)
        guard var object = entry.object, var options = entry["config"]?.object else {
            throw CellarError(.badData, "the preprocessor of feature \"\(feature)\" has no config")
        }
        if className == "Normalization", options["mean"]?.isNull ?? true {
            for (index, key) in ["mean", "variance"].enumerated() {
                let values = try weights.root.dataset(named: "\(folder)/vars/\(index)").readFloats()
                options[key] = .array(values.map { .number(Double($0)) })
            }
        }
        let name = options["name"]?.string ?? feature + "_preprocessor"
        options["name"] = .string(name)
        object["config"] = .object(options)
        return (.object(object), name)
    }

    /// Returns the layer that a feature leaves the FeatureSpace from: one more where it is written as one-hot.
    private mutating func encoded(
        _ feature: JSON, _ name: String, _ layer: String, _ entry: JSON
    ) throws -> String {
        switch feature["output_mode"]?.string {
        case "float": return layer
        case "one_hot":
            let options = entry["config"]
            let size = ["vocabulary_size", "num_tokens", "num_bins"].lazy.compactMap { options?[$0]?.int }
                .first
            guard let size else {
                throw CellarError(
                    .badData,
                    "the size of feature \"\(name)\" is not in the file: the FeatureSpace was not adapted",
                    remedy: "Call its adapt(dataset), and save it again.")
            }
            layers.append(
                Self.layer(
                    "CategoryEncoding", name + "_one_hot",
                    ["num_tokens": .integer(size), "output_mode": "multi_hot"], of: [layer]))
            return name + "_one_hot"
        case let mode:
            throw Self.unsupported("feature \"\(name)\" is encoded as \(mode ?? "nothing that is known")")
        }
    }

    private static func unsupported(_ reason: String) -> CellarError {
        CellarError(
            .badData, "the file holds a FeatureSpace alone, and \(reason), which is not supported",
            remedy: "Save a model on it: keras.Model(space.get_inputs(), outputs).save(\"model.keras\").")
    }

    /// Sorts parts by their names, as Python does.
    private static func sorted(_ parts: [(name: String, layer: String)]) -> [(name: String, layer: String)] {
        parts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    // MARK: Keras 3's form

    private static func end(_ name: String) -> JSON { [.string(name), 0, 0] }

    private static func layer(
        _ className: String, _ name: String, _ options: JSONObject, of inputs: [String]
    ) -> JSON {
        var options = options
        options["name"] = .string(name)
        return called(Keras3Writing.object("keras.layers", .string(className), options), name, of: inputs)
    }

    private static func called(_ entry: JSON, _ name: String, of inputs: [String]) -> JSON {
        guard var object = entry.object else { return entry }
        let tensors = inputs.map { input -> JSON in
            [
                "class_name": "__keras_tensor__",
                "config": ["shape": [.null, 1], "keras_history": end(input)],
            ]
        }
        object["name"] = .string(name)
        object["inbound_nodes"] =
            inputs.isEmpty
            ? [] : [["args": tensors.count == 1 ? .array(tensors) : [.array(tensors)], "kwargs": [:]]]
        return .object(object)
    }
}
