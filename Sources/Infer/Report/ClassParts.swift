import Base
import Glibc
import MetricFigures
import Metrics
import Plots

/// The parts about models that predict one class a row.
func classParts(
    _ outcome: EvaluationDetails.Classes, _ details: EvaluationDetails, _ settings: EvaluationReport.Settings
) throws(CellarError) -> [ReportPart] {
    let classes = outcome.names.count
    let positive = settings.positive.flatMap { outcome.names.firstIndex(ofSame: $0) } ?? outcome.positive ?? 1
    // Of two classes, one curve says all.
    let wanted = classes == 2 ? [positive] : Array(0..<classes)
    var (steps, missing) = ([(label: Int, steps: ThresholdSteps)](), [String]())
    for label in wanted {
        let found = try ThresholdSteps(
            truth: outcome.truth.map { $0 == Int32(label) },
            scores: outcome.truth.indices.map { Double(outcome.score($0, of: label)) })
        if found.positives > 0, found.negatives > 0 {
            steps.append((label, found))
        } else {
            missing.append(outcome.names[label])
        }
    }
    var curves: [ClassCurves] = []
    for (label, found) in steps { curves.append(try ClassCurves(name: outcome.names[label], steps: found)) }
    var parts: [ReportPart] = []
    if !curves.isEmpty { parts += curveParts(curves, missing: missing) }
    if outcome.kind == .probability { parts.append(try calibrationPart(outcome)) }
    parts.append(try confidencePart(outcome))
    if classes == 2, let found = steps.first {
        parts.append(try thresholdPart(found.steps, outcome, positive: positive))
    }
    parts.append(mistakesPart(outcome, details))
    return parts
}

/// ROC and precision–recall curves.
func curveParts(_ curves: [ClassCurves], missing: [String]) -> [ReportPart] {
    let note =
        missing.isEmpty
        ? [] : ["Without rows, or without others, and so without a curve: \(shortened(missing))."]
    var roc = ReportPart("roc", "ROC curves")
    roc.notes = note
    roc.texts = [
        "Each class against all others. The area (AUC) is the probability that a row of the class scores higher than another row."
    ]
    roc.figures = [("", rocFigure(curves))]
    roc.tables = [
        (
            "",
            HTMLTable(
                caption: "Area under the ROC curve", columns: ["class", "AUC"],
                rows: curves.map { [$0.name, $0.roc.area.fixed(6)] })
        )
    ]
    func numbers(_ values: [Double]) -> JSON { .array(values.map { JSON(finite: $0) }) }
    roc.json = .object(
        JSONObject(
            curves.map { curve in
                (
                    curve.name,
                    [
                        "auc": .number(curve.roc.area),
                        "false_positive_rate": numbers(curve.roc.falsePositiveRates),
                        "true_positive_rate": numbers(curve.roc.truePositiveRates),
                        "thresholds": numbers(curve.roc.thresholds),
                    ]
                )
            }))
    var recall = ReportPart("precision-recall", "Precision and recall")
    recall.notes = note
    recall.texts = [
        "Each class against all others, over all thresholds. Average precision is the area of the steps."
    ]
    recall.figures = [("", precisionRecallFigure(curves))]
    recall.tables = [
        (
            "",
            HTMLTable(
                caption: "Average precision", columns: ["class", "average precision"],
                rows: curves.map { [$0.name, $0.averagePrecision.fixed(6)] })
        )
    ]
    recall.json = .object(
        JSONObject(
            curves.map { curve in
                (
                    curve.name,
                    [
                        "average_precision": .number(curve.averagePrecision),
                        "precision": numbers(curve.precisionRecall.precisions),
                        "recall": numbers(curve.precisionRecall.recalls),
                        "thresholds": numbers(curve.precisionRecall.thresholds),
                    ]
                )
            }))
    return [roc, recall]
}

extension EvaluationDetails.Classes {
    /// Returns correctness and score of the predicted class, row by row.
    public var isRight: [Bool] { truth.indices.map { truth[$0] == prediction[$0] } }
    public var confidence: [Double] { prediction.indices.map { Double(score($0, of: Int(prediction[$0]))) } }

    /// The agreement of the predicted class's probability with its frequency of being right.
    public func reliability(bins: Int = 10) throws(CellarError) -> Reliability {
        // A softmax in Float may be a unit in the last place above 1.
        try Reliability(
            probabilities: confidence.map { min(max($0, 0), 1) }, outcomes: isRight, bins: bins)
    }

    /// Fits a temperature to the rows; throws if they determine none.
    public func temperature() throws(CellarError) -> Temperature {
        let logits = logits.isEmpty ? scores.map { Float(log(Double($0) + 1e-12)) } : logits
        return try Temperature(logits: logits.map(Double.init), truth: truth, classes: names.count)
    }
}

