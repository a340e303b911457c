import Datasets
import Digests
import Facts
import Foundation
import JSONText
import KerasFile
import Network
import Tensors

/// A recipe made ready: data, network and executor, so that one call trains it and another tells all about the result.
public final class Training {
    public let recipe: Recipe
    public private(set) var data: PreparedData
    public let seed: Int
    public let threads: Int
    /// Epochs that the model had behind it when it came here.
    public let epochsBefore: Int
    /// Batches of the next epoch that were done when training was interrupted.
    public var batchesBefore: Int { options.partialEpoch?.steps ?? 0 }
    public let commandLine: [String]
    private let executor: TrainingExecutor
    /// The rows to train on, with the weights that classes have.
    private var train: DataPart
    private let start: Start?
    private var options: FitOptions
    private var outcome: FitOutcome?

    /// A model to go on with.
    public struct Start: Sendable {
        public var file: ModelFile
        /// What the user called it, and the file's digest: nil where nobody knows it.
        public var reference: String
        public var sha256: String?
        /// The file is a checkpoint that no store knows: the new model has its parents too, so that lineage is not cut.
        public var isLoose: Bool

        public init(file: ModelFile, reference: String, sha256: String?, isLoose: Bool = false) {
            (self.file, self.reference, self.sha256, self.isLoose) = (file, reference, sha256, isLoose)
        }
    }

    /// - Parameters:
    ///   - start: A model to go on with: its weights, its optimizer's state and its count of epochs.
    ///   - threads: What the recipe leaves open. Without it, one, or as many as there are processors (up to four) where their
    ///     number changes no bit of the result.
    public init(
        _ recipe: Recipe, data: PreparedData, from start: Start? = nil, threads: Int? = nil,
        commandLine: [String] = []
    ) throws(TrainerError) {
        (self.recipe, self.data, self.start, self.commandLine) = (recipe, data, start, commandLine)
        let facts = start?.file.facts
        // A run that goes on has the orders of samples that it would have had.
        seed = recipe.fit.seed ?? facts?.seed ?? Int.random(in: 0...Int(Int32.max))
        var model = try recipe.model.network(data)
        self.threads =
            recipe.fit.threads ?? threads ?? (model.trainsAlikeOnThreads ? min(Processor.count, 4) : 1)
        try checkOutputs(of: model, recipe, data)
        train = try data.train.weighted(by: recipe.fit, data, recipe.file)

        let resumed = try start.map { (start) throws(TrainerError) in try ResumedRun(start, model, recipe) }
        // Before the training, as there would be no file for what was learned.
        if let start, let resumed {
            do { try checkWritable(resumed.model, readFrom: start.reference) } catch {
                throw TrainerError(error)
            }
        }
        do {
            if let resumed { model = resumed.model } else { try model.initialize(seed: seed) }
        } catch {
            throw TrainerError(error, file: recipe.file)
        }
        epochsBefore = resumed?.epochs ?? 0
        options = FitOptions()
        options.epochs = recipe.fit.epochs
        options.batchSize = recipe.fit.batchSize
        options.shuffle = recipe.fit.shuffle
        options.seed = seed
        options.initialEpoch = epochsBefore
        options.partialEpoch = resumed?.partialEpoch
        if options.partialEpoch != nil, resumed?.partialBatchSize != options.batchSize {
            // Other batches: the epoch that was interrupted begins anew.
            options.partialEpoch = nil
        }
        guard epochsBefore < options.epochs else {
            throw TrainerError(
                .usage,
                "\(start?.reference ?? recipe.name) has \(epochsBefore) epochs behind it, and \(recipe.file) asks for "
                    + "\(options.epochs) in all. Ask for more: --epochs \(epochsBefore + 10)")
        }
        do {
            executor = try TrainingExecutor(
                model, objective: resumed?.objective ?? recipe.compile.objective,
                optimizer: resumed?.optimizer ?? recipe.compile.optimizer, batchSize: options.batchSize,
                threads: self.threads, seed: seed)
            if let state = resumed?.state { try executor.restore(state) }
            for part in [data.train, data.validation, data.test].compactMap({ $0 }) {
                try executor.check(part.inputs, part.targets, weights: part.weights)
            }
        } catch {
            throw TrainerError(error, file: recipe.file)
        }
    }

