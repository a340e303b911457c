import Base
import MetricFigures
import Metrics
import Plots

/// The report of several models on the same data, side by side.
public struct ComparisonReport: Sendable {
    public let title: String
    public let facts: [(name: String, value: String)]
    public let parts: [ReportPart]

    /// - folders: The folder of each model's own report, for the reader.
    public init(
        _ evaluations: [Evaluation], folders: [String], positive: String?,
        facts: [(name: String, value: String)]
    ) throws(CellarError) {
        title = "\(evaluations.count) models on \(evaluations[0].data)"
        self.facts = facts
        var parts = [sideBySide(evaluations, folders)]
        let classes = evaluations.compactMap { evaluation -> (name: String, EvaluationDetails.Classes)? in
            guard case .classes(let outcome)? = evaluation.details?.outcomes else { return nil }
            return (evaluation.model, outcome)
        }
        if classes.count == evaluations.count {
            parts += try classComparison(classes, positive)
        }
        let values = evaluations.compactMap { evaluation -> (name: String, EvaluationDetails.Values)? in
            guard case .values(let outcome)? = evaluation.details?.outcomes else { return nil }
            return (evaluation.model, outcome)
        }
        if values.count == evaluations.count { parts += valueComparison(values) }
        self.parts = parts
    }

    public var page: HTMLPage {
        var page = HTMLPage(title: title, summary: "Differences are to the first model, on the same rows.")
        page.facts = facts
        for part in parts { page.add(part.section) }
        page.footer =
            "Made by infer evaluate. Each model has a report of its own in a folder beside this file."
        return page
    }
}

private func sideBySide(_ evaluations: [Evaluation], _ folders: [String]) -> ReportPart {
    var part = ReportPart("metrics", "Metrics")
    var names: [String] = []
    for name in evaluations.flatMap({ $0.figures.map(\.name) }) where !names.contains(name) {
        names.append(name)
    }
    var rows = names.map { name in
        [name]
            + evaluations.map { evaluation in
                evaluation.figures.first { $0.name == name }.map(\.value.measured) ?? "–"
            }
    }
    let intervals = evaluations.map { evaluation in
        evaluation.interval(of: "accuracy")
    }
    if intervals.contains(where: { $0 != nil }) {
        rows.append(["accuracy, 95 % interval"] + intervals.map { $0 ?? "–" })
    }
    rows.append(["rows"] + evaluations.map { "\($0.count)" })
    rows.append(["seen in training"] + evaluations.map { $0.seen.map { "\($0.seen.rows)" } ?? "unknown" })
    let pages = folders.map { "\($0)/report.html" }
    rows.append(["its own report"] + pages)
    var table = HTMLTable(caption: "Side by side", columns: [""] + evaluations.map(\.model), rows: rows)
    table.links = Set(pages)
    part.tables = [("", table)]
    part.json = .array(evaluations.map(\.partJSON))
    return part
}

private func classComparison(
    _ models: [(name: String, outcome: EvaluationDetails.Classes)], _ positive: String?
) throws(CellarError) -> [ReportPart] {
    var parts: [ReportPart] = []
    let first = models[0].outcome
    let areSameRows = models.allSatisfy { $0.outcome.truth == first.truth && $0.outcome.names == first.names }
    if areSameRows { parts.append(try pairedPart(models)) }
    if models.allSatisfy({ $0.outcome.kind == .probability }) {
        var part = ReportPart("calibration", "Calibration")
        var series: [(name: String, reliability: Reliability)] = []
        for (name, outcome) in models.prefix(8) { series.append((name, try outcome.reliability())) }
        part.figures = [("", reliabilityFigure(series))]
        part.tables = [
            (
                "",
                HTMLTable(
                    caption: "Calibration errors", columns: ["model", "ECE", "MCE"],
                    rows: series.map {
                        [
                            $0.name, $0.reliability.expectedError.fixed(4),
                            $0.reliability.maximumError.fixed(4),
                        ]
                    })
            )
        ]
        part.json = .object(JSONObject(series.map { ($0.name, $0.reliability.json) }))
        parts.append(part)
    }
    if first.names.count == 2 {
        var curves: [ClassCurves] = []
        // One class for all models, also where each has a positive class of its own.
        let positive = positive ?? first.names[first.positive ?? 1]
        for (name, outcome) in models {
            let label = outcome.names.firstIndex(ofSame: positive) ?? 1
            let steps = try ThresholdSteps(
                truth: outcome.truth.map { $0 == Int32(label) },
                scores: outcome.truth.indices.map { Double(outcome.score($0, of: label)) })
            if steps.positives > 0, steps.negatives > 0 {
                curves.append(try ClassCurves(name: name, steps: steps))
            }
        }
        if !curves.isEmpty {
            parts += curveParts(curves, missing: []).map { part in
                var part = part
                part.texts = ["The class \(positive), of each model."]
                return part
            }
        }
    }
    if first.names.count <= 12 { parts.append(try confusionsPart(models)) }
    return parts
}

