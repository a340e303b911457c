import Base
import MetricFigures
import Metrics
import Plots

/// The report of one model on labelled data.
public struct EvaluationReport: Sendable {
    public struct Settings: Sendable {
        /// The positive class of a model of two classes; nil for the second.
        public var positive: String?
        /// Shown at the top of the page: the model's file, hashes, times.
        public var facts: [(name: String, value: String)] = []

        public init() {}
    }

    public let title: String
    public let summary: String
    public let facts: [(name: String, value: String)]
    public let parts: [ReportPart]

    public init(_ evaluation: Evaluation, _ settings: Settings = Settings()) throws(CellarError) {
        title = "\(evaluation.model) on \(evaluation.data)"
        facts = settings.facts
        let details = evaluation.details ?? EvaluationDetails()
        var parts = [metricsPart(evaluation)]
        if let seen = evaluation.seen { parts.append(seenPart(seen)) }
        if case .classes(let matrix, let report, _) = evaluation.outcome {
            parts.append(classificationPart(report))
            if let matrix { parts.append(confusionPart(matrix)) }
        }
        switch details.outcomes {
        case .classes(let outcome): parts += try classParts(outcome, details, settings)
        case .values(let outcome): parts += try valueParts(outcome, details)
        case .labels(let outcome): parts += try labelParts(outcome)
        case .none: break
        }
        if details.isCut {
            parts[0].notes.append(
                "There are more than \(DetailCollector.most) scores: curves, calibration and mistakes are left out."
            )
        }
        self.parts = parts
        summary = EvaluationReport.summary(evaluation)
    }

    private static func summary(_ evaluation: Evaluation) -> String {
        if let accuracy = evaluation.accuracy {
            let hits = Int((accuracy * Double(evaluation.count)).rounded())
            return
                "\(hits) of \(evaluation.count) rows are predicted right: accuracy \(accuracy.fixed(4)), "
                + "95 % interval \(wilsonInterval(hits, of: evaluation.count).text())."
        }
        let shown = evaluation.figures.prefix(3).map { "\($0.name) \($0.value.measured)" }.joined(
            separator: ", ")
        return "\(evaluation.count) rows: \(shown)."
    }

    /// The page.
    public var page: HTMLPage {
        var page = HTMLPage(title: title, summary: summary)
        page.facts = facts
        for part in parts { page.add(part.section) }
        page.footer = "Made by infer evaluate. Intervals are Wilson's, of 95 %."
        return page
    }
}

extension Evaluation {
    /// Wilson's interval of a figure that is the share of rows whose class is right; nil for others.
    func interval(of name: String) -> String? {
        guard accuracy != nil, ["accuracy", "class_accuracy"].contains(name),
            let share = figures.first(where: { $0.name == name })?.value, (0...1).contains(share)
        else { return nil }
        return wilsonInterval(Int((share * Double(count)).rounded()), of: count).text()
    }
}

/// The scalar figures.
private func metricsPart(_ evaluation: Evaluation) -> ReportPart {
    var part = ReportPart("metrics", "Metrics")
    let rows = evaluation.figures.map { figure in
        [figure.name, figure.value.measured, evaluation.interval(of: figure.name) ?? ""]
    }
    part.texts = [
        "Loss: \(evaluation.shownLoss). Loss and metrics are those of the compiled model, as Keras' evaluate gives them."
    ]
    part.notes = evaluation.warnings
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "\(evaluation.count) rows", columns: ["metric", "value", "95 % interval"], rows: rows
            )
        )
    ]
    part.json = evaluation.partJSON
    return part
}

