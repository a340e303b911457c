import Base
import Network

/// Returns `model_config` in the form that Keras 2.2.4 to 2.15, tf_keras and Keras 3 all accept: the minimal
/// set of keys.
func modelConfig(_ model: Model) throws -> JSON { try ConfigWriter(model: model).config(of: model.structure) }

private struct ConfigWriter {
    let model: Model
    /// The number of TimeDistributed around the model, whose time steps are the first axes of all shapes.
    var depth = 0

    func config(of container: Container) throws -> JSON {
        switch container.form {
        case .sequential:
            return [
                "class_name": "Sequential",
                "config": [
                    "name": .string(container.name),
                    "layers": .array(try missingInput(of: container) + container.members.map(entry)),
                ],
            ]
        case .functional:
            let sources = container.inputs.map { Container.Source.node($0, output: 0) }
            return [
                // The name Functional is unknown before 2.3; all versions accept this one.
                "class_name": "Model",
                "config": [
                    "name": .string(container.name), "trainable": true,
                    "layers": .array(try container.members.indices.map { try called($0, in: container) }),
                    "input_layers": .array(sources.map { reference($0, in: container) }),
                    "output_layers": .array(container.outputs.map { reference($0, in: container) }),
                ],
            ]
        }
    }

    /// Returns the input of a nested Sequential that Keras 1 or 2.2 wrote without one. Keras 2 counts the
    /// calls of a model with an input from 1, and loops forever on other numbers.
    private func missingInput(of container: Container) throws -> [JSON] {
        guard case .layer(let first)? = container.members.first, !model.layers[first].isInput,
            let source = model.calls.first(where: { $0.layer == first })?.inputs.first
        else { return [] }
        let name = model.layers[first].name + "_input"
        return [try layerEntry(InputLayer(name: name, shape: stepShape(source)))]
    }

    private func stepShape(_ call: Int) -> [Int] { Array(model.shapes[call].dropFirst(depth)) }

    private func entry(_ member: Container.Member) throws -> JSON {
        switch member {
        case .layer(let layer):
            try OperationWriting(model.layers[layer].inFile)?.entry(name: model.layers[layer].name)
                ?? withInputShapes(try layerEntry(model.layers[layer].inFile), layer)
        case .model(let inside): try wrapped(inside)
        }
    }

    private func wrapped(_ inside: Container) throws -> JSON {
        guard let steps = inside.steps else { return try config(of: inside) }
        let model = try ConfigWriter(model: model, depth: depth + 1).config(of: inside)
        return Portable.entry(
            Container.Steps.className, ["name": .string(steps.name), "dtype": "float32", "layer": model])
    }

    /// Adds the input shapes that Keras 2's MultiHeadAttention needs for its reconstruction. (Keras 3's
    /// rejects them, so no file of this layout works with both.)
    private func withInputShapes(_ entry: JSON, _ layer: Int) throws -> JSON {
        guard model.layers[layer].inFile.className == "MultiHeadAttention", var object = entry.object,
            var config = object["config"]?.object, let call = model.calls.first(where: { $0.layer == layer })
        else { return entry }
        let shapes = call.inputs.map(stepShape)
        for (key, input) in [("query_shape", 0), ("value_shape", 1), ("key_shape", shapes.count - 1)] {
            // Only the ranks and the last sizes are used.
            let free = shapes[input].map { _ in JSON.null }
            config[key] = .array(free + [.integer(shapes[input].last ?? 1)])
        }
        object["config"] = .object(config)
        return .object(object)
    }

    private func name(_ member: Container.Member) -> String {
        switch member {
        case .layer(let layer): model.layers[layer].name
        case .model(let inside): inside.memberName
        }
    }

    /// Returns a member's entry with its calls.
    private func called(_ index: Int, in container: Container) throws -> JSON {
        let member = container.members[index]
        guard case .object(var object) = try entry(member) else { return .null }
        object["name"] = .string(name(member))
        object["inbound_nodes"] = .array(
            container.nodes.filter { $0.member == index && !$0.inputs.isEmpty }.map {
                inputs(of: $0, in: container)
            })
        return .object(object)
    }

    /// Returns `[["a", 0, 0, {}], ["b", 0, 0, {}]]`. For a layer with several arguments only the first tensor
    /// is in the list; the others are options.
    private func inputs(of node: Container.Node, in container: Container) -> JSON {
        let references = node.inputs.map { reference($0, in: container).array ?? [] }
        var options: JSONObject = [:]
        var names = ["inputs"]
        if case .layer(let index) = container.members[node.member] {
            let layer = model.layers[index].inFile
            (options, names) = (layer.callOptions, type(of: layer).inputNames)
            if let operation = OperationWriting(layer) { return operation.call(references) }
        }
        if node.atInference { options["training"] = false }
        guard names.count > 1 else {
            return .array(references.map { .array($0 + [.object(options)]) })
        }
        for (name, reference) in zip(names, references).dropFirst() { options[name] = .array(reference) }
        return [.array((references.first ?? []) + [.object(options)])]
    }

    /// Returns `["name", node, output]`. The uses of a nested model count from 1.
    private func reference(_ source: Container.Source, in container: Container) -> JSON {
        guard case .node(let node, let output) = source else { return .null }
        let index = container.nodes[node].member
        var use = container.nodes[..<node].count { $0.member == index }
        if case .model(let inside) = container.members[index], inside.steps == nil { use += 1 }
        return [.string(name(container.members[index])), .integer(use), .integer(output)]
    }
}

private func layerEntry(_ given: any Layer) throws -> JSON {
    // Keras 3 knows it under another name only, which Keras 2 knows too.
    let layer = given.portable
    var config: JSONObject = ["name": .string(layer.name)]
    if !layer.isInput {
        // Keras 3's SpatialDropout and Discretization take no `trainable`, which says nothing of layers without weights.
        if !layer.className.hasPrefix("SpatialDropout"), layer.className != "Discretization" {
            config["trainable"] = .bool(layer.trainable)
        }
        config["dtype"] = "float32"
    }
    let options = layer.config
    // Also in the options of wrapped layers.
    let hasNewHardSigmoid = JSON.object(options).contains { object in
        object.members.contains { $0.key.hasSuffix("activation") && $0.value == "hard_sigmoid_3" }
    }
    guard !hasNewHardSigmoid else {
        throw CellarError(
            .badData,
            "\(layer.subject): Keras 3's hard_sigmoid cannot be written in Keras 2's layout, where the "
                + "same name means another formula",
            remedy: writeArchive)
    }
    for (key, value) in options.members { config[key] = value }
    return Portable.entry(layer.className, config)
}

/// Returns `training_config`; nil if the loss or the optimizer is unknown.
func trainingConfig(_ compiled: ModelFile.Compiled, model: Model) -> JSON? {
    guard let objective = compiled.objective, let optimizer = compiled.optimizer else { return nil }
    var config = objective.json(
        outputs: model.outputNames, widths: model.outputShapes.map { $0.last ?? 1 })
    config["optimizer_config"] = optimizer.json
    return .object(config)
}
