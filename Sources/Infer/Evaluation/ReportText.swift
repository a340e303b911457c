import Base
import Metrics

/// - matrix: Nil for too many classes.
func reportText(
    _ matrix: ConfusionMatrix?, _ report: ClassificationReport, _ options: ReportOptions = ReportOptions()
) -> String {
    let most = ConfusionMatrix.maximumClasses
    let cells =
        matrix?.text(normalised: options.normalisation, digits: max(options.digits, 3))
        ?? "(omitted for more than \(most) classes)\n"
    return "Confusion matrix\n\n" + cells + "\n" + reportText(report, options)
}

/// The text about rows that may have several labels.
func reportText(_ sets: LabelSets, _ report: ClassificationReport, _ options: ReportOptions) -> String {
    "Confusion matrices\n\n" + sets.matrixText + "\n" + reportText(report, options)
}

private func reportText(_ report: ClassificationReport, _ options: ReportOptions) -> String {
    var text = "Classification report\n\n" + report.text(digits: options.digits)
    for warning in report.warnings { text += "\n" + warning }
    return text + (report.warnings.isEmpty ? "" : "\n")
}

extension LabelSets {
    private var cells: [[String]] {
        ((try? counts()) ?? []).map { counts in
            let numbers = [
                counts.trueNegatives, counts.falsePositives, counts.falseNegatives, counts.truePositives,
            ]
            return [counts.label] + numbers.map { weights == nil ? $0.fixed(0) : pythonText($0) }
        }
    }
    private static let titles = [
        "label", "true negatives", "false positives", "false negatives", "true positives",
    ]

    /// A line for each label: true negatives, false positives, false negatives, true positives.
    var matrixText: String {
        let rows = [Self.titles] + cells.map { [printable($0[0])] + $0.dropFirst() }
        let widths = Self.titles.indices.map { column in
            rows.reduce(0) { max($0, $1[column].unicodeScalars.count) }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                return column == 0 ? cell + blanks : blanks + cell
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    var matrixCSV: String {
        let rows = [Self.titles.map { $0.replacing(" ", with: "_") }] + cells
        return rows.map { row in
            csvLine([CSVGuard.guarded(row[0])] + row.dropFirst())
        }.joined()
    }

    /// `{"labels": […], "matrices": [[[tn, fp], [fn, tp]], …]}`, as scikit-learn's `multilabel_confusion_matrix`.
    var matrixJSON: JSON {
        let counts = (try? counts()) ?? []
        func number(_ value: Double) -> JSON {
            weights == nil ? .integer(Int(value)) : .number(value)
        }
        return [
            "labels": .array(labels.map { .string($0) }),
            "matrices": .array(
                counts.map { of in
                    .array([
                        .array([number(of.trueNegatives), number(of.falsePositives)]),
                        .array([number(of.falseNegatives), number(of.truePositives)]),
                    ])
                }),
        ]
    }
}
