import Base

/// Reads and writes losses in Keras' JSON, for model files and recipes.
extension Loss {
    /// Alternative names in Keras.
    private static let otherNames: [String: Kind] = [
        "mse": .meanSquaredError, "mae": .meanAbsoluteError, "mape": .meanAbsolutePercentageError,
        "msle": .meanSquaredLogarithmicError, "huberloss": .huber, "logcosh": .logCosh,
        "kld": .klDivergence, "kullbackleiblerdivergence": .klDivergence, "bce": .binaryCrossentropy,
        "cosineproximity": .cosineSimilarity,
    ]

    static func kind(named text: String) -> Kind? {
        let plain = text.lowercased().filter { $0 != "_" }
        return Kind.allCases.first { $0.rawValue.filter { $0 != "_" } == plain } ?? otherNames[plain]
    }

    /// Reads `"mse"`, `{"class_name": "Huber", "config": {"delta": 2.0}}` or Keras 3's form of a function.
    public init(from json: JSON, strict: Bool = false) throws(CellarError) {
        guard let text = keyword(of: json) else {
            throw CellarError("a loss is a word such as binary_crossentropy, not \(json.kind)")
        }
        guard let kind = Self.kind(named: text) else {
            let hint = nearest(text, in: Kind.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
            throw CellarError("there is no loss \"\(text)\"\(hint)")
        }
        self.init(kind)
        var config = LayerConfig(className: text, json["config"]?.object ?? [:])
        try read(&config)
        if strict { try config.rejectUnknownKeys() }
    }

    private mutating func read(_ config: inout LayerConfig) throws(CellarError) {
        config.ignore("name", "dtype", "fn")
        let word = try config.string(
            "reduction", default: "auto", oneOf: ["auto", "mean"] + Reduction.allCases.map(\.rawValue))
        reduction = config.isNull("reduction") ? .unreduced : Reduction(rawValue: word) ?? .mean
        try config.refuseNull("axis", "a loss over all axes is not supported; losses look along the last one")
        if let axis = config.value("axis")?.int, axis != -1 {
            throw config.error("axis \(axis) is not supported; losses look along the last one", key: "axis")
        }
        switch kind {
        case .sparseCategoricalCrossentropy:
            fromLogits = try config.bool("from_logits", default: false)
            if let found = config.value("ignore_class") {
                guard let index = found.int else {
                    throw config.error("ignore_class must be a whole number", key: "ignore_class")
                }
                ignoredClass = index
            }
            config.ignore("axis")
        case .categoricalCrossentropy, .binaryCrossentropy, .categoricalFocalCrossentropy,
            .binaryFocalCrossentropy:
            fromLogits = try config.bool("from_logits", default: false)
            labelSmoothing = try config.double("label_smoothing", default: 0, in: 0...1)
        case .huber:
            delta = try config.double("delta", default: 1, in: 0...Double(Float.greatestFiniteMagnitude))
        default: break
        }
        if kind == .categoricalFocalCrossentropy || kind == .binaryFocalCrossentropy {
            focus.gamma = try config.double("gamma", default: 2, in: 0...1000)
            focus.alpha = try config.doubles("alpha") ?? [0.25]
            let isList = kind == .categoricalFocalCrossentropy
            guard isList ? !focus.alpha.isEmpty : focus.alpha.count == 1 else {
                throw config.error(
                    isList ? "alpha must be a number, or one for each class" : "alpha must be one number",
                    key: "alpha")
            }
        }
        if kind == .binaryFocalCrossentropy {
            focus.balancesClasses = try config.bool("apply_class_balancing", default: false)
        }
    }

    /// The loss as a name if that is sufficient, otherwise as an object that Keras 2 and 3 both read.
    public var json: JSON {
        var options: JSONObject = ["name": .string(kind == .huber ? "huber_loss" : kind.rawValue)]
        let plain = options
        if fromLogits { options["from_logits"] = true }
        if labelSmoothing != 0 { options["label_smoothing"] = .number(labelSmoothing) }
        if let ignoredClass { options["ignore_class"] = .integer(ignoredClass) }
        if delta != 1 { options["delta"] = .number(delta) }
        let standard = Focus()
        if focus.gamma != standard.gamma { options["gamma"] = .number(focus.gamma) }
        if focus.alpha != standard.alpha {
            options["alpha"] =
                focus.alpha.count == 1
                ? .number(focus.alpha[0]) : .array(focus.alpha.map { .number($0) })
        }
        if focus.balancesClasses { options["apply_class_balancing"] = true }
        if reduction != .mean { options["reduction"] = .string(reduction.rawValue) }
        guard options != plain else { return .string(kind.rawValue) }
        return ["class_name": .string(className), "config": .object(options)]
    }

    /// Keras' class name: `KLDivergence` for `kl_divergence`.
    var className: String {
        guard kind != .klDivergence else { return "KLDivergence" }
        return kind.rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// Returns the name of a loss, a metric or an optimizer in Keras' JSON: a string, an object's class, or Keras
/// 3's form of a function.
func keyword(of json: JSON) -> String? {
    let name = json.string ?? json["class_name"]?.string
    return name == "function" ? json["config"]?.string : name
}
