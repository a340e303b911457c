import Base
import KerasFile
import Network

/// The state of a saved model from which a run resumes. Its layers must equal the recipe's.
struct ResumedRun {
    var model: Model
    var optimizer: any Optimizer
    var objective: Objective
    var state: OptimizerState?
    /// The number of completed epochs.
    var epochs: Int
    var partialEpoch: PartialEpoch?
    /// The batch size of the interrupted epoch.
    var partialBatchSize: Int?
    /// Differences from what Keras does while it trains the file.
    var warnings: [String] = []

    init(
        _ start: Training.Start, _ wanted: Model, _ recipe: Recipe, _ objective: Objective
    ) throws(CellarError) {
        let file = start.file
        if let difference = firstDifference(file.model, wanted) {
            throw CellarError(
                .badData,
                "cannot resume \(start.reference) with \(recipe.file): \(difference).",
                remedy: "Use the recipe that it was trained with (see `registry show`), or train a new model."
            )
        }
        var model = wanted
        do {
            for layer in model.layers.indices {
                // Keep the saved preprocessing, whose constants the weights were trained with.
                try model.setWeights(file.model.weights[layer], layer: layer)
            }
        } catch {
            throw error.at(file: recipe.file)
        }
        self.model = model

        (optimizer, self.objective) = (recipe.compile.optimizer, objective)
        // Keep the formulas of the Keras version that wrote the file.
        let before = file.facts?.hyperparameters
        self.objective.setNewer(file.compiled?.objective?.isNewer ?? false || before?.lossRelease != nil)
        if let saved = file.compiled?.optimizer {
            guard saved.className == optimizer.className else {
                throw CellarError(
                    .badData,
                    "\(start.reference) was trained with \(saved.className), but \(recipe.file) has "
                        + "\(optimizer.className): the optimizer's state does not fit.",
                    remedy: "Use the same optimizer.")
            }
            optimizer.newer = optimizer.newer || saved.newer || before?.optimizerRelease != nil
            // A rate that ReduceLROnPlateau lowered goes on; one that the recipe changed since then counts.
            if optimizer.general.schedule == nil, let asked = before?.learningRate,
                Float(asked) == Float(optimizer.learningRate)
            {
                optimizer.learningRate = saved.learningRate
            }
        }
        if file.facts == nil, let difference = embeddingDifference(optimizer, keras: file.kerasVersion) {
            for (index, layer) in model.layers.enumerated()
            where layer.innermost is Embedding && model.isTrainable(layer: index, weight: 0) {
                warnings.append("\(layer.subject): \(difference)")
            }
        }
        state = file.optimizerState
        epochs = file.facts?.history.first?.values.count ?? 0
        if let interrupted = before?.interrupted,
            let partial = PartialEpoch(interrupted, recipe.compile.objective)
        {
            partialEpoch = partial
            partialBatchSize = before?.batchSize
        }
    }
}

/// Describes what the optimizer of the Keras that wrote a file does otherwise with the gradient of an Embedding, which comes to it token by
/// token; nil if nothing.
func embeddingDifference(_ optimizer: any Optimizer, keras version: String?) -> String? {
    if optimizer.newer, optimizer.general.clips {
        return
            "Keras 2.11 and later clip its gradient token by token and then add up those of one row; here their sum is clipped, so that "
            + "steps differ where a batch has a token twice."
    }
    let name = optimizer.className
    if version?.hasPrefix("3.") == true, !["SGD", "Lion"].contains(name) {
        return
            "Keras 3 on TensorFlow squares its gradient token by token; here, as on JAX and PyTorch, those of one row are added up first, "
            + "so that steps differ where a batch has a token twice."
    }
    let hasMomentum = (optimizer as? SGD).map { $0.momentum != 0 } ?? false
    if !optimizer.newer, hasMomentum || ["RMSprop", "Adadelta", "Adamax", "Nadam"].contains(name) {
        return
            "\(name) of Keras until 2.10, and the legacy one of later ones, moves only the rows of the tokens in a batch; here all rows move, "
            + "as in Keras 2.11 and later."
    }
    return nil
}

/// Describes the first difference between the layers of two models, ignoring weights; nil if there is none.
private func firstDifference(_ saved: Model, _ wanted: Model) -> String? {
    guard saved.layers.count == wanted.layers.count else {
        return
            "the saved model has \(saved.layers.count) layers (with its input), the recipe \(wanted.layers.count)"
    }
    for (index, (a, b)) in zip(saved.layers, wanted.layers).enumerated() {
        if a.className != b.className {
            return "layer \(index + 1) is saved as \(a.subject), but the recipe has \(b.subject)"
        }
        let (found, asked) = (a.config.withoutInitializers, b.config.withoutInitializers)
        for key in asked.keys where key != "dtype" {
            guard let x = found[key], let y = asked[key], x != y else { continue }
            if !type(of: a).adaptedOptions.isEmpty {
                return
                    "layer \(index + 1), \(b.subject), was fitted on different rows (\(key) differs); use the same data and "
                    + "split"
            }
            return
                "layer \(index + 1), \(b.subject), has \(key) \(x.text()) in the file, but \(y.text()) in the recipe"
        }
        if saved.weightSpecs[index].map(\.shape) != wanted.weightSpecs[index].map(\.shape) {
            return
                "layer \(index + 1), \(b.subject), has weights of \(saved.weightSpecs[index].map(\.shape)) in the "
                + "file, but \(wanted.weightSpecs[index].map(\.shape)) in the recipe"
        }
    }
    guard saved.calls == wanted.calls else { return "the connections of the layers differ" }
    return nil
}

extension JSONObject {
    /// The config without initializers, also in nested layers. They do not affect trained weights.
    fileprivate var withoutInitializers: JSONObject {
        JSONObject(
            members.filter { !$0.key.hasSuffix("_initializer") }.map { key, value in
                (key, value.object.map { .object($0.withoutInitializers) } ?? value)
            })
    }
}
