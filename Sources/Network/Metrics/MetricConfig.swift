import Base

/// Reads and writes metrics in Keras' JSON, for model files and recipes.
extension Metric {
    /// Keras' classes that are not the mean of a loss, and their names in the history.
    private static let classes: [(name: String, className: String)] = [
        ("binary_accuracy", "BinaryAccuracy"), ("categorical_accuracy", "CategoricalAccuracy"),
        ("sparse_categorical_accuracy", "SparseCategoricalAccuracy"),
        ("top_k_categorical_accuracy", "TopKCategoricalAccuracy"),
        ("sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy"), ("auc", "AUC"),
        ("precision", "Precision"), ("recall", "Recall"), ("f1_score", "F1Score"),
        ("fbeta_score", "FBetaScore"), ("root_mean_squared_error", "RootMeanSquaredError"),
        ("cosine_similarity", "CosineSimilarity"), ("true_positives", "TruePositives"),
        ("true_negatives", "TrueNegatives"), ("false_positives", "FalsePositives"),
        ("false_negatives", "FalseNegatives"), ("sensitivity_at_specificity", "SensitivityAtSpecificity"),
        ("specificity_at_sensitivity", "SpecificityAtSensitivity"),
        ("precision_at_recall", "PrecisionAtRecall"), ("recall_at_precision", "RecallAtPrecision"),
        ("io_u", "IoU"), ("mean_io_u", "MeanIoU"), ("binary_io_u", "BinaryIoU"),
        ("one_hot_io_u", "OneHotIoU"), ("one_hot_mean_io_u", "OneHotMeanIoU"), ("r2_score", "R2Score"),
    ]

    /// The losses that are also metrics in Keras.
    private static let means: [Loss.Kind] = [
        .meanSquaredError, .meanAbsoluteError, .meanAbsolutePercentageError, .meanSquaredLogarithmicError,
        .logCosh, .poisson, .klDivergence, .hinge, .squaredHinge, .categoricalHinge, .binaryCrossentropy,
        .categoricalCrossentropy, .sparseCategoricalCrossentropy,
    ]

    /// Reads `"accuracy"`, `{"class_name": "AUC", "config": {"curve": "PR"}}`, or Keras 2's form of a
    /// function:
    /// `{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "binary_accuracy"}}`.
    public init(from json: JSON, strict: Bool = false) throws(CellarError) {
        var word = keyword(of: json)
        if word == "MeanMetricWrapper" { word = json["config"]?["fn"].flatMap { keyword(of: $0) } }
        guard let text = word else {
            throw CellarError("a metric is a word such as accuracy, not \(json.kind)")
        }
        var config = LayerConfig(className: text, json["config"]?.object ?? [:])
        config.ignore("dtype", "fn", "reduction", "axis")
        try config.refuseNull("axis", "the metric \(text) over all axes is not supported")
        if let axis = config.value("axis"), axis != -1, axis != [-1] {
            throw config.error("the metric \(text) along axis \(axis.text()) is not supported", key: "axis")
        }
        let standard: String
        (kind, standard) = try Self.kind(
            text, isObject: json["class_name"]?.string == text && strict == false, &config)
        // A metric given by a function's name keeps this name in Keras: `mse`.
        let isClass = text.contains { $0.isUppercase }
        name = try config.string("name", default: isClass || json.object != nil ? standard : text)
        if strict { try config.rejectUnknownKeys() }
    }

