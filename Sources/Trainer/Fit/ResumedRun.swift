import Base
import KerasFile
import Network

/// What a saved model brings along to a run that goes on with it. Its layers must be the recipe's.
struct ResumedRun {
    var model: Model
    var optimizer: any Optimizer
    var objective: Objective
    var state: OptimizerState?
    /// Epochs that were completed.
    var epochs: Int
    var partialEpoch: PartialEpoch?
    /// The size of the batches that the interrupted epoch was divided into.
    var partialBatchSize: Int?

    init(_ start: Training.Start, _ wanted: Model, _ recipe: Recipe) throws(CellarError) {
        let file = start.file
        if let difference = firstDifference(file.model, wanted) {
            throw CellarError(
                .badData,
                "\(start.reference) cannot be trained on with \(recipe.file): \(difference). Use the recipe that it was "
                    + "trained with (`registry show` has it), or train anew.")
        }
        var model = wanted
        do {
            for layer in model.layers.indices {
                // The preprocessing stays the saved one, whose constants the weights have learned with.
                try model.setWeights(file.model.weights[layer], layer: layer)
            }
        } catch {
            throw error.at(file: recipe.file)
        }
        self.model = model

        (optimizer, objective) = (recipe.compile.optimizer, recipe.compile.objective)
        // Formulas stay those of the Keras that wrote the file.
        let before = file.facts?.hyperparameters
        objective.setNewer(file.compiled?.objective?.isNewer ?? false || before?.lossRelease != nil)
        if let saved = file.compiled?.optimizer {
            guard saved.className == optimizer.className else {
                throw CellarError(
                    .badData,
                    "\(start.reference) was trained with \(saved.className), but \(recipe.file) says "
                        + "\(optimizer.className): the optimizer's state does not fit. Use the same one.")
            }
            optimizer.newer = optimizer.newer || saved.newer || before?.optimizerRelease != nil
            // A rate that ReduceLROnPlateau lowered goes on; one that the recipe changed since then counts.
            if optimizer.general.schedule == nil, let asked = before?.learningRate,
                Float(asked) == Float(optimizer.learningRate)
            {
                optimizer.learningRate = saved.learningRate
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

/// Where two chains of layers first differ; nil where they are alike but for their weights.
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
                    "layer \(index + 1), \(b.subject), was fitted on other rows (\(key) differs); use the same data and "
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
    guard saved.calls == wanted.calls else { return "the layers are wired differently" }
    return nil
}

extension JSONObject {
    /// Without how weights begin, which matters no more once they are there; in layers inside this one, too.
    fileprivate var withoutInitializers: JSONObject {
        JSONObject(
            members.filter { !$0.key.hasSuffix("_initializer") }.map { key, value in
                (key, value.object.map { .object($0.withoutInitializers) } ?? value)
            })
    }
}
