import Base
import Cellar
import CommandSupport

extension Prediction {
    /// `file, prediction, probability`, tab-separated; no file for a typed row.
    var line: String {
        (file.map { $0 + "\t" } ?? "") + answer + (answersWithDigit ? score.map { "\t\($0)" } ?? "" : "")
            + setText + "\n"
    }

    /// False if the answer is that there is no digit, or more than one: the probability is not this statement's.
    private var answersWithDigit: Bool { ![.notDigit, .noDigit, .several].contains(status) }

    private var setText: String { self.set.map { "\t{" + $0.joined(separator: ", ") + "}" } ?? "" }

    /// For a typed row in a pipe: the answer, then each class with its probability, tab-separated.
    var classLines: String {
        line + scores.map { "\($0.name)\t\($0.score)\n" }.joined()
    }

    /// For a cell of a table: `7 (99.8 %)`.
    fileprivate var short: String {
        guard answersWithDigit else { return answer }
        guard let probability else {
            return answer + (kind.flatMap { kind in score.map { " (\(kind.rawValue) \($0))" } } ?? "")
        }
        return "\(answer) (\((Double(probability) * 100).fixed(1)) %)"
    }

    /// For people: the picture as the network saw it, the answer, and how sure the model is of each class.
    func text(for terminal: Terminal) -> String {
        var text = file.map { terminal.bold($0) + "\n" } ?? ""
        // A wider picture would be broken into lines.
        if let image, image.width <= terminal.width {
            text += DigitArt.text(image.pixels, width: image.width, terminal: terminal)
        }
        text += terminal.bold(answer) + (kind == nil ? "" : "  \(model)") + "\n"
        if let set = self.set { text += "one of \(set.joined(separator: ", "))\n" }
        if kind == .probability {
            text += Bars.text(scores.map { ($0.name, Double($0.score)) }, terminal: terminal)
        } else if let kind {
            for score in scores { text += "\(kind.rawValue) of \(score.name): \(score.score)\n" }
        }
        return text
    }
}

/// A table with a line for each sample and a column for each model.
func sideBySide(_ result: PredictResult, first: String) -> String {
    let (predictions, models) = (result.predictions, result.models)
    var table = TextTable([TextTable.Column(first, .left)] + models.map { TextTable.Column($0, .left) })
    for start in stride(from: 0, to: predictions.count, by: models.count) {
        let sample = predictions[start..<start + models.count]
        table.add([sample.first?.file ?? "row \(start / models.count + 1)"] + sample.map(\.short))
    }
    return table.text()
}