/// McNemar's exact test of each model against the first.
private func pairedPart(
    _ models: [(name: String, outcome: EvaluationDetails.Classes)]
) throws(CellarError) -> ReportPart {
    let first = models[0]
    let rule = try PromotionRule(candidates: models.count - 1)
    var verdicts: [PairedVerdict] = []
    for (name, outcome) in models.dropFirst() {
        verdicts.append(
            try PairedVerdict(
                accuracy: first.outcome.truth, current: first.outcome.prediction,
                candidate: outcome.prediction,
                rule: rule, names: (first.name, name)))
    }
    verdicts = PairedVerdict.corrected(verdicts)
    var part = ReportPart("differences", "Paired differences")
    part.texts = [
        "Accuracy minus that of \(first.name), on the same \(first.outcome.truth.count) rows. p is McNemar's exact test"
            + (models.count > 2
                ? ", corrected for \(models.count - 1) comparisons by Holm's method; the intervals by Bonferroni's."
                : ".")
    ]
    var rows: [[String]] = []
    for (verdict, (name, outcome)) in zip(verdicts, models.dropFirst()) {
        let pairs = try PairedComparison(
            truth: first.outcome.truth, first: first.outcome.prediction, second: outcome.prediction)
        let p = verdict.correctedPValue
        rows.append([
            name, verdict.candidate.fixed(4),
            (verdict.difference < 0 ? "" : "+") + verdict.difference.fixed(4),
            "\(verdict.lower.fixed(4)) to \(verdict.upper.fixed(4))",
            p < 0.0001 ? p.scientific(1) : p.fixed(4),
            "\(pairs.onlyFirstRight)", "\(pairs.onlySecondRight)", p < 0.05 ? "yes" : "no",
        ])
    }
    part.tables = [
        (
            "",
            HTMLTable(
                caption:
                    "Against \(first.name), accuracy \(verdicts.first.map { $0.current.fixed(4) } ?? "")",
                columns: [
                    "model", "accuracy", "difference", "interval", "p", "only \(first.name) right",
                    "only this right",
                    "significant",
                ], rows: rows)
        )
    ]
    part.json = .array(verdicts.map(\.json))
    return part
}

private func confusionsPart(
    _ models: [(name: String, outcome: EvaluationDetails.Classes)]
) throws(CellarError) -> ReportPart {
    var part = ReportPart("confusion-matrix", "Confusion matrices")
    part.texts = ["Shares of the true class."]
    for (number, (name, outcome)) in models.prefix(8).enumerated() {
        let matrix = try ConfusionMatrix(
            truth: outcome.truth, prediction: outcome.prediction, classes: outcome.names)
        let width = max(300, min(560, 160 + 48 * Double(outcome.names.count)))
        part.figures.append(
            (
                number == 0 ? "" : "\(number + 1)",
                matrix.figure(title: name, normalisation: .truth, width: width)
            ))
    }
    return part
}

/// The differences of absolute errors, with intervals by the normal distribution.
private func valueComparison(
    _ models: [(name: String, outcome: EvaluationDetails.Values)]
) -> [ReportPart] {
    let first = models[0]
    guard models.allSatisfy({ $0.outcome.truth == first.outcome.truth }),
        first.outcome.truth.count > first.outcome.width
    else {
        return []
    }
    // The mean of a row's values: they are not independent of each other.
    func errors(_ outcome: EvaluationDetails.Values) -> [Double] {
        let width = max(outcome.width, 1)
        return (0..<outcome.truth.count / width).map { row in
            (row * width..<(row + 1) * width).reduce(0) {
                $0 + abs(Double(outcome.truth[$1]) - Double(outcome.prediction[$1]))
            } / Double(width)
        }
    }
    let own = errors(first.outcome)
    var part = ReportPart("differences", "Paired differences")
    part.texts = [
        "Mean absolute error minus that of \(first.name), on the same rows; the interval is two standard errors wide on each side."
    ]
    let rows = models.dropFirst().map { name, outcome -> [String] in
        let differences = zip(errors(outcome), own).map { $0 - $1 }
        let count = Double(differences.count)
        let mean = differences.reduce(0, +) / count
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let reach = 2 * (variance / count).squareRoot()
        return [
            name, (mean < 0 ? "" : "+") + mean.measured,
            "\((mean - reach).measured) to \((mean + reach).measured)",
            abs(mean) > reach ? "yes" : "no",
        ]
    }
    part.tables = [
        (
            "",
            HTMLTable(
                caption:
                    "Against \(first.name), mean absolute error \((own.reduce(0, +) / Double(own.count)).measured)",
                columns: ["model", "difference", "interval", "significant"], rows: Array(rows))
        )
    ]
    return [part]
}
