import JSONText
import Network

/// Builds a model from the JSON of `model_config`: Sequential in its forms, and Functional with the calls of both Keras
/// 2 (lists) and 3 (objects).
struct ConfigReader {
    let generation: Generation

    func model(from json: JSON) throws -> Model {
        guard let className = json["class_name"]?.string, let config = json["config"] else {
            throw Trouble(
                .damaged, "model_config needs class_name and config, but is \(json.text().prefix(80))")
        }
        switch className {
        case "Sequential": return try sequential(config)
        case "Functional", "Model": return try functional(config)
        default:
            throw Trouble(
                .unsupported, "the model is a \(className); Sequential and Functional models are supported")
        }
    }

    private func layer(from json: JSON) throws -> any Layer {
        guard let className = json["class_name"]?.string, var config = json["config"]?.object else {
            throw Trouble(.damaged, "a layer needs class_name and config, but is \(json.text().prefix(80))")
        }
        // Keras 1 and Functional configs put the name beside the options as well.
        if config["name"] == nil, let name = json["name"] { config["name"] = name }
        return try LayerTable.make(className: className, config: generation.current(config))
    }

    private func sequential(_ config: JSON) throws -> Model {
        // Before 2.2.3 the config was the list itself.
        guard let entries = config.array ?? config["layers"]?.array, !entries.isEmpty else {
            throw Trouble(.damaged, "the Sequential model has no layers")
        }
        var layers = try entries.map(layer)
        if !(layers[0] is InputLayer) {
            layers.insert(try impliedInput(config, first: entries[0], name: layers[0].name), at: 0)
        }
        return try Model(name: config["name"]?.string ?? "sequential", chain: layers)
    }

    /// Older files have no InputLayer: the shape stands in the first layer, or beside the list.
    private func impliedInput(_ config: JSON, first: JSON, name: String) throws -> InputLayer {
        let options = first["config"]?.object ?? [:]
        var reader = LayerConfig(className: "Sequential", options)
        if let shape = try reader.batchShape("batch_input_shape") ?? reader.batchShape("batch_shape") {
            return InputLayer(name: name + "_input", shape: shape)
        }
        var outer = LayerConfig(className: "Sequential", config.object ?? [:])
        if let shape = try outer.batchShape("build_input_shape") {
            return InputLayer(name: name + "_input", shape: shape)
        }
        throw Trouble(
            .unsupported,
            "the input's shape is nowhere in the file: the model was saved before it was built. Build it in Keras "
                + "(model.build or one prediction), then save again.")
    }

    private func functional(_ config: JSON) throws -> Model {
        guard let entries = config["layers"]?.array, !entries.isEmpty else {
            throw Trouble(.damaged, "the Functional model has no layers")
        }
        let layers = try entries.map(layer)
        var graph = CallGraph(layerNames: layers.map(\.name))
        for (index, entry) in entries.enumerated() {
            let nodes = entry["inbound_nodes"]?.array ?? []
            // An InputLayer is not called; everything else is, once a node.
            if nodes.isEmpty { graph.add(layer: index, inputs: []) }
            for node in nodes { graph.add(layer: index, inputs: try tensors(in: node, of: layers[index])) }
        }
        let (calls, order) = try graph.sorted()
        func ends(_ key: String) throws -> [Int] {
            try references(config[key] ?? .null, key).map { try graph.call(of: $0, wantedBy: key, order) }
        }
        return try Model(
            name: config["name"]?.string ?? "model", form: .functional, layers: layers, calls: calls,
            inputs: try ends("input_layers"), outputs: try ends("output_layers"))
    }

    /// `["name", 0, 0]` alone, or a list of such.
    private func references(_ json: JSON, _ key: String) throws -> [CallGraph.Reference] {
        if let one = CallGraph.Reference(json) { return [one] }
        let list = json.array ?? json.object?.members.map(\.value) ?? []
        let found = list.compactMap(CallGraph.Reference.init)
        guard !list.isEmpty, found.count == list.count else {
            throw Trouble(
                .damaged, "\(key) must name tensors as [\"layer\", 0, 0], but is \(json.text().prefix(80))")
        }
        return found
    }

    /// The tensors that one call takes, in order.
    private func tensors(in node: JSON, of layer: any Layer) throws -> [CallGraph.Reference] {
        var found: [CallGraph.Reference] = []
        if let object = node.object {
            // Keras 3: {"args": […], "kwargs": {…}} with tensors anywhere inside.
            try collect(object["args"] ?? .null, into: &found)
            try collect(object["kwargs"] ?? .null, into: &found)
            try checkCallOptions(object["kwargs"]?.object ?? [:], layer)
        } else {
            for item in node.array ?? [] {
                guard let reference = CallGraph.Reference(item) else {
                    throw Trouble(
                        .damaged,
                        "\(layer.subject): its inputs must be [\"layer\", 0, 0, {}], but are \(node.text().prefix(80))"
                    )
                }
                found.append(reference)
                try checkCallOptions(item.array?.dropFirst(3).first?.object ?? [:], layer)
            }
        }
        guard !found.isEmpty else { throw Trouble(.damaged, "\(layer.subject) is called with no tensor") }
        return found
    }

    private func collect(_ json: JSON, into found: inout [CallGraph.Reference]) throws {
        if let items = json.array { for item in items { try collect(item, into: &found) } }
        guard let object = json.object else { return }
        if object["class_name"] == "__keras_tensor__" {
            guard let reference = CallGraph.Reference(object["config"]?["keras_history"] ?? .null) else {
                throw Trouble(.damaged, "a __keras_tensor__ without keras_history: \(json.text().prefix(80))")
            }
            found.append(reference)
        } else {
            for (_, value) in object.members { try collect(value, into: &found) }
        }
    }

    /// `training: true` changes what a layer answers; ignoring it would be a wrong answer.
    private func checkCallOptions(_ options: JSONObject, _ layer: any Layer) throws {
        if options["training"]?.bool == true {
            throw Trouble(
                .unsupported, "\(layer.subject) is called with training=True, which is not supported")
        }
    }
}
