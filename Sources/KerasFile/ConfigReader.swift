import Base
import Network

/// Builds a model from the JSON of `model_config`: Sequential in all its forms, Functional with the calls of
/// Keras 2 (lists) and 3 (objects), and nested models. `Generation` has already converted the layers' options
/// to 2.10's.
struct ConfigReader {
    private var layers: [any Layer] = []
    /// The layers for which Keras 3 recorded a mask argument.
    private var takeMasks: Set<Int> = []
    private var modelsTakingMasks: [Container] = []
    /// The layers that some call gives initial states with a mask argument, and without.
    private var takeBoth: Set<Int> = []
    private var takeStatesAlone: Set<Int> = []
    /// The layers that replace plain functions; Keras drops masks there.
    private var operations: Set<Int> = []

    mutating func model(from json: JSON) throws -> Model {
        layers = []
        let structure = try container(from: json, depth: 0)
        let model = try Model(structure: structure, layers: layers)
        for layer in takeMasks where !model.receivesMask(layer: layer) {
            throw CellarError(
                .badData,
                "\(layers[layer].subject) is called with a mask that is not propagated to it implicitly, which is not supported"
            )
        }
        for inside in modelsTakingMasks
        where !inside.layers.contains(where: { model.receivesMask(layer: $0) }) {
            throw CellarError(
                .badData,
                "model \"\(inside.name)\" is called with a mask that is not propagated to it implicitly, which is not supported"
            )
        }
        for layer in takeBoth.intersection(takeStatesAlone) {
            throw CellarError(
                .badData,
                "\(layers[layer].subject) is called with initial states twice, once with a mask and once without; this is not supported"
            )
        }
        for (index, call) in model.calls.enumerated()
        where operations.contains(call.layer) && model.maskUses[index] != .ends
            && model.receivesMask(layer: call.layer)
        {
            throw CellarError(
                .badData,
                "\(layers[call.layer].subject) is an operation on tensors, where Keras drops the mask; this is not "
                    + "supported",
                remedy: "Use a layer instead, and save the model again.")
        }
        try model.checkNames()
        return model
    }

    /// The maximum nesting depth, because a malicious file could nest without end.
    private static let deepest = 32

    private static func isModel(_ json: JSON) -> Bool {
        ["Sequential", "Functional", "Model"].contains(json["class_name"]?.string ?? "")
    }

    private mutating func container(from json: JSON, depth: Int) throws -> Container {
        guard let className = json["class_name"]?.string, let config = json["config"] else {
            throw CellarError(
                .badData, "expected model_config with class_name and config, found \(json.text().prefix(80))")
        }
        guard depth <= Self.deepest else {
            throw CellarError(
                .badData, "models are nested \(depth) deep; the limit is \(Self.deepest)")
        }
        switch className {
        case "Sequential": return try sequential(json, config, depth)
        case "Functional", "Model": return try functional(json, config, depth)
        default:
            throw CellarError(
                .badData, "the model is a \(className); Sequential and Functional models are supported")
        }
    }

    /// Parses a member: a layer, which is added to the list, or a model.
    private mutating func member(from json: JSON, depth: Int) throws -> Container.Member {
        if Self.isModel(json) { return .model(try container(from: json, depth: depth + 1)) }
        if let model = try stepModel(from: json, depth: depth) { return .model(model) }
        guard let className = json["class_name"]?.string, var config = json["config"]?.object else {
            throw CellarError(
                .badData, "expected a layer with class_name and config, found \(json.text().prefix(80))")
        }
        // Keras 1 and Functional configs also store the name outside of the options.
        if config["name"] == nil, let name = json["name"] { config["name"] = name }
        if json["operation"] == true { operations.insert(layers.count) }
        let layer = try LayerTable.make(className: className, config: config)
        // All that an .h5 tells of a custom class with the name of one of Keras: it has other options. Early releases left
        // out single ones.
        let options = layer.config.keys
        guard options.count < 3 || layer.isInput || options.contains(where: { config[$0] != nil }) else {
            throw CellarError(
                .badData,
                "\(layer.subject): its config has none of the options of Keras' \(className) (\(shortList(options))): it is a custom class of "
                    + "the same name, whose code is not in the file",
                remedy: "Replace it with layers of Keras, and save the model again.")
        }
        layers.append(layer)
        return .layer(layers.count - 1)
    }

