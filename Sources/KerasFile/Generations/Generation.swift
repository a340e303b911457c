import Base
import Network

/// The Keras version that wrote a file. `Generations/` converts the options of each version to those of Keras
/// 2.10, the form that the rest of Cellar uses, with one file per generation.
struct Generation {
    /// 2.2.4 as (2, 2, 4).
    let major, minor, patch: Int
    /// True for a version that was part of TensorFlow: those with the suffix `-tf` before 2.4, and all later
    /// ones.
    let isOfTensorFlow: Bool
    /// True if Cellar wrote the file; it records 2.10 for the Keras that reads it.
    var isOurs = false
    /// The backend: `theano` stores kernels mirrored. Nil if the file does not record it.
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

    /// Guesses the generation of a config without a version (often missing in Keras 1) from its keys.
    init(guessedFrom config: JSON) {
        let isFirst = config.contains {
            $0["nb_filter"] != nil || $0["border_mode"] != nil
                || ($0["output_dim"] != nil && $0["embeddings_initializer"] == nil)
                || $0["input_dtype"] != nil
                || $0["nb_row"] != nil
        }
        let isThird = config.contains { $0["batch_shape"] != nil || $0["class_name"] == "__keras_tensor__" }
        self.init(kerasVersion: isFirst ? "1.0" : isThird ? archiveVersion : "2.10")
    }

    /// True for configs before tf.keras 2.4 and similar releases, with other defaults and weight layouts.
    var isEarly2: Bool { major == 2 && minor < 4 }

    /// True if masked steps of a sequence count in the mean of the losses: in TensorFlow's Keras up to 2.11.
    var countsMaskedLosses: Bool {
        !isOurs && (isOfTensorFlow || (major, minor) >= (2, 3)) && (major, minor) < (2, 11)
    }

    /// What a mask means to a recurrent layer that is called with initial states. Theano has the rule of TensorFlow's Keras.
    private var maskWithStates: InitialStateMask {
        if major >= 3 { return .ignored }
        return isOfTensorFlow && (major, minor) >= (2, 2) || isOurs || backend == "theano"
            ? .zeroesLeading : .repeatsState
    }

    /// Returns true if the optimizer computes as in Keras 2.11 and later.
    func hasNewOptimizers(className: String, config: JSONObject) -> Bool {
        major >= 3 || className.hasPrefix("Custom>") || config["is_legacy_optimizer"] == .bool(false)
    }