private func seenPart(_ seen: SeenRows) -> ReportPart {
    var part = ReportPart("seen", "Rows met in training")
    func row(_ name: String, _ rows: SeenRows.Part) -> [String] {
        let accuracy = rows.accuracy.map { accuracy -> [String] in
            let hits = Int((accuracy * Double(rows.rows)).rounded())
            return [accuracy.fixed(4), wilsonInterval(hits, of: rows.rows).text()]
        }
        let value = accuracy ?? [rows.meanSquaredError.map(\.measured) ?? "–", ""]
        return [name, "\(rows.rows)"] + value
    }
    let name = seen.seen.accuracy == nil && seen.unseen.accuracy == nil ? "mean squared error" : "accuracy"
    part.texts = [
        seen.seen.rows == 0
            ? "The model was trained on none of these rows."
            : "A model may know the rows that it was trained on by heart: only the others tell how it predicts new ones."
    ]
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Rows by whether the model met them in training",
                columns: ["rows", "number", name, "95 % interval"],
                rows: [row("seen in training", seen.seen), row("not seen", seen.unseen)])
        )
    ]
    part.json = ["seen": seen.seen.json, "unseen": seen.unseen.json]
    return part
}

private func classificationPart(_ report: ClassificationReport) -> ReportPart {
    var part = ReportPart("classification-report", "Classification report")
    func cells(_ name: String, _ scores: ClassificationReport.Scores, _ interval: String) -> [String] {
        [
            name, scores.precision.fixed(4), scores.recall.fixed(4), interval, scores.f1.fixed(4),
            scores.support.fixed(0),
        ]
    }
    var rows = report.rows.map { row in
        let support = Int(row.scores.support)
        let hits = Int((row.scores.recall * row.scores.support).rounded())
        return cells(row.name, row.scores, support == 0 ? "–" : wilsonInterval(hits, of: support).text(3))
    }
    if let accuracy = report.accuracy {
        rows.append(["accuracy", "", "", "", accuracy.fixed(4), report.micro.support.fixed(0)])
    } else {
        rows.append(cells("micro avg", report.micro, ""))
    }
    rows += [cells("macro avg", report.macro, ""), cells("weighted avg", report.weighted, "")]
    if let samples = report.samples { rows.append(cells("samples avg", samples, "")) }
    part.notes = report.warnings
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Precision, recall and F1 of each class",
                columns: ["class", "precision", "recall", "recall, 95 % interval", "F1", "support"],
                rows: rows)
        )
    ]
    part.preformatted = report.text()
    part.json = report.json
    return part
}

private func confusionPart(_ matrix: ConfusionMatrix) -> ReportPart {
    var part = ReportPart("confusion-matrix", "Confusion matrix")
    part.texts = ["Rows are true classes, columns predicted ones. The diagonal is right."]
    guard matrix.isReadable else {
        part.json = ["absolute": matrix.cellsJSON]
        part.notes = [
            "\(matrix.classes.count) classes are too many for a picture: confusion_matrix.csv has the whole matrix."
        ]
        part.tables = [("most", confusions(matrix))]
        return part
    }
    part.json = ["absolute": matrix.json(), "normalized": matrix.json(normalised: .truth)]
    // With few classes, cells need not be as large as a hand.
    let width = max(300, min(760, 180 + 62 * Double(matrix.classes.count)))
    part.figures = [
        ("", matrix.figure(title: "Confusion matrix", subtitle: "numbers of rows", width: width)),
        (
            "normalized",
            matrix.figure(
                title: "Confusion matrix, normalized", subtitle: "shares of the true class",
                normalisation: .truth, width: width)
        ),
    ]
    func table(_ caption: String, _ texts: [String]) -> HTMLTable {
        let size = matrix.classes.count
        return HTMLTable(
            caption: caption, columns: ["truth"] + matrix.classes,
            rows: (0..<size).map { [matrix.classes[$0]] + texts[$0 * size..<($0 + 1) * size] })
    }
    part.tables = [
        ("", table("Numbers of rows", matrix.counts.map { "\($0)" })),
        (
            "normalized",
            table("Shares of the true class", matrix.normalised(by: .truth).map { $0.fixed(4) })
        ),
    ]
    return part
}

/// The pairs of classes that are confused most often.
private func confusions(_ matrix: ConfusionMatrix) -> HTMLTable {
    HTMLTable(
        caption: "Most frequent confusions",
        columns: ["true", "predicted", "rows", "share of the true class"],
        rows: matrix.mostConfused(50).map { [$0.truth, $0.prediction, $0.rows, $0.share.fixed(4)] },
        textColumns: [1])
}
