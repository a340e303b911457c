import Base

/// Keras 1 had one class for all merging layers.
extension Keras1 {
    private static let classes = [
        "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate",
        "dot": "Dot",
    ]

    static func updateMerge(_ entry: inout LayerEntry) throws {
        guard entry.config["mode_type"]?.string ?? "raw" == "raw", let mode = entry.config["mode"]?.string
        else {
            throw entry.unsupported("its mode is Python code, which is never executed")
        }
        guard let className = classes[mode] else {
            throw entry.unsupported("mode \"\(mode)\" of Keras 1's Merge is not supported")
        }
        var config: JSONObject = [:]
        for key in ["name", "trainable"] { config[key] = entry.config[key] }
        if mode == "concat" { config["axis"] = entry.config["concat_axis"] ?? -1 }
        if mode == "dot" {
            // Also written as ((1,), (1,)).
            let axes = (entry.config["dot_axes"]?.array ?? []).map { $0.array?.first ?? $0 }
            config["axes"] = axes.isEmpty ? entry.config["dot_axes"] ?? -1 : .array(axes)
        }
        (entry.className, entry.config) = (className, config)
    }

    /// Converts a Sequential that starts with a Merge of other models to a Functional. Its file stores the
    /// weights of all their layers side by side. Returns nil for others.
    static func functional(mergedFirst entries: [JSON], name: JSON?) throws -> JSON? {
        guard let first = entries.first, first["class_name"] == "Merge",
            first["config"]?["layers"]?.array != nil
        else { return nil }
        var graph = Graph()
        let output = try graph.add(entries)
        return [
            "class_name": "Functional",
            "config": [
                "name": name ?? "sequential", "layers": .array(graph.layers),
                "input_layers": .array(graph.inputs),
                "output_layers": [output],
            ],
        ]
    }

    private struct Graph {
        var layers: [JSON] = []
        var inputs: [JSON] = []

        /// Appends a chain of layers and returns a reference to its output.
        mutating func add(_ entries: [JSON]) throws -> JSON {
            guard let first = entries.first, var options = first["config"]?.object else {
                throw CellarError(.badData, "a merged model has no layers")
            }
            var last: JSON
            var rest = entries[...]
            if first["class_name"] == "Merge", let models = options["layers"]?.array {
                let outputs = try models.map { model in
                    guard model["class_name"] == "Sequential",
                        let inner = model["config"]?.array ?? model["config"]?["layers"]?.array
                    else {
                        throw CellarError(
                            .badData,
                            "a Merge of anything but Sequential models (here: "
                                + "\(model["class_name"]?.string ?? "?")) is not supported")
                    }
                    return try add(inner)
                }
                options["layers"] = nil
                last = try append("Merge", .object(options), inputs: outputs)
                rest = rest.dropFirst()
            } else {
                let shape = options["batch_input_shape"] ?? options["batch_shape"]
                guard let shape, let name = options["name"]?.string else {
                    throw CellarError(.badData, "a merged model has no input shape")
                }
                if first["class_name"] == "InputLayer" { rest = rest.dropFirst() }
                let inputName = first["class_name"] == "InputLayer" ? name : name + "_input"
                last = try append(
                    "InputLayer", ["name": .string(inputName), "batch_input_shape": shape], inputs: [])
                inputs.append(last)
            }
            for entry in rest {
                last = try append(
                    entry["class_name"]?.string ?? "", entry["config"] ?? .null, inputs: [last])
            }
            return last
        }

        private mutating func append(_ className: String, _ config: JSON, inputs: [JSON]) throws -> JSON {
            guard let name = config["name"] else {
                throw CellarError(.badData, "\(className) has no name")
            }
            layers.append([
                "class_name": .string(className), "name": name, "config": config,
                "inbound_nodes": inputs.isEmpty ? [] : [.array(inputs)],
            ])
            return [name, 0, 0]
        }
    }
}