    /// The network as it is now.
    public var model: Model { executor.trainedNetwork }

    /// Trains. See `Fit.run`.
    public func run(
        observer: (any FitObserver)? = nil, shouldStop: () -> Bool = { false }
    ) throws(TrainerError) -> FitOutcome {
        let before = History(
            (start?.file.facts?.history ?? []).map {
                .init(name: $0.name, values: Array($0.values.prefix(epochsBefore)))
            })
        let fit = Fit(
            executor, train: train, validation: data.validation, options: options, history: before,
            observer: observer
        ) { [unowned self] (path, epochs, history) throws(TrainerError) in
            try self.saveCheckpoint(to: path, history: history)
        }
        let outcome = try fit.run(callbacks: recipe.callbacks.map { $0.make() }, shouldStop: shouldStop)
        self.outcome = outcome
        return outcome
    }

    /// Loss and metrics of the model as it is, in inference mode, on every split there is.
    ///
    /// - report: is told of rows that a layer cannot compute with, as a word that no training row had; their split has no
    ///   numbers then.
    public func evaluate(report: (String) -> Void = { _ in }) -> [ModelFacts.Metric] {
        let splits = [("train", data.train), ("validation", data.validation), ("test", data.test)]
        return splits.flatMap { name, part -> [ModelFacts.Metric] in
            guard let part else { return [] }
            // Every row counts alike, as when someone else evaluates the model.
            let result = executor.evaluate(part.inputs, part.targets)
            if let failure = result.failure {
                report("the \(name) rows were not measured: \(failure)")
                return []
            }
            return zip(executor.logNames, executor.objective.logs(of: result)).map {
                ModelFacts.Metric(split: name, name: $0, value: $1)
            }
        }
    }

    /// Lets go of the rows, once all that is left is to save the model: its golden sample is all that this needs. Data are most
    /// of what a run holds, and saving wants memory of its own.
    public func releaseRows() {
        data.train = data.train.selecting([0])
        data.validation = nil
        data.test = data.test?.selecting([0])
        train = data.train
    }

    /// All of it as a file: model, optimizer's state, facts and a golden sample.
    public func modelFile(metrics: [ModelFacts.Metric]) throws(TrainerError) -> ModelFile {
        try file(history: outcome?.history ?? History(), metrics: metrics)
    }

    /// Writes what there is to `path`, so that training can go on from it; folders are made.
    public func saveCheckpoint(to path: String) throws(TrainerError) {
        try saveCheckpoint(to: path, history: outcome?.history ?? History())
    }

    private func saveCheckpoint(to path: String, history: History) throws(TrainerError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TrainerError(
                .inputOutput, file: folder.path,
                "the folder for a checkpoint cannot be made: \(error.localizedDescription)")
        }
        do {
            try writeModel(file(history: history, metrics: []), to: path)
        } catch let error as KerasFileError {
            throw TrainerError(error)
        } catch let error as TrainerError {
            throw error
        } catch {
            throw TrainerError(.inputOutput, file: path, "\(error)")
        }
    }

    private func file(history: History, metrics: [ModelFacts.Metric]) throws(TrainerError) -> ModelFile {
        let model = executor.trainedNetwork
        var file = ModelFile(
            model: model, compiled: .init(objective: executor.objective, optimizer: executor.optimizer))
        file.optimizerState = executor.optimizerState
        file.facts = facts(of: model, history: history, metrics: metrics)
        do {
            let sample = (data.test ?? data.train).inputs.map { $0.selecting([0]) }
            let outputs = try Predictor(model, batchSize: 1).predict(sample)
            file.golden = .init(inputs: sample.map(tensor), outputs: outputs)
        } catch {
            throw TrainerError(error, file: recipe.file)
        }
        return file
    }

    private func facts(of model: Model, history: History, metrics: [ModelFacts.Metric]) -> ModelFacts {
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
        facts.commandLine = commandLine
        if let start, let sha256 = start.sha256 {
            facts.parents = [.init(kind: .resumedFrom, sha256: sha256, reference: start.reference)]
            if start.isLoose { facts.parents += start.file.facts?.parents ?? [] }
        }
        facts.host = .init(
            processor: Processor.name, vectorExtensions: Processor.vectorExtensions, blas: matrixKernels,
            threads: threads)
        facts.trainingSeconds = outcome?.seconds
        return facts
    }

    private var hyperparameters: JSONObject {
        let optimizer = recipe.compile.optimizer
        var object: JSONObject = [
            "optimizer": .string(optimizer.className),
            "learning_rate": optimizer.general.schedule?.json ?? .number(optimizer.learningRate),
        ]
        for (key, value) in optimizer.general.config.members + optimizer.config.members {
            object[key] = value
        }
        object["loss"] = recipe.compile.objective.loss?.json ?? .null
        // Where formulas differ between the Keras releases, files in 2.10's form do not tell whose they are.
        if executor.optimizer.newer { object["optimizer_of"] = "keras 2.11" }
        if executor.objective.isNewer { object["loss_of"] = "keras 3" }
        object["batch_size"] = .integer(options.batchSize)
        object["epochs"] = .integer(options.epochs)
        object["shuffle"] = .bool(options.shuffle)
        // `infer evaluate` finds the labels by it.
        if case .csv(_, let targets, _) = recipe.data.source {
            object["target"] =
                targets.count == 1 ? .string(targets[0]) : .array(targets.map { .string($0) })
        }
        if case .interrupted(let partial)? = outcome?.end { object["interrupted"] = partial.json }
        return object
    }
}

