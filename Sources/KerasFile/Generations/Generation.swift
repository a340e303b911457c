import Base
import Network

/// Which Keras wrote a file. What its words mean is brought to the one form that the core knows, Keras 2.10's: in
/// `Generations/`, a file for each generation.
struct Generation {
    /// 2.2.4 as (2, 2, 4).
    let major, minor, patch: Int
    /// Whether it was part of TensorFlow: such versions end with `-tf` before 2.4, from where on all are.
    let isOfTensorFlow: Bool
    /// Whether Cellar wrote the file, which names 2.10 for the Keras that reads it.
    var isOurs = false
    /// What computed: `theano` stores kernels mirrored. Nil where the file does not say.
    var backend: String?

    init(kerasVersion: String, backend: String? = nil) {
        let numbers = kerasVersion.split(separator: ".").prefix(3).map { part in
            Int(part.prefix { $0.isNumber })
        }
        func number(_ place: Int) -> Int? { place < numbers.count ? numbers[place] : nil }
        (major, minor, patch) = (number(0) ?? 2, number(1) ?? 0, number(2) ?? 0)
        isOfTensorFlow = kerasVersion.hasSuffix("-tf") || (major, minor) >= (2, 4)
        self.backend = backend
    }

    /// The generation of a config whose file names no version (Keras 1 often did not), told by its words.
    init(guessedFrom config: JSON) {
        let isFirst = config.contains {
            $0["nb_filter"] != nil || $0["border_mode"] != nil
                || ($0["output_dim"] != nil && $0["embeddings_initializer"] == nil)
                || $0["input_dtype"] != nil
                || $0["nb_row"] != nil
        }
        let isThird = config.contains { $0["batch_shape"] != nil || $0["class_name"] == "__keras_tensor__" }
        self.init(kerasVersion: isFirst ? "1.0" : isThird ? "3.0" : "2.10")
    }

    /// The configs before tf.keras 2.4 and its kin: other defaults, other layouts of weights.
    var isEarly2: Bool { major == 2 && minor < 4 }

    /// Whether masked places of a sequence count in the mean of its losses: since TensorFlow's Keras, until 2.11.
    var countsMaskedLosses: Bool {
        !isOurs && (isOfTensorFlow || (major, minor) >= (2, 3)) && (major, minor) < (2, 11)
    }

    /// Whether optimizers compute as Keras 2.11 and later have it.
    func hasNewOptimizers(className: String, config: JSONObject) -> Bool {
        major >= 3 || className.hasPrefix("Custom>") || config["is_legacy_optimizer"] == .bool(false)
    }

    /// A model's config, whole, in the form of 2.10: the model, models inside it, and every layer.
    func current(model json: JSON) throws -> JSON {
        let plain = json.unwrapped
        let dimOrdering = plain.contains { $0["dim_ordering"] == "th" } ? "th" : "tf"
        return try current(plain, dimOrdering: dimOrdering)
    }