private func calibrationPart(_ outcome: EvaluationDetails.Classes) throws(CellarError) -> ReportPart {
    var part = ReportPart("calibration", "Calibration")
    let found = try outcome.reliability()
    part.texts = [
        "How often the predicted class is right, by its probability. The expected calibration error (ECE) is "
            + "\(found.expectedError.fixed(4)), the largest of a bin (MCE) \(found.maximumError.fixed(4))."
    ]
    var json = found.json.object ?? [:]
    do throws(CellarError) {
        let temperature = try outcome.temperature()
        json["temperature"] = temperature.json
        let verdict = temperature.value > 1 ? "too sure" : "not sure enough"
        part.notes = [
            "On these rows a temperature of \(temperature.value.fixed(4)) fits best: the model is \(verdict). It lowers the loss from "
                + "\(temperature.lossBefore.fixed(4)) to \(temperature.lossAfter.fixed(4)). --calibrate stores a version with it."
        ]
    } catch {
        part.notes = [error.message]
    }
    part.figures = [("", reliabilityFigure([("", found)]))]
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Bins of the predicted class's probability",
                columns: ["bin", "rows", "mean probability", "share right", "95 % interval"],
                rows: found.bins.map { bin in
                    [
                        "\(bin.lower.fixed(1))–\(bin.upper.fixed(1))", "\(bin.rows)",
                        bin.meanProbability.map { $0.fixed(4) } ?? "–",
                        bin.frequency.map { $0.fixed(4) } ?? "–",
                        bin.interval.map { $0.text() } ?? "–",
                    ]
                })
        )
    ]
    part.json = .object(json)
    return part
}

private func confidencePart(_ outcome: EvaluationDetails.Classes) throws(CellarError) -> ReportPart {
    var part = ReportPart("confidence", "Confidence")
    let (confidence, isRight) = (outcome.confidence, outcome.isRight)
    let right = confidence.indices.filter { isRight[$0] }.map { confidence[$0] }
    let wrong = confidence.indices.filter { !isRight[$0] }.map { confidence[$0] }
    let kind = outcome.kind.rawValue
    part.texts = ["The \(kind) of the predicted class, of rows that are predicted right and of others."]
    part.figures = [("", confidenceFigure(right, wrong: wrong, label: kind))]
    func row(_ name: String, _ values: [Double]) -> [String] {
        let sorted = values.sorted()
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return [
            name, "\(values.count)", values.isEmpty ? "–" : mean.fixed(4),
            sorted.first.map { $0.fixed(4) } ?? "–", median(ofAscending: sorted).map { $0.fixed(4) } ?? "–",
            sorted.last.map { $0.fixed(4) } ?? "–",
        ]
    }
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "\(kind) of the predicted class",
                columns: ["rows", "number", "mean", "least", "median", "most"],
                rows: [row("right", right), row("wrong", wrong)])
        )
    ]
    part.json = ["right": .integer(right.count), "wrong": .integer(wrong.count)]
    return part
}

private func thresholdPart(
    _ steps: ThresholdSteps, _ outcome: EvaluationDetails.Classes, positive: Int
) throws(CellarError) -> ReportPart {
    var part = ReportPart("thresholds", "Thresholds")
    let choices = try ThresholdChoices(steps)
    let used = outcome.usedThreshold
    // Counted, because without a chosen threshold a score that equals it is not the second class.
    let asPredicted = ThresholdChoices.Point(
        threshold: used, truth: outcome.truth, prediction: outcome.prediction, positive: Int32(positive))
    let best = [
        ("best F1", choices.best(by: \.f1)), ("best balanced accuracy", choices.best(by: \.balancedAccuracy)),
        ("best accuracy", choices.best(by: \.accuracy)),
    ]
    let name = outcome.names[positive]
    let rule =
        outcome.threshold == nil
        ? " With none chosen, the rule is Keras': \(outcome.names[1]) above \(shortest(used))." : ""
    part.texts = [
        "The positive class is \(name): a row is predicted \(name) if its \(outcome.kind.rawValue) is at least the threshold.\(rule) "
            + "--positive and --threshold choose others, and --keep stores a version with them."
    ]
    if outcome.kind == .probability {
        part.figures = [
            (
                "",
                thresholdFigure(
                    choices, positive: name, chosen: used,
                    best: [("best F1", best[0].1.threshold)])
            )
        ]
    }
    let points =
        [("used", asPredicted)] + best
        + (outcome.kind == .probability
            ? stride(from: 1, through: 9, by: 1).map { ("", choices.point(at: Double($0) / 10)) } : [])
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Scores by threshold for \(name)",
                columns: [
                    "", "threshold", "precision", "recall", "specificity", "F1", "accuracy",
                    "balanced accuracy",
                ],
                rows: points.map { name, point in
                    [name, shortest(point.threshold)]
                        + [
                            point.precision, point.recall, point.specificity, point.f1, point.accuracy,
                            point.balancedAccuracy,
                        ].map { $0.fixed(4) }
                })
        )
    ]
    part.json = [
        "positive": .string(name), "used": asPredicted.json, "best_f1": best[0].1.json,
        "best_balanced_accuracy": best[1].1.json, "best_accuracy": best[2].1.json,
    ]
    return part
}

extension EvaluationDetails.Classes {
    /// The threshold that divides the rows.
    var usedThreshold: Double {
        if let threshold { return threshold }
        return kind == .logit || kind == .margin ? 0 : 0.5
    }
}

/// A score in as few digits as tell it from the neighbouring Float.
private func shortest(_ value: Double) -> String { value.isFinite ? "\(Float(value))" : "–" }

func shortened(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
}