/// The loss and the classes of the data must fit what the model puts out.
private func checkOutputs(of model: Model, _ recipe: Recipe, _ data: PreparedData) throws(TrainerError) {
    // What is given as numbers is compared with the outputs number by number.
    guard data.train.targets.count == 1, case .classes = data.train.targets[0],
        let loss = recipe.compile.objective.loss
    else { return }
    let outputs = model.outputShapes[0].reduce(1, *)
    let classes = data.classes.count
    func wrong(_ message: String) -> TrainerError {
        TrainerError(.badData, file: recipe.file, line: recipe.model.lines.last ?? nil, message)
    }
    guard classes > 1 else {
        throw wrong(
            "all samples are of one class, \(data.classes.first ?? "none"): there is nothing to tell apart.")
    }
    if loss.isBinary,
        outputs == 1 || loss.kind == .binaryCrossentropy || loss.kind == .binaryFocalCrossentropy
    {
        guard classes == 2 else {
            throw wrong(
                "\(loss.kind.rawValue) tells 2 classes apart, but the data have \(classes). Use "
                    + "sparse_categorical_crossentropy and \(classes) outputs with softmax.")
        }
        guard outputs == 1 else {
            throw wrong(
                "\(loss.kind.rawValue) wants one output for 2 classes, but the model has \(outputs). Set units: 1."
            )
        }
    } else if outputs != classes {
        throw wrong(
            "the data have \(classes) classes, but the model has \(outputs) outputs. Set units: \(classes).")
    }
}

extension DataPart {
    /// The same with what classes count for, times what each sample does.
    fileprivate func weighted(
        by fit: FitRecipe, _ data: PreparedData, _ file: String
    ) throws(TrainerError) -> DataPart {
        guard let classWeight = fit.classWeight else { return self }
        func wrong(_ message: String) -> TrainerError {
            TrainerError(.badData, file: file, line: fit.classWeightLine, "fit: \(message).")
        }
        guard targets.count == 1, case .classes(let labels) = targets[0] else {
            throw wrong("class_weight needs one output whose targets are classes, one a sample")
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

private func tensor(_ sample: Samples) -> Tensor {
    switch sample.storage {
    case .bytes(let bytes): Tensor(shape: [1] + sample.shape, values: bytes.map { Float($0) })
    case .floats(let floats): Tensor(shape: [1] + sample.shape, values: floats)
    }
}

/// SHA-256 over the layers' classes, options and wiring. Names do not count, nor the constants of a scaler.
func architectureDigest(of model: Model) -> String {
    let calls = model.calls.map { call -> JSON in
        let layer = model.layers[call.layer]
        var config = layer.config
        if layer is Normalization { (config["mean"], config["variance"]) = (nil, nil) }
        return [
            "layer": .integer(call.layer), "class": .string(layer.className), "config": .object(config),
            "inputs": .array(call.inputs.map { .integer($0) }),
        ]
    }
    return sha256(of: JSON.array(calls).text())
}
