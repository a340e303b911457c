import Base

/// Converts options of 2.10 to a form that Keras 2.2.4 to 2.15, tf_keras and Keras 3 read with the same
/// meaning, for an `.h5` file.
enum Portable {
    /// Returns the entry of a layer without its calls. Options that early releases reject are omitted if they
    /// have the default value.
    static func entry(_ className: String, _ options: JSONObject) -> JSON {
        var entry = LayerEntry(className: className, config: options)
        switch className {
        case "InputLayer": entry.remove("ragged")
        // Before 2.4 the axis was a number.
        case "BatchNormalization": entry.change("axis") { $0.array?.count == 1 ? $0.array?[0] ?? $0 : $0 }
        // Keras 3 reads "dot" as its function of that name.
        case "Attention": entry.removeStandard("score_mode", "dot")
        default: break
        }
        if className.hasPrefix("Conv") { entry.removeStandard("groups", 1) }
        entry.removeStandard("keepdims", false)
        for key in entry.config.keys {
            if key.hasSuffix("_initializer") { entry.change(key, initializer) }
            if key.hasSuffix("_regularizer") { entry.change(key, regularizer) }
            if ["layer", "backward_layer"].contains(key) { entry.change(key, inner) }
        }
        return ["class_name": .string(className), "config": .object(entry.config)]
    }

    /// Returns a wrapped layer of a layer's options. Keras 3 needs the module of the class; Keras 2 ignores
    /// it.
    private static func inner(_ json: JSON) -> JSON {
        guard let className = json["class_name"]?.string,
            var object = entry(className, json["config"]?.object ?? [:]).object
        else { return json }
        object["module"] = "keras.layers"
        object["registered_name"] = .null
        return .object(object)
    }

    /// Converts `training_config`. Keras 2.12 does not know AdamW by that name alone, and tf_keras does not
    /// know Lion.
    static func training(_ json: JSON) -> JSON {
        guard var object = json.object, var optimizer = object["optimizer_config"]?.object,
            let name = optimizer["class_name"]?.string, ["AdamW", "Lion"].contains(name)
        else { return json }
        optimizer["class_name"] = .string("Custom>" + name)
        object["optimizer_config"] = .object(optimizer)
        return .object(object)
    }

    /// L1 and L2 have their own classes only since 2.4; the class L1L2 is as old as Keras 2.
    private static func regularizer(_ json: JSON) -> JSON {
        guard ["L1", "L2"].contains(json["class_name"]) else { return json }
        let options = json["config"]
        return ["class_name": "L1L2", "config": ["l1": options?["l1"] ?? 0.0, "l2": options?["l2"] ?? 0.0]]
    }

    /// Until 2.2 these were functions; the underlying class already had its name.
    private static let scalings: [String: (scale: Double, mode: String, distribution: String)] = [
        "GlorotUniform": (1, "fan_avg", "uniform"), "GlorotNormal": (1, "fan_avg", "normal"),
        "HeUniform": (2, "fan_in", "uniform"), "HeNormal": (2, "fan_in", "normal"),
        "LecunUniform": (1, "fan_in", "uniform"), "LecunNormal": (1, "fan_in", "normal"),
    ]

    private static func initializer(_ json: JSON) -> JSON {
        guard let name = json["class_name"]?.string, let scaling = scalings[name] else { return json }
        return [
            "class_name": "VarianceScaling",
            "config": [
                "scale": .number(scaling.scale), "mode": .string(scaling.mode),
                "distribution": .string(scaling.distribution), "seed": json["config"]?["seed"] ?? .null,
            ],
        ]
    }
}

extension LayerEntry {
    /// Removes an option that has its default value.
    fileprivate mutating func removeStandard(_ key: String, _ value: JSON) {
        if config[key] == value { config[key] = nil }
    }
}
