import Base
import Network

/// Converts options of 2.10 to Keras 3's, for a `.keras` file.
enum Keras3Writing {
    /// Returns an object in Keras 3's serialized form.
    static func object(_ module: String, _ className: JSON, _ config: JSONObject) -> JSON {
        [
            "module": .string(module), "class_name": className, "config": .object(config),
            "registered_name": nil,
        ]
    }

    /// Returns the entry of a layer without its calls.
    static func entry(_ given: any Layer) -> JSON {
        let layer = given.portable
        var config: JSONObject = ["name": .string(layer.name)]
        if !layer.isInput {
            config["trainable"] = .bool(layer.trainable)
            config["dtype"] = "float32"
        }
        for (key, value) in layer.config.members { config[key] = value }
        return entry(className: layer.className, config)
    }

    private static func entry(className: String, _ options: JSONObject) -> JSON {
        var entry = LayerEntry(className: className, config: options)
        switch className {
        case "InputLayer":
            entry.rename("batch_input_shape", "batch_shape")
            entry.remove("ragged")
        case "GroupedQueryAttention": entry.className = "GroupQueryAttention"
        case "LeakyReLU": entry.rename("alpha", "negative_slope")
        // These layers have no weights and no such option in Keras 3.
        case _ where className.hasPrefix("SpatialDropout") || className == "Discretization":
            entry.remove("trainable")
            // With an integer type Keras 3 casts the numbers before it compares them, where NaN is the least integer.
            if className == "Discretization" { entry.config["dtype"] = "float32" }
        case "BatchNormalization":
            entry.change("axis") { $0.array?.count == 1 ? $0.array?[0] ?? $0 : $0 }
            entry.remove("fused")
        case "Embedding": entry.remove("input_length")
        default: break
        }
        for key in entry.config.keys {
            guard let value = entry.config[key], !value.isNull else { continue }
            if key.hasSuffix("_initializer") { entry.config[key] = wrapped(value, "keras.initializers") }
            if key.hasSuffix("_regularizer") { entry.config[key] = wrapped(value, "keras.regularizers") }
            if key.hasSuffix("_constraint") { entry.config[key] = wrapped(value, "keras.constraints") }
            if key.hasSuffix("activation") { entry.config[key] = activation(value) }
            if ["layer", "backward_layer", "cell"].contains(key) { entry.config[key] = inner(value) }
            if key == "cells", let cells = value.array { entry.config[key] = .array(cells.map(inner)) }
        }
        return object(module(of: className), .string(entry.className), entry.config)
    }

    /// The layers that Keras' applications define for themselves are found by their modules.
    private static func module(of className: String) -> String {
        switch className {
        case "LayerScale": "keras.src.applications.convnext"
        case "CustomScaleLayer": "keras.src.applications.inception_resnet_v2"
        default: "keras.layers"
        }
    }

    /// Returns a wrapped layer of a layer's options.
    private static func inner(_ json: JSON) -> JSON {
        guard let config = json["config"]?.object else { return json }
        return entry(className: json["class_name"]?.string ?? "", config)
    }

    /// Adds Keras 3's keys to `{"class_name", "config"}`; names stay names.
    private static func wrapped(_ json: JSON, _ module: String) -> JSON {
        guard let className = json["class_name"], let config = json["config"]?.object else { return json }
        return object(module, className, config)
    }

    private static func activation(_ json: JSON) -> JSON {
        switch json {
        case "hard_sigmoid_3": "hard_sigmoid"
        case "swish": "silu"
        case "hard_sigmoid": oldHardSigmoid
        // A layer, such as LeakyReLU with its slope.
        default: json["config"] == nil ? json : inner(json)
        }
    }

    /// Keras 2's hard_sigmoid, clip(0.2 x + 0.5, 0, 1), as a model, because an activation in Keras 3 may be a
    /// model.
    private static var oldHardSigmoid: JSON {
        object(
            "keras", "Sequential",
            [
                "name": "hard_sigmoid", "trainable": true,
                "layers": [
                    object("keras.layers", "Rescaling", ["name": "rescaling", "scale": 0.2, "offset": 0.5]),
                    object("keras.layers", "ReLU", ["name": "re_lu", "max_value": 1.0]),
                ],
            ])
    }

    /// Returns true if an activation is that model, also after Keras saved it again with additional keys.
    static func isOldHardSigmoid(_ json: JSON) -> Bool {
        guard json["class_name"] == "Sequential", let layers = json["config"]?["layers"]?.array else {
            return false
        }
        let steps = layers.filter { $0["class_name"] != "InputLayer" }
        guard steps.map({ $0["class_name"]?.string }) == ["Rescaling", "ReLU"] else { return false }
        let (line, clip) = (steps[0]["config"], steps[1]["config"])
        return line?["scale"]?.double == 0.2 && line?["offset"]?.double == 0.5
            && clip?["max_value"]?.double == 1
            && clip?["negative_slope"]?.double ?? 0 == 0 && clip?["threshold"]?.double ?? 0 == 0
    }

    /// Converts `training_config` to the `compile_config` of an archive.
    static func compileConfig(_ training: JSON) -> JSON {
        var config: JSONObject = [
            "optimizer": optimizer(training["optimizer_config"] ?? .null), "loss": .null,
            "loss_weights": .null,
            "metrics": .null, "weighted_metrics": .null, "run_eagerly": false, "steps_per_execution": 1,
            "jit_compile": false,
        ]
        for key in ["loss", "loss_weights", "metrics", "weighted_metrics"] {
            let module = key == "loss" ? "keras.losses" : "keras.metrics"
            config[key] = training[key].map { current($0, module) } ?? .null
        }
        return .object(config)
    }

    /// Converts losses and metrics, alone, in lists or by output name.
    private static func current(_ json: JSON, _ module: String) -> JSON {
        switch json {
        case .array(let items): return .array(items.map { current($0, module) })
        case .object(let object):
            guard let className = object["class_name"], var config = object["config"]?.object else {
                return .object(object.mapValues { current($0, module) })
            }
            if config["reduction"] == "auto" { config["reduction"] = "sum_over_batch_size" }
            return self.object(module, className, config)
        default: return json
        }
    }

    private static func optimizer(_ json: JSON) -> JSON {
        guard let className = json["class_name"]?.string, var config = json["config"]?.object else {
            return json
        }
        config["name"] = .string(ObjectPaths.snakeCase(className))
        if let schedule = config["learning_rate"], schedule["class_name"] != nil {
            config["learning_rate"] = wrapped(schedule, "keras.optimizers.schedules")
        } else if let decay = config["decay"]?.double, decay != 0 {
            // Keras 3 has no `decay`, but an equivalent schedule.
            config["learning_rate"] = object(
                "keras.optimizers.schedules", "InverseTimeDecay",
                [
                    "initial_learning_rate": config["learning_rate"] ?? .null, "decay_steps": 1,
                    "decay_rate": .number(decay),
                ])
        }
        config["decay"] = nil
        config["schedule_decay"] = nil
        config["is_legacy_optimizer"] = nil
        return object("keras.optimizers", .string(className), config)
    }
}
