import Datasets
import Base
import Foundation
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
    let executor: TrainingExecutor
    /// The rows to train on, with the weights that classes have.
    private var train: DataPart
    let start: Start?
    private(set) var options: FitOptions
    private(set) var outcome: FitOutcome?

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
    ) throws(CellarError) {
        (self.recipe, self.data, self.start, self.commandLine) = (recipe, data, start, commandLine)
        let facts = start?.file.facts
        // A run that goes on has the orders of samples that it would have had.
        seed = recipe.fit.seed ?? facts?.seed ?? Int.random(in: 0...Int(Int32.max))
        var model = try recipe.model.network(data)
        self.threads =
            recipe.fit.threads ?? threads ?? (model.trainsAlikeOnThreads ? min(Processor.count, 4) : 1)
        try checkOutputs(of: model, recipe, data)
        train = try data.train.weighted(by: recipe.fit, data, recipe.file)

        let resumed = try start.map { (start) throws(CellarError) in try ResumedRun(start, model, recipe) }
        // Before the training, as there would be no file for what was learned.
        if let start, let resumed { try checkWritable(resumed.model, readFrom: start.reference) }
        do {
            if let resumed { model = resumed.model } else { try model.initialize(seed: seed) }
        } catch {
            throw error.at(file: recipe.file)
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
            throw CellarError(
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
            throw error.at(file: recipe.file)
        }
    }

    /// The network as it is now.
    public var model: Model { executor.trainedNetwork }

    /// Trains. See `Fit.run`.
    public func run(
        observer: (any FitObserver)? = nil, shouldStop: () -> Bool = { false }
    ) throws(CellarError) -> FitOutcome {
        let before = History(
            (start?.file.facts?.history ?? []).map {
                .init(name: $0.name, values: Array($0.values.prefix(epochsBefore)))
            })
        let fit = Fit(
            executor, train: train, validation: data.validation, options: options, history: before,
            observer: observer
        ) { [unowned self] (path, epochs, history) throws(CellarError) in
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
    public func evaluate(report: (String) -> Void = { _ in }) -> [ModelFacts.MetricValue] {
        let splits = [("train", data.train), ("validation", data.validation), ("test", data.test)]
        return splits.flatMap { name, part -> [ModelFacts.MetricValue] in
            guard let part else { return [] }
            // Every row counts alike, as when someone else evaluates the model.
            let result = executor.evaluate(part.inputs, part.targets)
            if let failure = result.failure {
                report("the \(name) rows were not measured: \(failure)")
                return []
            }
            return zip(executor.logNames, executor.objective.logs(of: result)).map {
                ModelFacts.MetricValue(split: name, name: $0, value: $1)
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
    public func modelFile(metrics: [ModelFacts.MetricValue]) throws(CellarError) -> ModelFile {
        try file(history: outcome?.history ?? History(), metrics: metrics)
    }

    /// Writes what there is to `path`, so that training can go on from it; folders are made.
    public func saveCheckpoint(to path: String) throws(CellarError) {
        try saveCheckpoint(to: path, history: outcome?.history ?? History())
    }

    private func saveCheckpoint(to path: String, history: History) throws(CellarError) {
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        try writeModel(file(history: history, metrics: []), to: path)
    }
}
