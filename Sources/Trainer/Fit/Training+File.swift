import Base
import Foundation
import KerasFile
import Network
import Tensors

// The conversion of a run to a model file with facts.
extension Training {
    /// Makes the model file of the current state.
    func file(history: TrainingHistory, metrics: [ModelFacts.MetricValue]) throws(CellarError) -> ModelFile {
        let model = executor.trainedNetwork
        var file = ModelFile(
            model: model, compiled: .init(objective: executor.objective, optimizer: executor.optimizer))
        file.optimizerState = executor.optimizerState
        file.facts = facts(of: model, history: history, metrics: metrics)
        file.trainedRows = trainedRows
        do {
            let sample = goldenSample
            let outputs = try Predictor(model, batchSize: 1).predict(sample)
            file.golden = .init(inputs: sample, outputs: outputs)
        } catch {
            throw error.at(file: recipe.file)
        }
        return file
    }

    private func facts(of model: Model, history: TrainingHistory, metrics: [ModelFacts.MetricValue])
        -> ModelFacts
    {
        var facts = ModelFacts(
            name: recipe.name, created: Date().ISO8601Format(), generation: "keras-2.10-h5",
            architecture: architectureDigest(of: model), trainableParameters: model.trainableParameters,
            nonTrainableParameters: model.nonTrainableParameters)
        facts.task = data.isRegression ? .regression : data.classes.count == 2 ? .binary : .multiclass
        (facts.classes, facts.features, facts.picture) = (data.classes, data.features, data.picture)
        facts.metrics = metrics
        facts.history = history.series.map { .init(name: $0.name, values: $0.values) }
        facts.hyperparameters = hyperparameters
        (facts.dataset, facts.recipe, facts.seed) = (data.dataset, recipe.text, seed)
        (facts.commandLine, facts.run) = (commandLine, run)
        if let start, let sha256 = start.sha256 {
            facts.parents = [.init(kind: .resumedFrom, sha256: sha256, reference: start.reference)]
            if start.isLoose, let earlier = start.file.facts {
                if earlier.isCheckpoint, let run = earlier.run {
                    facts.parents.append(.init(kind: .checkpointOf, sha256: "", reference: run))
                }
                facts.parents += earlier.parents
            }
        }
        if let trial {
            facts.parents.append(.init(kind: .trialOf, sha256: trial.sha256, reference: trial.sweep))
            facts.hyperparameters.config["sweep"] = .string(trial.sweep)
            facts.hyperparameters.config["trial"] = .integer(trial.number)
            facts.hyperparameters.config["rung"] = .integer(trial.rung)
        }
        if let parts {
            facts.hyperparameters.config["batch_parts"] = .integer(PartedTraining.count)
            facts.hyperparameters.config["processes"] = .integer(parts.group?.ranks ?? 1)
        }
        facts.host = host
        facts.trainingSeconds = outcome?.seconds
        return facts
    }

    /// The processor and the kernels of this run.
    public var host: ModelFacts.Host {
        .init(
            processor: Processor.name, vectorExtensions: Processor.vectorExtensions, blas: matrixKernels,
            threads: threads)
    }

    /// Returns the data and settings for callbacks.
    var description: RunDescription {
        var about = RunDescription()
        (about.classes, about.picture) = (data.classes, data.picture)
        about.hyperparameters = hyperparameters.json.object ?? [:]
        about.hyperparameters["seed"] = .integer(seed)
        return about
    }

    private var hyperparameters: Hyperparameters {
        let optimizer = recipe.compile.optimizer
        var found = Hyperparameters(config: [
            "optimizer": .string(optimizer.className),
            "learning_rate": optimizer.general.schedule?.json ?? .number(optimizer.learningRate),
        ])
        for (key, value) in optimizer.general.config.members + optimizer.config.members {
            found.config[key] = value
        }
        found.config["loss"] = recipe.compile.objective.loss?.json ?? .null
        // Where formulas differ between the Keras releases, files in 2.10's form do not tell whose they are.
        if executor.optimizer.newer { found.optimizerRelease = "keras 2.11" }
        if executor.objective.isNewer { found.lossRelease = "keras 3" }
        (found.batchSize, found.epochs, found.shuffle) = (options.batchSize, options.epochs, options.shuffle)
        // `infer evaluate` finds the labels by it.
        found.targets = data.targets
        if case .interrupted(let partial)? = outcome?.end { found.interrupted = partial.kept }
        found.restoredEpoch = outcome?.restoredEpoch.map { $0 + 1 }
        return found
    }
}

/// Returns the SHA-256 of the layers' classes, options and connections, without names and constants of scalers.
func architectureDigest(of model: Model) -> String {
    let calls = model.calls.map { call -> JSON in
        let layer = model.layers[call.layer]
        var config = layer.config
        for key in type(of: layer).adaptedOptions { config[key] = nil }
        return [
            "layer": .integer(call.layer), "class": .string(layer.className), "config": .object(config),
            "inputs": .array(call.inputs.map { .integer($0) }),
        ]
    }
    return sha256(of: JSON.array(calls).text())
}