    /// Parses a TimeDistributed around a model; nil for other members.
    private mutating func stepModel(from json: JSON, depth: Int) throws -> Container? {
        guard json["class_name"]?.string == Container.Steps.className, let config = json["config"],
            let inner = config["layer"], Self.isModel(inner)
        else { return nil }
        let first = layers.count
        var inside = try container(from: inner, depth: depth + 1)
        let name = config["name"]?.string ?? json["name"]?.string ?? "time_distributed"
        let form = config[MaskForm.key]?.string.flatMap(MaskForm.init(rawValue:)) ?? .keras2
        inside.steps = Container.Steps(name: name, form: form)
        for index in first..<layers.count where !layers[index].isInput {
            // A wrapper that is frozen has no trainable weights.
            if config["trainable"] == false { layers[index].trainable = false }
            layers[index] = try TimeDistributed(member: layers[index], form: form)
        }
        return inside
    }

    private mutating func sequential(_ json: JSON, _ config: JSON, _ depth: Int) throws -> Container {
        // Before 2.2.3 the config was the list itself.
        guard let entries = config.array ?? config["layers"]?.array, !entries.isEmpty else {
            throw CellarError(.badData, "the Sequential model has no layers")
        }
        let startsWithInput = entries[0]["class_name"] == "InputLayer"
        let isImplied = !startsWithInput && depth == 0
        // The position is reserved, because the shape may come from a nested layer.
        let place = layers.count
        if isImplied { layers.append(InputLayer(name: "input", shape: SampleShape([]))) }
        var members: [Container.Member] = []
        for entry in entries { members.append(try member(from: entry, depth: depth)) }
        if isImplied {
            layers[place] = try impliedInput(
                config, first: entries[0], name: name(of: members[0]), inside: place + 1)
            members.insert(.layer(place), at: 0)
        }
        return Container(
            name: config["name"]?.string ?? json["name"]?.string ?? "sequential", chain: members,
            startsWithInput: startsWithInput || isImplied)
    }

    private func name(of member: Container.Member) -> String {
        switch member {
        case .layer(let index): layers[index].name
        case .model(let inside): inside.memberName
        }
    }

    /// Adds the input of an older file without an InputLayer: the shape is in the first layer, next to the
    /// list, or in the model that is the first member.
    private func impliedInput(_ config: JSON, first: JSON, name: String, inside firstLayer: Int) throws
        -> InputLayer
    {
        let options = first["config"]?.object ?? [:]
        for (object, keys) in [
            (options, ["batch_input_shape", "batch_shape"]), (config.object ?? [:], ["build_input_shape"]),
        ] {
            var reader = LayerConfig(className: "Sequential", object)
            for key in keys {
                if let shape = try reader.batchShape(key) {
                    return InputLayer(name: name + "_input", shape: shape)
                }
            }
        }
        if Self.isModel(first), layers.indices.contains(firstLayer),
            let shape = layers[firstLayer].sampleShape
        {
            return InputLayer(name: name + "_input", shape: shape)
        }
        throw CellarError(
            .badData,
            "the file has no input shape: the model was saved before it was built",
            remedy: "Build it in Keras (model.build or one prediction), and save it again.")
    }