    /// Converts a whole config to 2.10's form: the model, nested models, and every layer.
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
                .badData, "expected a layer with class_name and config, found \(json.text().prefix(80))")
        }
        let name = object["name"]?.string ?? config["name"]?.string
        try checkOrigin(
            object, isModel: ["Sequential", "Functional", "Model"].contains(className),
            subject: name.map { "\(className) \"\($0)\"" } ?? className)
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
            // Functional configs also store the name outside of the options.
            if options["name"] == nil, let name = object["name"] { options["name"] = name }
            var entry = LayerEntry(
                className: className == scaleOfTFKeras ? "CustomScaleLayer" : className, config: options,
                module: object["module"]?.string)
            for key in ["layer", "backward_layer", "forward_layer", "cell"] {
                try entry.change(key) { $0.object == nil ? $0 : try current($0, dimOrdering: dimOrdering) }
            }
            if major == 2, isOfTensorFlow, entry.className == Container.Steps.className {
                entry.change("layer") { $0["config"]?["layers"] == nil ? $0 : movingTwice($0) }
            }
            try entry.change("cells") { cells in
                try cells.array.map { .array(try $0.map { try current($0, dimOrdering: dimOrdering) }) }
                    ?? cells
            }
            if ["SimpleRNN", "LSTM", "GRU", "RNN"].contains(entry.className) {
                entry.config[InitialStateMask.key] = .string(maskWithStates.rawValue)
            }
            if let join = MaskJoin(of: entry.className, keras: (major, minor)) {
                entry.config[MaskJoin.key] = .string(join.rawValue)
            }
            if major >= 3, ["TimeDistributed", "Identity"].contains(entry.className) {
                entry.config[MaskForm.key] = .string(MaskForm.keras3.rawValue)
            }
            if major >= 3, ["UnitNormalization", "Dot"].contains(entry.className) {
                entry.config[ShortVectors.key] = true
            }
            if entry.className == "MultiHeadAttention", (major, minor) >= (3, 8) {
                entry.config[MultiHeadAttention.endsMasksKey] = true
            }
            if entry.className == "MultiHeadAttention", (major, minor) >= (3, 7) {
                entry.config[MultiHeadAttention.replacesScoresKey] = true
            }
            if entry.className == "MultiHeadAttention", (major, minor) < (2, 10) {
                entry.config["ignores_mask"] = true
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

    /// Doubles the moves of each BatchNormalization in a model: tf.keras' TimeDistributed computes a model twice.
    private func movingTwice(_ json: JSON) -> JSON {
        guard var object = json.object, var config = object["config"]?.object else { return json }
        if object["class_name"] == "BatchNormalization" {
            // A number from a file may be any; the layer refuses what is no count.
            let twice = (config["moves"]?.int ?? 1).multipliedReportingOverflow(by: 2)
            config["moves"] = .integer(twice.overflow ? 0 : twice.partialValue)
        }
        if let layer = config["layer"] { config["layer"] = movingTwice(layer) }
        if let layers = config["layers"]?.array { config["layers"] = .array(layers.map(movingTwice)) }
        object["config"] = .object(config)
        return .object(object)
    }

    /// Converts an entry of a plain tensor function to the layer that replaces it, in 2.10's form; nil for
    /// other entries.
    private func operationAsLayer(_ entry: JSON) throws -> JSON? {
        major < 3 ? try Keras2Operations.asLayer(entry) : try Keras3.operationAsLayer(entry)
    }

    /// Converts an entry from before Keras 1.0, which is the config itself: the class is `name`, the name is
    /// `custom_name`.
    private func normalized(_ json: JSON) -> JSON {
        guard var object = json.object, object["class_name"] == nil, let name = object["name"]?.string else {
            return json
        }
        object["name"] = object["custom_name"]
        return ["class_name": .string(name), "config": .object(object)]
    }

    /// Sets the defaults of BatchNormalization before Keras became part of TensorFlow.
    private func updateBatchNormalization(_ entry: inout LayerEntry) {
        guard entry.className == "BatchNormalization" else { return }
        if (major, minor, patch) >= (2, 1, 4) { entry.config["sample_variance"] = true }
        if backend == "theano" { entry.config["theano_averages"] = true }
        entry.config["normalizes_frozen"] = true
        if major < 2 { entry.config["moves_frozen"] = true }
        // Keras 1 and Theano have no fused kernel.
        if major < 2 || backend == "theano" { entry.config["fused"] = false }
    }

    private func updateKeras2(_ entry: inout LayerEntry) throws {
        if entry.className == "Merge" { try Keras1.updateMerge(&entry) }
        Keras2Early.updateCuDNN(&entry)
        if isEarly2 { Keras2Early.update(&entry, minor: minor) }
    }

    /// Rejects a custom class or function, also with the name of one of Keras.
    private func checkOrigin(_ object: JSONObject, isModel: Bool, subject: String) throws {
        if let name = object.customName { throw customCode("it is", "class", name, of: subject) }
        for (key, value) in object["config"]?.object?.members ?? [] where !isModel {
            if key.hasSuffix("activation"), let function = value.object, function["class_name"] == "function"
            {
                throw customCode("its \(key) is", "function", function["config"]?.string ?? "", of: subject)
            }
            if let name = value.customName { throw customCode("its \(key) is", "class", name, of: subject) }
        }
    }

    private func customCode(_ part: String, _ kind: String, _ name: String, of subject: String) -> CellarError
    {
        CellarError(
            .badData,
            "\(subject): \(part) a custom \(kind) (\(name)), not one of Keras; its code is not in the file and is "
                + "never run",
            remedy: "Replace it with layers and functions of Keras, and save the model again.")
    }
}

extension MaskJoin {
    /// The rule of a layer in a version of Keras; nil for layers that join no masks.
    fileprivate init?(of className: String, keras version: (major: Int, minor: Int)) {
        let firstWithAny: Int
        switch className {
        case "Add", "Subtract", "Average", "Maximum", "Minimum", "Concatenate": firstWithAny = 4
        case "Multiply": firstWithAny = 6
        case "Attention", "AdditiveAttention": firstWithAny = .max
        default: return nil
        }
        self =
            version < (3, 0) ? .all : version < (3, 4) ? .none : version < (3, firstWithAny) ? .all : .any
    }
}
