import Base

/// A layer inside another one's config: `{"class_name": "LSTM", "config": {…}}`.
struct NestedLayer {
    static func read(_ key: String, from config: inout LayerConfig) throws(CellarError) -> (any Layer)? {
        guard let json = config.value(key) else { return nil }
        guard let className = json["class_name"]?.string, let options = json["config"]?.object else {
            throw config.error(
                "\(key) must be a layer with class_name and config, but is \(json.text().prefix(60))",
                key: key)
        }
        guard !["Sequential", "Functional", "Model"].contains(className) else {
            throw config.error(
                "has a whole model inside (\(className)), which is not supported: only a single layer is",
                key: key)
        }
        do {
            return try LayerTable.make(className: className, config: options)
        } catch {
            throw config.error("its \(key): \(error)", key: key)
        }
    }

    /// The layer in the form of Keras 2.10, which Keras 3 also reads.
    static func json(_ layer: any Layer) -> JSON {
        var config: JSONObject = [
            "name": .string(layer.name), "trainable": .bool(layer.trainable), "dtype": "float32",
        ]
        for (key, value) in layer.config.members { config[key] = value }
        return ["class_name": .string(layer.className), "config": .object(config)]
    }

    /// The weights of an inner layer. Weights that are frozen in the inner layer stay frozen.
    static func weights(of layer: any Layer, for inputs: [[Int]]) -> [WeightSpec] {
        layer.weights(for: inputs).map { spec in
            var spec = spec
            spec.trainable = spec.trainable && layer.trainable
            return spec
        }
    }
}
