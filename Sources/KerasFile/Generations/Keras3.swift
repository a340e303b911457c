import Base

/// Converts options of Keras 3 to 2.10's.
enum Keras3 {
    static func update(_ entry: inout LayerEntry) throws {
        try checkPolicy(entry)
        entry.rename("batch_shape", "batch_input_shape")
        entry.remove("quantization_config", "optional")
        switch entry.className {
        // Keras accepts both names: that of the class, and its registered one.
        case "GroupQueryAttention": entry.className = "GroupedQueryAttention"
        case "LeakyReLU": entry.rename("negative_slope", "alpha")
        case _ where entry.module?.hasSuffix(".feature_space") == true: try updateFeatureSpace(&entry)
        case "LayerNormalization":
            guard entry.config["rms_scaling"] != true else {
                throw entry.unsupported("rms_scaling is not supported")
            }
            entry.remove("rms_scaling")
        case "BatchNormalization":
            // Keras 3 has no fused kernel: the moving variance always uses the biased batch variance.
            entry.standard("fused", false)
        default: break
        }
        for key in entry.config.keys {
            if key.hasSuffix("_initializer") { entry.change(key, initializer) }
            if key.hasSuffix("activation") { entry.change(key, activation) }
        }
    }

    /// Converts the layers with which FeatureSpace joins its features: Keras' ordinary ones in a wrapper for input pipelines.
    private static func updateFeatureSpace(_ entry: inout LayerEntry) throws {
        switch entry.className {
        case "TFDConcat": entry.className = "Concatenate"
        case "TFDIdentity": entry.className = "Identity"
        case "TFDCast":
            let type = entry.config["dtype"]?["config"]?["name"]?.string ?? entry.config["dtype"]?.string
            guard type?.hasPrefix("float") == true else {
                throw entry.unsupported("it casts to \(type ?? "no type"); only float32 is supported")
            }
            entry.className = "Identity"
        default: break
        }
    }

    /// Converts hard_sigmoid, which has another formula in Keras 3: clip(x/6 + 0.5, 0, 1).
    private static func activation(_ json: JSON) -> JSON {
        let word = json.string ?? json["config"]?.string ?? json["config"]?["activation"]?.string
        if Keras3Writing.isOldHardSigmoid(json) { return "hard_sigmoid" }
        return word == "hard_sigmoid" ? "hard_sigmoid_3" : json
    }

    /// Converts an initializer: 2.10's constructors have fewer options, and the seed is a number.
    private static func initializer(_ json: JSON) -> JSON {
        guard let className = json["class_name"]?.string, var config = json["config"]?.object else {
            return json
        }
        for key in ["input_axes", "output_axes", "dtype"] { config[key] = nil }
        if let seed = config["seed"], seed.int == nil { config["seed"] = .null }
        let name = className.hasSuffix("Initializer") ? String(className.dropLast(11)) : className
        return ["class_name": .string(name), "config": .object(config)]
    }

    /// Rejects quantized weights, whose scales are part of the arithmetic.
    private static func checkPolicy(_ entry: LayerEntry) throws {
        let policy = entry.config["dtype"]
        let name = policy?["config"]?["name"]?.string ?? policy?.string ?? "float32"
        let isQuantized =
            policy?["class_name"]?.string?.contains("Quantized") == true
            || ["int4", "int8", "float8"].contains { name.hasPrefix($0) }
        guard !isQuantized, entry.config["quantization_config"]?.isNull != false else {
            let options = entry.config["quantization_config"]
            let kind = policy?["config"]?["mode"]?.string ?? options?["class_name"]?.string ?? name
            throw entry.unsupported("it is quantized (\(kind)), which is not supported")
        }
    }
}