    private mutating func functional(_ json: JSON, _ config: JSON, _ depth: Int) throws -> Container {
        guard let entries = config["layers"]?.array, !entries.isEmpty else {
            throw CellarError(.badData, "the Functional model has no layers")
        }
        var members: [Container.Member] = []
        for entry in entries { members.append(try member(from: entry, depth: depth)) }
        let names = zip(members, entries).map { $1["name"]?.string ?? name(of: $0) }
        let isKeras3 = zip(members, entries).map { $1["inbound_nodes"]?.array?.first?.object != nil }
        func firstNode(_ index: Int, ofOutputs: Bool) -> Int {
            guard case .model(let inside) = members[index], inside.steps == nil else { return 0 }
            return !isKeras3[index] || ofOutputs && inside.form == .functional ? 1 : 0
        }
        var graph = CallGraph(
            names: names, firstNodes: members.indices.map { firstNode($0, ofOutputs: false) },
            firstNodesOfOutputs: members.indices.map { firstNode($0, ofOutputs: true) })
        for (index, entry) in entries.enumerated() {
            let nodes = entry["inbound_nodes"]?.array ?? []
            // An InputLayer is not called; everything else is, once a node.
            if case .layer(let layer) = members[index], nodes.isEmpty, layers[layer].isInput {
                graph.add(member: index, inputs: [])
            }
            for node in nodes {
                let call = try call(node, of: members[index])
                graph.add(member: index, inputs: call.tensors, atInference: call.training == false)
            }
        }
        let (nodes, order) = try graph.sorted()
        func ends(_ key: String) throws -> [Container.Source] {
            try references(config[key] ?? .null, key).map { try graph.output($0, wantedBy: key, order) }
        }
        let inputs = try ends("input_layers").map { source -> Int in
            guard case .node(let node, 0) = source, nodes[node].inputs.isEmpty else {
                throw CellarError(.badData, "input_layers has a layer that is not an InputLayer")
            }
            return node
        }
        let container = Container(
            name: config["name"]?.string ?? json["name"]?.string ?? "model", form: .functional,
            members: members,
            nodes: nodes, inputs: inputs, outputs: try ends("output_layers"))
        return container.endsMasks(layers) ? container.asKeras3RunsIt(layers) : container
    }

    private mutating func call(_ node: JSON, of member: Container.Member) throws -> CallInputs {
        switch member {
        case .layer(let index):
            let layer = layers[index]
            let call = try CallInputs(node, names: type(of: layer).inputNames, subject: layer.subject)
            guard !call.tensors.isEmpty else {
                throw CellarError(.badData, "\(layer.subject) is called without a tensor")
            }
            var options = call.options
            if options["mask"] == true {
                options["mask"] = nil
                takeMasks.insert(index)
                if call.hasStates {
                    layers[index].takeMaskArgument()
                    takeBoth.insert(index)
                }
            } else if call.hasStates {
                takeStatesAlone.insert(index)
            }
            if options != layer.callOptions { try layers[index].take(callOptions: options) }
            try checkTraining(call, of: [index], subject: layer.subject)
            return call
        case .model(let inside):
            let subject = "model \"\(inside.name)\""
            let call = try CallInputs(node, names: ["inputs"], subject: subject)
            var options = call.options
            if options["mask"] == true {
                // The mask goes on to the layers inside, as it does without the argument.
                options["mask"] = nil
                modelsTakingMasks.append(inside)
            }
            if let (name, _) = options.members.first {
                throw CellarError(.badData, "\(subject) is called with \(name), which is not supported")
            }
            try checkTraining(call, of: inside.layers, subject: subject)
            return call
        }
    }

    /// Rejects `training=True` for layers that behave differently at inference with it, for example drawing
    /// random numbers.
    private func checkTraining(_ call: CallInputs, of members: [Int], subject: String) throws {
        guard call.training == true, let layer = members.first(where: { layers[$0].dependsOnTraining }) else {
            return
        }
        throw CellarError(
            .badData,
            "\(subject) is called with training=True, so that "
                + (members.count == 1 ? "it" : layers[layer].subject)
                + " would behave as in training for every prediction; this is not supported")
    }

    /// Parses `["name", 0, 0]`, or lists and dictionaries of such references, in the order in which Keras flattens them.
    private func references(_ json: JSON, _ key: String) throws -> [CallGraph.Reference] {
        if let one = CallGraph.Reference(json) { return [one] }
        let parts = json.array ?? json.object?.inKerasOrder ?? []
        guard !parts.isEmpty else {
            throw CellarError(
                .badData, "expected tensors [\"layer\", 0, 0] in \(key), found \(json.text().prefix(80))")
        }
        return try parts.flatMap { try references($0, key) }
    }
}