    /// - isObject: True for an object of a class. The word Accuracy alone is the function that fits the
    /// output.
    private static func kind(
        _ text: String, isObject: Bool, _ config: inout LayerConfig
    ) throws(CellarError) -> (Kind, String) {
        let plain = text.lowercased().filter { $0 != "_" }
        if text == "Accuracy" && isObject { return (.equality, "accuracy") }
        if plain == "accuracy" || plain == "acc" { return (.accuracy, text.lowercased()) }
        if let known = classes.first(where: { $0.className.lowercased() == plain }) {
            return (try kind(ofClass: known.className, &config), known.name)
        }
        let lossName = plain == "logcosherror" ? "logcosh" : text
        if let loss = Loss.kind(named: lossName), means.contains(loss) || loss == .huber {
            var mean = Loss(loss)
            if loss == .binaryCrossentropy || loss == .categoricalCrossentropy
                || loss == .sparseCategoricalCrossentropy
            {
                mean.fromLogits = try config.bool("from_logits", default: false)
            }
            if loss == .binaryCrossentropy || loss == .categoricalCrossentropy {
                mean.labelSmoothing = try config.double("label_smoothing", default: 0, in: 0...1)
            }
            try config.refuse("ignore_class")
            let name =
                loss == .logCosh
                ? "logcosh" : loss == .klDivergence ? "kullback_leibler_divergence" : loss.rawValue
            return (.mean(mean), name)
        }
        let words = ["accuracy"] + classes.map(\.className) + means.map(\.rawValue)
        let hint = nearest(text, in: words + classes.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw CellarError("the metric \"\(text)\" is not known\(hint)")
    }

    private static func kind(ofClass name: String, _ config: inout LayerConfig) throws(CellarError) -> Kind {
        switch name {
        case "BinaryAccuracy": return .binaryAccuracy(threshold: try config.double("threshold", default: 0.5))
        case "CategoricalAccuracy": return .categoricalAccuracy(sparse: false)
        case "SparseCategoricalAccuracy": return .categoricalAccuracy(sparse: true)
        case "TopKCategoricalAccuracy": return .topK(try config.int("k", default: 5), sparse: false)
        case "SparseTopKCategoricalAccuracy": return .topK(try config.int("k", default: 5), sparse: true)
        case "RootMeanSquaredError": return .rootMeanSquaredError
        case "CosineSimilarity": return .cosineSimilarity
        case _ where Confusion.Share(rawValue: name) != nil:
            return .confusion(try confusion(Confusion.Share(rawValue: name) ?? .precision, &config))
        case _ where CurvePoint.Kind(rawValue: name) != nil:
            return .curvePoint(
                try curvePoint(CurvePoint.Kind(rawValue: name) ?? .precisionAtRecall, &config))
        case "IoU", "MeanIoU", "BinaryIoU", "OneHotIoU", "OneHotMeanIoU":
            return .iou(try iou(name, &config))
        case "R2Score":
            let word = try config.string(
                "class_aggregation", default: "uniform_average",
                oneOf: R2Score.OutputAverage.allCases.map(\.rawValue))
            try config.refuseNull(
                "class_aggregation",
                "this is one number for each output, which history cannot hold; say class_aggregation: uniform_average "
                    + "or variance_weighted_average")
            guard try config.int("num_regressors", default: 0, in: 0...Int(Int32.max)) == 0 else {
                throw config.error("num_regressors other than 0 are not supported", key: "num_regressors")
            }
            return .r2Score(R2Score(R2Score.OutputAverage(rawValue: word) ?? .uniform))
        case "AUC": return .areaUnderCurve(try areaUnderCurve(&config))
        default:
            let word = try config.string(
                "average", default: "none", oneOf: ["none"] + FScore.ClassAverage.allCases.map(\.rawValue))
            guard let average = FScore.ClassAverage(rawValue: word) else {
                throw config.error(
                    "without an average this is one number for each class, which history cannot hold; say average: macro, "
                        + "micro or weighted", key: "average")
            }
            let beta = name == "FBetaScore" ? try config.double("beta", default: 1, in: 1e-6...1e6) : 1
            let threshold =
                config.value("threshold") == nil ? nil : try config.double("threshold", in: 0...1)
            return .fScore(FScore(average: average, beta: beta, threshold: threshold))
        }
    }

    private static func confusion(
        _ share: Confusion.Share, _ config: inout LayerConfig
    ) throws(CellarError) -> Confusion {
        let thresholds = try config.doubles("thresholds") ?? []
        guard thresholds.count <= 1 else {
            throw config.error(
                "\(thresholds.count) thresholds make as many numbers; name one, and the metric once for each",
                key: "thresholds")
        }
        let topK = config.value("top_k") == nil ? nil : try config.int("top_k")
        let index = config.value("class_id") == nil ? nil : try config.int("class_id", in: 0...Int(Int32.max))
        return Confusion(share, threshold: thresholds.first, topK: topK, classIndex: index)
    }

    private static func curvePoint(
        _ kind: CurvePoint.Kind, _ config: inout LayerConfig
    ) throws(CellarError) -> CurvePoint {
        let least = try config.double(kind.asked, in: 0...1)
        let count = try config.int("num_thresholds", default: 200, in: 2...100_000)
        let index = config.value("class_id") == nil ? nil : try config.int("class_id", in: 0...Int(Int32.max))
        return CurvePoint(kind, least: least, thresholdCount: count, classIndex: index)
    }

    private static func iou(_ name: String, _ config: inout LayerConfig) throws(CellarError) -> IoU {
        if name == "BinaryIoU" {
            let level = try config.double("threshold", default: 0.5)
            return IoU(
                classCount: 2, classes: try config.ints("target_class_ids") ?? [0, 1],
                answer: .threshold(level))
        }
        let isOneHot = name.hasPrefix("OneHot")
        let isMean = name.hasSuffix("MeanIoU")
        let count = try config.int("num_classes", in: 2...4096)
        let truth = try config.bool("sparse_y_true", default: !isOneHot)
        let answer = try config.bool("sparse_y_pred", default: !isOneHot)
        var made = IoU(
            classCount: count, classes: isMean ? nil : try config.ints("target_class_ids") ?? [],
            truth: truth ? .numbers : .largest, answer: answer ? .numbers : .largest)
        if let wrong = made.classes?.first(where: { !(0..<count).contains($0) }) {
            throw config.error(
                "target_class_ids has \(wrong), but there are \(count) classes", key: "target_class_ids")
        }
        if config.value("ignore_class") != nil {
            made.ignoredClass = try config.int("ignore_class", in: -1...Int(Int32.max))
        }
        return made
    }

    private static func areaUnderCurve(_ config: inout LayerConfig) throws(CellarError) -> AreaUnderCurve {
        let curve = try config.string("curve", default: "ROC").uppercased()
        let summation = try config.string(
            "summation_method", default: "interpolation",
            oneOf: AreaUnderCurve.Summation.allCases.map(\.rawValue))
        let count = try config.int("num_thresholds", default: 200, in: 2...100_000)
        let thresholds = try config.doubles("thresholds")
        guard let curve = AreaUnderCurve.Curve(rawValue: curve) else {
            throw config.error("curve must be ROC or PR, but is \(curve)", key: "curve")
        }
        if let wrong = thresholds?.first(where: { !(0...1).contains($0) }) {
            throw config.error("thresholds must lie between 0 and 1, but one is \(wrong)", key: "thresholds")
        }
        if try config.bool("multi_label", default: false) {
            throw config.error("an AUC for each label (multi_label) is not supported", key: "multi_label")
        }
        try config.refuse("label_weights")
        config.ignore("num_labels")
        var made = AreaUnderCurve(
            curve: curve, summation: .init(rawValue: summation) ?? .interpolation, thresholdCount: count,
            thresholds: thresholds?.isEmpty ?? true ? nil : thresholds)
        made.fromLogits = try config.bool("from_logits", default: false)
        return made
    }

    /// Writes the metric as an object of a class, the only form that all versions of Keras load correctly.
    /// Nil if Keras 2.10 has no such class and would not open the file.
    ///
    /// - accuracy: The meaning of the word accuracy for this output.
    func json(accuracy: Kind) -> JSON? {
        var options: JSONObject = ["name": .string(name), "dtype": "float32"]
        let className: String
        switch kind == .accuracy ? accuracy : kind {
        case .equality: className = "Accuracy"
        case .accuracy, .fScore, .r2Score: return nil
        case .binaryAccuracy(let threshold):
            className = "BinaryAccuracy"
            options["threshold"] = .number(threshold)
        case .categoricalAccuracy(let sparse):
            className = sparse ? "SparseCategoricalAccuracy" : "CategoricalAccuracy"
        case .topK(let k, let sparse):
            className = sparse ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy"
            options["k"] = .integer(k)
        case .mean(let loss):
            guard Self.means.contains(loss.kind) else { return nil }
            className = loss.kind == .logCosh ? "LogCoshError" : loss.className
            if loss.fromLogits { options["from_logits"] = true }
            if loss.labelSmoothing != 0 { options["label_smoothing"] = .number(loss.labelSmoothing) }
        case .rootMeanSquaredError: className = "RootMeanSquaredError"
        case .cosineSimilarity: className = "CosineSimilarity"
        case .confusion(let confusion):
            className = confusion.share.rawValue
            if let threshold = confusion.threshold { options["thresholds"] = .number(threshold) }
            if let topK = confusion.topK { options["top_k"] = .integer(topK) }
            if let index = confusion.classIndex { options["class_id"] = .integer(index) }
        case .curvePoint(let point):
            className = point.kind.rawValue
            options[point.kind.asked] = .number(point.least)
            options["num_thresholds"] = .integer(point.curve.thresholdCount)
            if let index = point.classIndex { options["class_id"] = .integer(index) }
        case .iou(let iou):
            // Keras 2.10 distinguishes these only by class.
            switch (iou.truth, iou.answer) {
            case (_, .threshold(let level)):
                className = "BinaryIoU"
                options["threshold"] = .number(level)
            case (.numbers, .numbers): className = iou.classes == nil ? "MeanIoU" : "IoU"
            case (.largest, .largest): className = iou.classes == nil ? "OneHotMeanIoU" : "OneHotIoU"
            default: return nil
            }
            guard iou.ignoredClass == nil else { return nil }
            if className != "BinaryIoU" { options["num_classes"] = .integer(iou.classCount) }
            if let classes = iou.classes {
                options["target_class_ids"] = .array(classes.map { .integer($0) })
            }
        case .areaUnderCurve(let curve):
            className = "AUC"
            options["curve"] = .string(curve.curve.rawValue)
            options["summation_method"] = .string(curve.summation.rawValue)
            if let thresholds = curve.thresholds {
                options["thresholds"] = .array(thresholds.dropFirst().dropLast().map { .number($0) })
            } else {
                options["num_thresholds"] = .integer(curve.thresholdCount)
            }
            if curve.fromLogits { options["from_logits"] = true }
        }
        return ["class_name": .string(className), "config": .object(options)]
    }
}