    private func current(_ json: JSON, dimOrdering: String) throws -> JSON {
        guard var object = normalized(json).object, let className = object["class_name"]?.string,
            let config = object["config"]
        else {
            throw CellarError(
                .badData, "a layer needs class_name and config, but is \(json.text().prefix(80))")
        }
        switch className {
        case "Sequential":
            // Before 2.2.3 the config was the list itself, without a name.
            var inner = config.object ?? [:]
            let entries = config.array ?? inner["layers"]?.array ?? []
            if inner["name"] == nil { inner["name"] = object["name"] }
            if major < 3, let merged = try Keras1.functional(mergedFirst: entries, name: inner["name"]) {
                return try current(merged, dimOrdering: dimOrdering)
            }
            inner["layers"] = .array(try entries.map { try current($0, dimOrdering: dimOrdering) })
            if inner["build_input_shape"] == nil {
                inner["build_input_shape"] = object["build_config"]?["input_shape"]
            }
            object["config"] = .object(inner)
        case "Functional", "Model":
            var inner = config.object ?? [:]
            var entries = inner["layers"]?.array ?? []
            if major >= 3 { entries = try Keras3.withMasksImplied(entries) }
            inner["layers"] = .array(
                try entries.map { entry in
                    if let layer = try operationAsLayer(entry) { return layer }
                    return try current(entry, dimOrdering: dimOrdering)
                })
            object["config"] = .object(inner)
        default:
            var options = config.object ?? [:]
            // Functional configs put the name beside the options as well.
            if options["name"] == nil, let name = object["name"] { options["name"] = name }
            var entry = LayerEntry(
                className: className, config: options, module: object["module"]?.string)
            try checkOrigin(entry, registeredName: object["registered_name"]?.string)
            for key in ["layer", "backward_layer", "forward_layer", "cell"] {
                try entry.change(key) { $0.object == nil ? $0 : try current($0, dimOrdering: dimOrdering) }
            }
            try entry.change("cells") { cells in
                try cells.array.map { .array(try $0.map { try current($0, dimOrdering: dimOrdering) }) }
                    ?? cells
            }
            if entry.className == "BatchNormalization", (major, minor) < (2, 12), !isOurs {
                entry.config["ignores_mask"] = true
            }
            if !isOfTensorFlow {
                Keras2Early.updateBidirectional(&entry)
                updateBatchNormalization(&entry)
            }
            switch major {
            case ...1: try Keras1.update(&entry, dimOrdering: dimOrdering)
            case 2: try updateKeras2(&entry)
            default: try Keras3.update(&entry)
            }
            object["class_name"] = .string(entry.className)
            object["config"] = .object(entry.config)
        }
        return .object(object)
    }

    /// An entry that is a plain function of tensors as the layer that it becomes, in 2.10's words already; nil for others.
    private func operationAsLayer(_ entry: JSON) throws -> JSON? {
        major < 3 ? try Keras2Operations.asLayer(entry) : try Keras3.operationAsLayer(entry)
    }

    /// Before Keras 1.0 an entry was the config itself: the class under `name`, the name under `custom_name`.
    private func normalized(_ json: JSON) -> JSON {
        guard var object = json.object, object["class_name"] == nil, let name = object["name"]?.string else {
            return json
        }
        object["name"] = object["custom_name"]
        return ["class_name": .string(name), "config": .object(object)]
    }

    /// What BatchNormalization and its moving averages took before Keras was TensorFlow's own.
    private func updateBatchNormalization(_ entry: inout LayerEntry) {
        guard entry.className == "BatchNormalization" else { return }
        if (major, minor, patch) >= (2, 1, 4) { entry.config["sample_variance"] = true }
        if backend == "theano" { entry.config["theano_averages"] = true }
        entry.config["normalizes_frozen"] = true
        if major < 2 { entry.config["moves_frozen"] = true }
        // Keras 1 had no fused kernel, nor has Theano.
        if major < 2 || backend == "theano" { entry.config["fused"] = false }
    }

    private func updateKeras2(_ entry: inout LayerEntry) throws {
        if entry.className == "Merge" { try Keras1.updateMerge(&entry) }
        Keras2Early.updateCuDNN(&entry)
        if isEarly2 { Keras2Early.update(&entry, minor: minor) }
    }

    /// A class of the user's own may bear the name of one of Keras'.
    private func checkOrigin(_ entry: LayerEntry, registeredName: String?) throws {
        let package = registeredName?.split(separator: ">", maxSplits: 1).first.map(String.init)
        let isForeignPackage =
            registeredName?.contains(">") == true
            && !["keras", "Keras", "TensorFlow"].contains(package ?? "")
        let isForeignModule =
            entry.module.map {
                !$0.hasPrefix("keras") && !$0.hasPrefix("tf_keras") && !$0.hasPrefix("tensorflow")
            } ?? false
        guard !isForeignPackage, !isForeignModule else {
            throw entry.unsupported(
                "it is a class of its author's own (\(registeredName ?? entry.module ?? "")), not one of Keras'; "
                    + "its code is not in the file and would not be run")
        }
    }
}
