import Base

extension ClassificationReport {
    /// Formats the report byte for byte as scikit-learn prints it.
    public func text(digits: Int = 2) -> String {
        let longest = rows.map(\.name.unicodeScalars.count).max() ?? 0
        let width = max(longest, "weighted avg".count, digits)
        func line(_ name: String, _ cells: [String]) -> String {
            padded(name, to: width) + " " + cells.map { " " + padded($0, to: 9) }.joined() + "\n"
        }
        func line(_ name: String, _ scores: Scores) -> String {
            line(
                name,
                [scores.precision, scores.recall, scores.f1].map { $0.fixed(digits) } + [
                    supportText(scores.support)
                ])
        }
        let overall =
            if accuracy != nil {
                line("accuracy", ["", "", micro.f1.fixed(digits), supportText(micro.support)])
            } else {
                line("micro avg", micro)
            }
        return line("", ["precision", "recall", "f1-score", "support"]) + "\n"
            + rows.map { line($0.name, $0.scores) }.joined() + "\n"
            + overall + line("macro avg", macro) + line("weighted avg", weighted)
            + (samples.map { line("samples avg", $0) } ?? "")
    }

    /// The structure of `classification_report(…, output_dict=True)`: by class, then `accuracy` or `micro avg`,
    /// `macro avg`, `weighted avg` and `samples avg`.
    public var json: JSON {
        func object(_ scores: Scores) -> JSON {
            [
                "precision": .number(scores.precision), "recall": .number(scores.recall),
                "f1-score": .number(scores.f1), "support": .number(scores.support),
            ]
        }
        var report = JSONObject()
        for row in rows { report[row.name] = object(row.scores) }
        if let accuracy {
            report["accuracy"] = .number(accuracy)
        } else {
            report["micro avg"] = object(micro)
        }
        report["macro avg"] = object(macro)
        report["weighted avg"] = object(weighted)
        if let samples { report["samples avg"] = object(samples) }
        return .object(report)
    }

    private func supportText(_ support: Double) -> String {
        hasFractionalSupport ? pythonText(support) : "\(Int(support))"
    }
}
