import Base
import EventFiles
import Network

extension TensorBoard {
    /// Writes the graph of a model: the run's graph, and the config that TensorBoard shows as "conceptual graph".
    func writeGraph(_ model: Model, to file: EventFile) throws(CellarError) {
        try file.write(Event(time: now(), content: .graph(model.graphNodes)))
        try file.write(Event(time: now(), content: .model(tag: "keras", json: model.conceptualConfig.text())))
    }
}

extension Model {
    /// A unique name for each call: the layer's path, and a number where it is called again.
    private var callNames: [String] {
        var (counts, names) = (layers.map { _ in 0 }, [String]())
        let paths = paths
        for call in calls {
            names.append(paths[call.layer] + (counts[call.layer] == 0 ? "" : "_\(counts[call.layer])"))
            counts[call.layer] += 1
        }
        return names
    }

    /// A node for each call.
    var graphNodes: [LoggedNode] {
        let names = callNames
        return calls.indices.map { index in
            LoggedNode(
                name: names[index], kind: layers[calls[index].layer].inFile.className,
                inputs: calls[index].inputs.map { names[$0] }, shape: shapes[index])
        }
    }

    /// The model in the form of Keras 3's `to_json`, as far as TensorBoard reads it. It does not follow the calls in the form of
    /// Keras 2, which model files have.
    var conceptualConfig: JSON {
        let names = callNames
        // TensorBoard makes boxes of nested models by itself.
        func name(_ call: Int) -> JSON { .string(names[call].replacing("/", with: ".")) }
        let isChain = calls.indices.allSatisfy { calls[$0].inputs == ($0 == 0 ? [] : [$0 - 1]) }
        let entries = calls.indices.map { index -> JSON in
            let layer = layers[calls[index].layer].inFile
            var config = layer.config
            config["name"] = name(index)
            if layer.isInput { config["batch_shape"] = .array([.null] + shapes[index].map { .integer($0) }) }
            config["dtype"] = "float32"
            var entry: JSONObject = [
                "module": "keras.layers", "class_name": .string(layer.className), "config": .object(config),
                "name": name(index),
            ]
            if !isChain { entry["inbound_nodes"] = inboundNodes(of: index, name) }
            return .object(entry)
        }
        func ends(_ calls: [Int]) -> JSON { .array(calls.map { .array([name($0), 0, 0]) }) }
        var config: JSONObject = ["name": .string(self.name), "layers": .array(entries)]
        if !isChain {
            config["input_layers"] = ends(inputs)
            config["output_layers"] = ends(outputs)
        }
        return ["class_name": isChain ? "Sequential" : "Functional", "config": .object(config)]
    }

    private func inboundNodes(of call: Int, _ name: (Int) -> JSON) -> JSON {
        if calls[call].inputs.isEmpty { return .array([]) }
        let arguments = calls[call].inputs.map { input -> JSON in
            [
                "class_name": "__keras_tensor__",
                "config": [
                    "shape": .array([.null] + shapes[input].map { .integer($0) }), "dtype": "float32",
                    "keras_history": .array([name(input), 0, 0]),
                ],
            ]
        }
        return .array([["args": .array([.array(arguments)]), "kwargs": .object([:])]])
    }
}
