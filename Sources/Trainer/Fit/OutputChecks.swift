import Base
import Network

/// Throws if the loss or the classes of the data do not fit the model's outputs.
func checkOutputs(of model: Model, _ recipe: Recipe, _ data: PreparedData) throws(CellarError) {
    // Numeric targets are compared with the outputs elementwise.
    guard data.train.targets.count == 1, case .classes = data.train.targets[0],
        let loss = recipe.compile.objective.loss
    else { return }
    let outputs = model.outputShapes[0].reduce(1, *)
    let classes = data.classes.count
    // Many classes that are numbers may be measurements.
    let areNumbers = classes > 20 && ((try? LabelColumn(data.classes).classes())?.kind ?? .texts) != .texts
    let orNumbers =
        areNumbers ? " If they are measurements, use a loss for numbers, such as mean_squared_error." : ""
    func wrong(_ message: String, remedy: String) -> CellarError {
        CellarError(
            .badData, message, file: recipe.file, line: recipe.model.lines.last ?? nil, remedy: remedy)
    }
    guard classes > 1 else {
        throw wrong(
            "all samples are of one class, \(data.classes.first ?? "none").",
            remedy: "Use data with at least two classes.")
    }
    if loss.isBinary,
        outputs == 1 || loss.kind == .binaryCrossentropy || loss.kind == .binaryFocalCrossentropy
    {
        guard classes == 2 else {
            throw wrong(
                "\(loss.kind.rawValue) is for 2 classes, but the data have \(classes).",
                remedy: "Use sparse_categorical_crossentropy and \(classes) outputs with softmax.\(orNumbers)"
            )
        }
        guard outputs == 1 else {
            throw wrong(
                "\(loss.kind.rawValue) needs one output for 2 classes, but the model has \(outputs).",
                remedy: "Set units: 1.")
        }
    } else if outputs != classes {
        throw wrong(
            "the data have \(classes) classes, but the model has \(outputs) outputs.",
            remedy: "Set units: \(classes)"
                + (classes == 2 && outputs == 1 ? ", or use binary_crossentropy." : ".") + orNumbers)
    }
}

extension DataPart {
    /// Returns the data with sample weights multiplied by class weights.
    func weighted(
        by fit: FitRecipe, _ data: PreparedData, _ file: String
    ) throws(CellarError) -> DataPart {
        guard let classWeight = fit.classWeight else { return self }
        func wrong(_ message: String) -> CellarError {
            CellarError(.badData, "fit: \(message).", file: file, line: fit.classWeightLine)
        }
        guard targets.count == 1, case .classes(let labels) = targets[0] else {
            throw wrong("class_weight needs one output with one class per sample")
        }
        var part = self
        do {
            let ofClass = try classWeight.weights(classes: data.classes, labels: labels)
            part.weights = labels.enumerated().map { row, label in
                Float(ofClass[Int(label)]) * (weights?[row] ?? 1)
            }
        } catch {
            throw wrong(error.message)
        }
        return part
    }
}
