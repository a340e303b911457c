import Base
import Network

/// Writes `config.json` of a `.keras` archive: the model as Keras 3 serializes it.
struct ArchiveConfig {
    private let model: Model

    init(_ model: Model) { self.model = model }

    func json(training: JSON?) -> JSON {
        var next = 0
        let (json, _) = container(model.structure, feeds: nil, nextCall: &next)
        guard case .object(var object) = json else { return json }
        if model.structure.form == .sequential, let shape = model.inputShapes.first {
            object["build_config"] = ["input_shape": sizes(shape)]
        }
        if let training { object["compile_config"] = Keras3Writing.compileConfig(training) }
        return .object(object)
    }

    private func sizes(_ shape: [Int]) -> JSON { .array([.null] + shape.map { .integer($0) }) }

    /// Writes a model and returns the shapes of its outputs. Calls are visited in the order in which the
    /// model was flattened.
    ///
    /// - depth: The number of TimeDistributed around the model, whose time steps are the first axes of all shapes.
    private func container(
        _ container: Container, feeds: [[Int]]?, depth: Int = 0, nextCall: inout Int
    ) -> (JSON, outputs: [[Int]]) {
        var produced: [[[Int]]] = []
        func shape(_ source: Container.Source) -> [Int] {
            switch source {
            case .node(let node, let output): produced[node][output]
            case .outside(let index): feeds?[index] ?? []
            }
        }
        var inner: [Int: JSON] = [:]
        for (index, node) in container.nodes.enumerated() {
            let given = node.inputs.map(shape)
            switch container.members[node.member] {
            case .layer(let layer):
                if let feeds, model.layers[layer].isInput,
                    let place = container.inputs.firstIndex(of: index)
                {
                    produced.append([feeds[place]])
                } else {
                    // Later calls select the parts of a call with several outputs.
                    let parts = model.layers[layer].outputCount
                    let own = parts > 1 ? nextCall + 1...nextCall + parts : nextCall...nextCall
                    produced.append(own.map { model.shapes[$0] })
                    nextCall = own.upperBound + 1
                }
            case .model(let inside):
                let (json, outputs) = self.container(
                    inside, feeds: given, depth: depth + (inside.steps == nil ? 0 : 1), nextCall: &nextCall)
                inner[node.member] = wrapped(json, inside.steps)
                produced.append(outputs)
            }
        }
        let outputs = container.outputs.map(shape)
        var entries: [JSON] = []
        for (index, member) in container.members.enumerated() {
            switch member {
            case .layer(let layer):
                let layer = model.layers[layer].inFile
                entries.append(
                    OperationWriting(layer)?.keras3Entry(name: layer.name) ?? Keras3Writing.entry(layer))
            case .model: entries.append(inner[index] ?? .null)
            }
        }
        switch container.form {
        case .sequential:
            let config: JSONObject = [
                "name": .string(container.name), "trainable": .bool(learns(container)),
                "layers": .array(entries),
            ]
            return (Keras3Writing.object("keras", "Sequential", config), outputs)
        case .functional:
            let config: JSONObject = [
                "name": .string(container.name), "trainable": .bool(learns(container)),
                "layers": .array(
                    entries.indices.map {
                        called(entries[$0], member: $0, in: container) { Array(shape($0).dropFirst(depth)) }
                    }),
                "input_layers": ends(container.inputs.map { .node($0, output: 0) }, of: container),
                "output_layers": ends(container.outputs, of: container),
            ]
            return (Keras3Writing.object("keras.src.models.functional", "Functional", config), outputs)
        }
    }

    private func wrapped(_ model: JSON, _ steps: Container.Steps?) -> JSON {
        guard let steps else { return model }
        return Keras3Writing.object(
            "keras.layers", .string(Container.Steps.className),
            ["name": .string(steps.name), "trainable": true, "dtype": "float32", "layer": model])
    }

    private func isText(_ source: Container.Source, _ container: Container) -> Bool {
        guard case .node(let node, _) = source,
            case .layer(let layer) = container.members[container.nodes[node].member]
        else { return false }
        return model.layers[layer].isText
    }

    /// Returns the inputs or outputs of a model. One is not in a list: from a list Keras 3 makes a model that returns a list,
    /// and the next layer of a Sequential takes none.
    private func ends(_ sources: [Container.Source], of container: Container) -> JSON {
        let all = sources.map { reference($0, in: container, isEnd: true) }
        return all.count == 1 ? all[0] : .array(all)
    }

    /// Returns true if any layer inside is trainable. Keras 3 uses this value only if it is false, and
    /// otherwise those of the layers.
    private func learns(_ container: Container) -> Bool {
        let weighted = container.layers.filter { !model.weightSpecs[$0].isEmpty }
        return weighted.isEmpty || weighted.contains { model.layers[$0].trainable }
    }

    private func called(
        _ entry: JSON, member: Int, in container: Container, _ shape: (Container.Source) -> [Int]
    ) -> JSON {
        guard case .object(var object) = entry else { return entry }
        object["name"] = object["config"]?["name"]
        var calls: [JSON] = []
        for node in container.nodes where node.member == member && !node.inputs.isEmpty {
            let tensors = node.inputs.map { source -> JSON in
                [
                    "class_name": "__keras_tensor__",
                    "config": [
                        "shape": sizes(shape(source)),
                        "dtype": isText(source, container) ? "string" : "float32",
                        "keras_history": reference(source, in: container, isEnd: false),
                    ],
                ]
            }
            var (names, options) = (["inputs"], JSONObject())
            var layer: (any Layer)?
            if case .layer(let index) = container.members[member] { layer = model.layers[index].inFile }
            if let layer { (names, options) = (type(of: layer).inputNames, layer.callOptions) }
            // Merging layers take one list. Other layers take an argument for each input, and an initial
            // state by its name.
            var arguments: [JSON] = names.count == 1 && tensors.count > 1 ? [.array(tensors)] : tensors
            if let layer, type(of: layer).takesInitialState, tensors.count > 1 {
                arguments = [tensors[0]]
                options["initial_state"] = .array(Array(tensors[1...]))
            }
            if layer?.className == "CategoryEncoding", tensors.count > 1 {
                (arguments, options["count_weights"]) = ([tensors[0]], tensors[1])
            }
            if let layer, let operation = OperationWriting(layer) {
                arguments = operation.takesList ? [.array(tensors)] : tensors + operation.constants
            }
            if node.atInference { options["training"] = false }
            calls.append(["args": .array(arguments), "kwargs": .object(options)])
        }
        object["inbound_nodes"] = .array(calls)
        return .object(object)
    }

    /// Returns `["name", node, output]`. A nested Functional owns node 0, which counts only in
    /// `output_layers`.
    private func reference(_ source: Container.Source, in container: Container, isEnd: Bool) -> JSON {
        guard case .node(let node, let output) = source else { return .null }
        let index = container.nodes[node].member
        var use = container.nodes[..<node].count { $0.member == index }
        let name: String
        switch container.members[index] {
        case .layer(let layer): name = model.layers[layer].name
        case .model(let inside):
            name = inside.memberName
            if isEnd, inside.form == .functional, inside.steps == nil { use += 1 }
        }
        return [.string(name), .integer(use), .integer(output)]
    }
}
