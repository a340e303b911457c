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
        func wrong(_ message: String, remedy: String? = nil) -> CellarError {
            CellarError(
                .badData, "fit: \(message).", file: file, line: fit.classWeightLine, remedy: remedy)
        }
        guard targets.count == 1, let (labels, classes) = targets[0].classOfEach(among: data.classes) else {
            throw wrong(
                "class_weight needs one output with one class per sample",
                remedy:
                    "Give each sample the number or name of its class, or a row of numbers with a 1 for its class, or leave "
                    + "class_weight out.")
        }
        var part = self
        do {
            let ofClass = try classWeight.weights(classes: classes, labels: labels)
            part.weights = labels.enumerated().map { row, label in
                Float(ofClass[Int(label)]) * (weights?[row] ?? 1)
            }
        } catch {
            throw wrong(error.message)
        }
        return part
    }
}

extension Targets {
    /// Returns the class of each sample, and the classes. Rows of numbers are shares of classes, of which the largest counts, as
    /// in Keras: numbers from 0 to 1 with the sum 1. Nil for other numbers.
    func classOfEach(among names: [String]) -> (labels: [Int32], classes: [String])? {
        switch self {
        case .classes(let labels): return (labels, names)
        case .values(let values, let width):
            guard width > 1 else { return nil }
            var labels: [Int32] = []
            for start in stride(from: 0, to: values.count, by: width) {
                let row = values[start..<start + width]
                guard row.allSatisfy({ $0 >= 0 }), abs(row.reduce(0, +) - 1) < 1e-3, let most = row.max()
                else { return nil }
                labels.append(Int32((row.firstIndex(of: most) ?? start) - start))
            }
            return (labels, names.count == width ? names : (0..<width).map(String.init))
        }
    }
}
