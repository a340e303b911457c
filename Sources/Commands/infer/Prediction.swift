import CommandSupport
import Datasets
import Infer
import Base

/// One model's answer for one sample, as it is shown.
struct Prediction {
    /// The picture; `x.npy[3]` for a sample of an array; nil for a row that was typed.
    var file: String?
    var model: String
    var answers: Answers
    var row: Int
    var image: GrayImage?

    private var label: Int { answers.label(row) }

    /// The class, or the measured values.
    var prediction: String {
        if let classes = answers.head.classes { return classes[label] }
        return answers.values(row).map { "\($0)" }.joined(separator: " ")
    }

    var probability: Float? {
        answers.head.classes == nil ? nil : answers.probability(row, of: label)
    }

    private var probabilities: [(name: String, probability: Float)] {
        (answers.head.classes ?? []).enumerated().map { ($1, answers.probability(row, of: $0)) }
    }

    /// `file, prediction, probability`, tab-separated; no file for a typed row.
    var line: String {
        (file.map { $0 + "\t" } ?? "") + prediction + (probability.map { "\t\($0)" } ?? "") + "\n"
    }

    /// For a typed row in a pipe: the answer, then each class with its probability, tab-separated.
    var classLines: String {
        line + probabilities.map { "\($0.name)\t\($0.probability)\n" }.joined()
    }

    /// For a cell of a table: `7 (99.8 %)`.
    var short: String {
        guard let probability else { return prediction }
        return "\(prediction) (\((Double(probability) * 100).fixed(1)) %)"
    }

    /// For people: the picture as the network saw it, the answer, and how sure the model is of each class.
    func text(for terminal: Terminal) -> String {
        var text = file.map { terminal.bold($0) + "\n" } ?? ""
        if let image { text += DigitArt.text(image.pixels, width: image.width, terminal: terminal) }
        text += terminal.bold(prediction) + (probability == nil ? "" : "  \(model)") + "\n"
        if !probabilities.isEmpty {
            text += Bars.text(probabilities.map { ($0.name, Double($0.probability)) }, terminal: terminal)
        }
        return text
    }

    var json: JSON {
        var object: JSONObject = [:]
        object["file"] = file.map { .string($0) }
        object["model"] = .string(model)
        guard let probability else {
            let values = answers.values(row).map { JSON($0) }
            object["prediction"] = values.count == 1 ? values[0] : .array(values)
            return .object(object)
        }
        object["prediction"] = .string(prediction)
        object["probability"] = JSON(probability)
        object["probabilities"] = .object(JSONObject(probabilities.map { ($0.name, JSON($0.probability)) }))
        return .object(object)
    }
}

/// A table with a line for each sample and a column for each model. Predictions come sample by sample.
func sideBySide(_ predictions: [Prediction], _ models: [String], first: String) -> String {
    var table = TextTable([TextTable.Column(first, .left)] + models.map { TextTable.Column($0, .left) })
    for start in stride(from: 0, to: predictions.count, by: models.count) {
        let sample = predictions[start..<start + models.count]
        table.add([sample.first?.file ?? "row \(start / models.count + 1)"] + sample.map(\.short))
    }
    return table.text()
}
