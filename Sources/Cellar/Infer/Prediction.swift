import Base
import Datasets
import Infer

/// One model's prediction for one sample.
public struct Prediction: Sendable {
    /// The picture; `x.npy[3]` for a sample of an array; nil for a row by hand.
    public var file: String?
    /// The model's reference, or its file's path.
    public var model: String
    /// The predicted class; nil for a regression.
    public var label: String?
    /// The predicted probability of that class.
    public var probability: Float?
    /// The predicted probability of each class, in the order of the model's outputs.
    public var probabilities: [ClassProbability] = []
    /// The values that a regression predicts; empty for classes.
    public var values: [Float] = []
    /// The picture as the network saw it; nil for colour pictures, arrays and rows.
    public var image: GrayImage?

    init(_ predictions: Predictions, row: Int, model: String, file: String? = nil, image: GrayImage? = nil) {
        (self.file, self.model, self.image) = (file, model, image)
        guard let classes = predictions.meaning.classes else {
            values = Array(predictions.values(row))
            return
        }
        let predicted = predictions.label(row)
        label = classes[predicted]
        probability = predictions.probability(row, of: predicted)
        probabilities.reserveCapacity(classes.count)
        for index in classes.indices {
            probabilities.append(
                ClassProbability(
                    name: classes[index], probability: predictions.probability(row, of: index)))
        }
    }

    /// The predicted class, or the predicted values separated by spaces.
    public var answer: String { label ?? values.map { "\($0)" }.joined(separator: " ") }

    public var json: JSON {
        var object: JSONObject = [:]
        object["file"] = file.map { .string($0) }
        object["model"] = .string(model)
        guard let label, let probability else {
            let values = values.map { JSON($0) }
            object["prediction"] = values.count == 1 ? values[0] : .array(values)
            return .object(object)
        }
        object["prediction"] = .string(label)
        object["probability"] = JSON(probability)
        object["probabilities"] = .object(JSONObject(probabilities.map { ($0.name, JSON($0.probability)) }))
        return .object(object)
    }
}

/// The predicted probability of one class.
public struct ClassProbability: Equatable, Sendable {
    public var name: String
    public var probability: Float
}
