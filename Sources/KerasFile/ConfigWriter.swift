import JSONText
import Network

/// `model_config` in the dialect that Keras 2.10, tf_keras and Keras 3 all accept: the smallest set of keys.
func modelConfig(_ model: Model) throws -> JSON {
    switch model.form {
    case .sequential:
        return [
            "class_name": "Sequential",
            "config": [
                "name": .string(model.name), "layers": .array(try model.layers.map { try entry($0) }),
            ],
        ]
    case .functional:
        return [
            "class_name": "Functional",
            "config": [
                "name": .string(model.name), "trainable": true,
                "layers": .array(try functionalEntries(model)),
                "input_layers": .array(model.inputs.map { reference(model, call: $0) }),
                "output_layers": .array(model.outputs.map { reference(model, call: $0) }),
            ],
        ]
    }
}

private func entry(_ layer: any Layer) throws -> JSON {
    var config: JSONObject = ["name": .string(layer.name)]
    if !(layer is InputLayer) {
        config["trainable"] = .bool(layer.trainable)
        config["dtype"] = "float32"
    }
    for (key, value) in layer.config.members {
        if key.hasSuffix("activation"), value == "hard_sigmoid_3" {
            throw Trouble(
                .unsupported,
                "\(layer.subject): Keras 3's hard_sigmoid cannot be written in Keras 2's layout, where the "
                    + "same word means another formula")
        }
        config[key] = value
    }
    return ["class_name": .string(layer.className), "config": .object(config)]
}

private func functionalEntries(_ model: Model) throws -> [JSON] {
    try model.layers.enumerated().map { index, layer in
        guard case .object(var object) = try entry(layer) else { return .null }
        object["name"] = .string(layer.name)
        object["inbound_nodes"] = .array(
            model.calls.filter { $0.layer == index && !$0.inputs.isEmpty }.map { call in
                .array(
                    call.inputs.map {
                        var items = reference(model, call: $0).array ?? []
                        items.append([:])
                        return .array(items)
                    })
            })
        return .object(object)
    }
}

/// `["name", node, 0]`: the output of the layer's n-th call.
private func reference(_ model: Model, call: Int) -> JSON {
    let layer = model.calls[call].layer
    let node = model.calls[..<call].count { $0.layer == layer }
    return [.string(model.layers[layer].name), .integer(node), 0]
}

/// `training_config`; nil where the loss or the optimizer is not known.
func trainingConfig(_ compiled: ModelFile.Compiled, model: Model) -> JSON? {
    guard let loss = compiled.loss, let optimizer = compiled.optimizer else { return nil }
    // As class objects: the only form that every Keras reads rightly after loading.
    let accuracy: JSON? =
        switch loss.kind {
        case .sparseCategoricalCrossentropy:
            ["class_name": "SparseCategoricalAccuracy", "config": ["name": "accuracy", "dtype": "float32"]]
        case .categoricalCrossentropy:
            ["class_name": "CategoricalAccuracy", "config": ["name": "accuracy", "dtype": "float32"]]
        case .binaryCrossentropy:
            [
                "class_name": "BinaryAccuracy",
                "config": ["name": "accuracy", "dtype": "float32", "threshold": 0.5],
            ]
        case .meanSquaredError: nil
        }
    return [
        "loss": loss.json, "metrics": accuracy.map { [$0] } ?? .null, "weighted_metrics": nil,
        "loss_weights": nil,
        "optimizer_config": optimizer.json,
    ]
}
