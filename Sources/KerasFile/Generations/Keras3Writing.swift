import JSONText
import Network

/// The words of 2.10, in which the core speaks, put into Keras 3's: what a `.keras` holds.
enum Keras3Writing {
    /// An object as Keras 3 serializes all of its own.
    static func object(_ module: String, _ className: JSON, _ config: JSONObject) -> JSON {
        [
            "module": .string(module), "class_name": className, "config": .object(config),
            "registered_name": nil,
        ]
    }

    /// One layer, without its calls.
    static func entry(_ layer: any Layer) throws -> JSON {
        var config: JSONObject = ["name": .string(layer.name)]
        if !(layer is InputLayer) {
            config["trainable"] = .bool(layer.trainable)
            config["dtype"] = "float32"
        }
        for (key, value) in layer.config.members { config[key] = value }
        return try entry(className: layer.className, config, subject: layer.subject)
    }

    private static func entry(className: String, _ options: JSONObject, subject: String) throws -> JSON {
        var entry = LayerEntry(className: className, config: options)
        switch className {
        case "InputLayer":
            entry.rename("batch_input_shape", "batch_shape")
            entry.remove("ragged")
        case "LeakyReLU": entry.rename("alpha", "negative_slope")
        case "ThresholdedReLU":
            // Keras 3 has it no more; its ReLU with a threshold also lets through what lies strictly above.
            entry.className = "ReLU"
            entry.rename("theta", "threshold")
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
            if key.hasSuffix("activation") { entry.config[key] = try activation(value, subject) }
            if ["layer", "backward_layer"].contains(key), let inner = value["config"]?.object {
                entry.config[key] = try self.entry(
                    className: value["class_name"]?.string ?? "", inner, subject: subject)
            }
        }
        return object("keras.layers", .string(entry.className), entry.config)
    }

    /// `{"class_name", "config"}` with what Keras 3 adds; words stay words.
    private static func wrapped(_ json: JSON, _ module: String) -> JSON {
        guard let className = json["class_name"], let config = json["config"]?.object else { return json }
        return object(module, className, config)
    }

    private static func activation(_ json: JSON, _ subject: String) throws -> JSON {
        switch json {
        case "hard_sigmoid_3": return "hard_sigmoid"
        case "swish": return "silu"
        case "hard_sigmoid":
            throw Trouble(
                .unsupported,
                "\(subject): Keras 2's hard_sigmoid cannot be written for Keras 3, where the same word means "
                    + "another formula; write an .h5 instead")
        default: return json
        }
    }

    /// `training_config` as the `compile_config` of an archive.
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

    /// Losses and metrics, alone or in lists and by outputs' names.
    private static func current(_ json: JSON, _ module: String) -> JSON {
        switch json {
        case .array(let items): return .array(items.map { current($0, module) })
        case .object(let object):
            guard let className = object["class_name"], var config = object["config"]?.object else {
                return .object(JSONObject(object.members.map { ($0.key, current($0.value, module)) }))
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
            // Keras 3 has no `decay`, but a schedule that is the same.
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
