import Base
import MetricFigures
import Metrics
import Plots

/// The parts about models that predict values.
func valueParts(
    _ outcome: EvaluationDetails.Values, _ details: EvaluationDetails
) throws(CellarError) -> [ReportPart] {
    guard !outcome.truth.isEmpty else { return [] }
    var errors = ReportPart("errors", "Errors")
    var (rows, json) = ([[String]](), [JSON]())
    var parts: [ReportPart] = []
    for value in 0..<outcome.width {
        let truth = outcome.column(value, of: outcome.truth)
        let prediction = outcome.column(value, of: outcome.prediction)
        let report = try RegressionReport(truth: truth, prediction: prediction)
        let name = outcome.width == 1 ? "value" : "value \(value + 1)"
        rows.append([
            name, report.meanAbsoluteError.measured, report.rootMeanSquaredError.measured,
            report.r2.map { $0.fixed(4) } ?? "–", report.medianAbsoluteError.measured,
            report.maximumError.measured, report.meanResidual.measured,
        ])
        json.append(report.json)
        if value < 4 {
            parts.append(residualPart(truth, prediction, name, outcome.width == 1 ? "" : "-\(value + 1)"))
        }
    }
    errors.texts = ["A residual is a true value minus its prediction."]
    if outcome.width > 4 {
        errors.notes = ["Pictures are drawn of the first four of \(outcome.width) values."]
    }
    errors.tables = [
        (
            "",
            HTMLTable(
                caption: "Errors of \(outcome.truth.count / outcome.width) rows",
                columns: ["", "MAE", "RMSE", "R²", "median error", "largest error", "mean residual"],
                rows: rows)
        )
    ]
    errors.json = outcome.width == 1 ? json[0] : .array(json)
    return [errors] + parts + [worstPart(outcome, details)]
}

private func residualPart(_ truth: [Double], _ prediction: [Double], _ name: String, _ suffix: String)
    -> ReportPart
{
    var part = ReportPart("residuals\(suffix)", suffix.isEmpty ? "Residuals" : "Residuals of \(name)")
    part.figures = [
        ("", residualFigure(truth: truth, prediction: prediction, name: name)),
        ("predicted", predictedFigure(truth: truth, prediction: prediction, name: name)),
    ]
    return part
}

private func worstPart(_ outcome: EvaluationDetails.Values, _ details: EvaluationDetails) -> ReportPart {
    var part = ReportPart("largest-errors", "Largest errors")
    func texts(_ values: [Float], _ row: Int) -> String {
        values[row * outcome.width..<(row + 1) * outcome.width].map { "\($0)" }.joined(separator: " ")
    }
    let hasColumns = !details.columns.isEmpty
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Rows of the data, counted from 1",
                columns: ["row", "predicted", "true", "error"] + (hasColumns ? ["most unusual columns"] : []),
                rows: details.worst.map { row in
                    [
                        "\(details.rows[row.index])", texts(outcome.prediction, row.index),
                        texts(outcome.truth, row.index), Double(row.badness).measured,
                    ] + (hasColumns ? [unusual(row, details.columns)] : [])
                }, textColumns: [4])
        )
    ]
    return part
}

extension EvaluationDetails.Values {
    func column(_ value: Int, of values: [Float]) -> [Double] {
        stride(from: value, to: values.count, by: width).map { Double(values[$0]) }
    }
}

/// The parts about models that predict several labels a row.
func labelParts(_ outcome: EvaluationDetails.Labels) throws(CellarError) -> [ReportPart] {
    guard !outcome.truth.isEmpty else { return [] }
    let sets = try LabelSets(labels: outcome.names, truth: outcome.truth, prediction: outcome.prediction)
    let report = try ClassificationReport(sets)
    var part = ReportPart("classification-report", "Classification report")
    part.texts = [
        "Rows may have several labels. All labels are right in a share of \(sets.subsetAccuracy.fixed(4)) of the rows; "
            + "a share of \(sets.hammingLoss.fixed(4)) of the single labels is wrong."
    ]
    part.preformatted = report.text()
    part.notes = report.warnings
    part.json = report.json
    let width = outcome.names.count
    var (curves, missing) = ([ClassCurves](), [String]())
    for label in 0..<width {
        let places = stride(from: label, to: outcome.truth.count, by: width)
        let steps = try ThresholdSteps(
            truth: places.map { outcome.truth[$0] }, scores: places.map { Double(outcome.scores[$0]) })
        if steps.positives > 0, steps.negatives > 0 {
            curves.append(try ClassCurves(name: outcome.names[label], steps: steps))
        } else {
            missing.append(outcome.names[label])
        }
    }
    return [part] + (curves.isEmpty ? [] : curveParts(curves, missing: missing))
}
