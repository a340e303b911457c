import Base

extension Generation {
    /// Converts the arguments of `compile` to 2.10's `training_config`. A `.keras` stores them as
    /// `compile_config`.
    func current(training json: JSON) -> JSON {
        guard var object = json.unwrapped.object else { return json }
        if object["optimizer_config"] == nil, let optimizer = object["optimizer"] {
            object["optimizer"] = nil
            object["optimizer_config"] = optimizer
        }
        // With float16 layers Keras wraps the optimizer in a loss-scaling one. Here the inner one is used.
        if let scaled = object["optimizer_config"], let inner = scaled["config"]?["inner_optimizer"],
            scaled["class_name"]?.string?.hasPrefix("LossScaleOptimizer") == true
        {
            object["optimizer_config"] = inner
        }
        if let optimizer = object["optimizer_config"]?.object, let name = optimizer.customOptimizerName {
            object["optimizer_config"] = ["class_name": .string("custom \(name)"), "config": [:]]
        }
        for key in ["loss", "metrics", "weighted_metrics"] {
            object[key] = object[key].map(Self.withoutFunctions)
        }
        if let className = object["optimizer_config"]?["class_name"],
            var config = object["optimizer_config"]?["config"]?.object
        {
            update(optimizer: &config)
            object["optimizer_config"] = ["class_name": className, "config": .object(config)]
        }
        return .object(object)
    }

    private func update(optimizer config: inout JSONObject) {
        // Keras 1 had this default instead of 1e-7.
        if major < 2, config["epsilon"] == nil { config["epsilon"] = 1e-8 }
        // Before 2.4, outside of TensorFlow, `clipnorm` was the norm of all gradients together.
        if major < 2 || isEarly2 && !isOfTensorFlow, let limit = config["clipnorm"] {
            config["clipnorm"] = nil
            config["global_clipnorm"] = limit
        }
    }

    /// Replaces custom losses and metrics by names that nothing has, and `{"module": "builtins", "class_name": "function", "config": "mse", …}` by "mse".
    private static func withoutFunctions(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): .array(items.map(withoutFunctions))
        case .object(let object):
            if let name = object.customName {
                .string("custom \(name)")
            } else if object["class_name"] == "function", let name = object["config"]?.string {
                .string(name)
            } else {
                .object(object.mapValues { withoutFunctions($0) })
            }
        default: json
        }
    }
}
