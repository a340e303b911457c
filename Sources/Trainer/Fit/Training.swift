import Datasets
import Base
import Foundation
import KerasFile
import Network
import Tensors

/// A training run of a recipe: data, network and executor. One call trains, others evaluate and save the result.
public final class Training {
    public let recipe: Recipe
    public private(set) var data: PreparedData
    public let seed: Int
    public let threads: Int
    /// The number of epochs completed before this run.
    public let epochsBefore: Int
    /// The number of batches of the next epoch completed before an interruption.
    public var batchesBefore: Int { options.partialEpoch?.steps ?? 0 }
    public let commandLine: [String]
    /// Doubts about the setup, one sentence or two each.
    public let warnings: [String]
    let executor: TrainingExecutor
    /// The training rows with class weights applied.
    private var train: DataPart
    let start: Start?
    /// Batches in a fixed number of parts, as processes of `mpirun` share them; nil for whole batches.
    let parts: PartedTraining?
    /// A row for the golden sample, as it enters the model.
    private(set) var goldenSample: [Samples]
    private(set) var options: FitOptions
    private(set) var outcome: FitOutcome?
    /// The weights of the best epoch of an interrupted run.
    private var keptWeights: KeptWeights?
    /// The sweep that this run is a trial of.
    public var trial: TrialFacts?
    /// The limits of sure answers; known after the training.
    private var abstention: ModelFacts.Picture.Abstention?
    private var knownRows: [RowHashes]?
    /// The hashes of the rows that were released, until `knownRows` is made of them.
    private var releasedHashes: [UInt64]?
    /// Identifies this run, in its checkpoints and in the model that it saves.
    let run: String

    /// A model from which training resumes.
    public struct Start: Sendable {
        public var file: ModelFile
        /// The user's name for the model, and the file's SHA-256 if known.
        public var reference: String
        public var sha256: String?
        /// True for an unregistered checkpoint: the new model gets its parents too, to keep the lineage connected.
        public var isLoose: Bool

        public init(file: ModelFile, reference: String, sha256: String?, isLoose: Bool = false) {
            (self.file, self.reference, self.sha256, self.isLoose) = (file, reference, sha256, isLoose)
        }
    }

    /// - Parameters:
    ///   - start: A model to resume from: its weights, optimizer's state and number of epochs.
    ///   - threads: The number of threads if the recipe has none. By default up to four if their number does not affect
    ///     the result, else one.
    public init(
        _ recipe: Recipe, data: PreparedData, from start: Start? = nil, threads: Int? = nil,
        commandLine: [String] = [], group: (any GradientExchange)? = nil
    ) throws(CellarError) {
        parts = group == nil && !recipe.fit.hasParts ? nil : try PartedTraining(group)
        (self.recipe, self.data, self.start, self.commandLine) = (recipe, data, start, commandLine)
        let facts = start?.file.facts
        run = String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
        // A resumed run uses the same orders of samples as an uninterrupted one.
        seed = recipe.fit.seed ?? facts?.seed ?? Int.random(in: 0...Int(Int32.max))
        var model = try recipe.model.network(data)
        self.threads =
            recipe.fit.threads ?? threads ?? (model.trainsAlikeOnThreads ? min(Processor.count, 4) : 1)
        do {
            try model.checkTrainingMemory(
                with: recipe.compile.optimizer, batchSize: min(recipe.fit.batchSize, data.train.count),
                threads: self.threads)
        } catch {
            throw error.at(file: recipe.file)
        }
        try checkOutputs(of: model, recipe, data)
        let doubts = try SetupChecks(model, recipe, data).warnings
        train = try data.train.weighted(by: recipe.fit, data, recipe.file)
        goldenSample = (data.test ?? data.train).inputs.map { $0.selecting([0]) }

        let objective = try data.objective(of: recipe)
        let resumed = try start.map { (start) throws(CellarError) in
            try ResumedRun(start, model, recipe, objective)
        }
        warnings = doubts + (resumed?.warnings ?? [])
        // Check before training that the model can be saved.
        if let start, let resumed { try checkWritable(resumed.model, readFrom: start.reference) }
        do {
            if let resumed {
                model = resumed.model
            } else {
                try model.initialize(seed: seed)
                try data.preparation?.setConstants(&model)
            }
        } catch {
            throw error.at(file: recipe.file)
        }
        epochsBefore = resumed?.epochs ?? 0
        options = FitOptions()
        options.epochs = recipe.fit.epochs
        options.batchSize = recipe.fit.batchSize
        options.shuffle = recipe.fit.shuffle
        options.seed = seed
        (options.augmentation, options.threads) = (recipe.augmentation, self.threads)
        options.initialEpoch = epochsBefore
        options.partialEpoch = resumed?.partialEpoch
        if options.partialEpoch != nil, resumed?.partialBatchSize != options.batchSize {
            // A different batch size: restart the interrupted epoch.
            options.partialEpoch = nil
        }
        guard epochsBefore < options.epochs else {
            throw CellarError(
                .usage,
                "\(start?.reference ?? recipe.name) was trained for \(epochsBefore) epochs, and \(recipe.file) has "
                    + "epochs: \(options.epochs), which counts all of them.",
                remedy: "Use more, for example --epochs \(epochsBefore + 10).")
        }
        do {
            executor = try TrainingExecutor(
                model, objective: resumed?.objective ?? objective,
                optimizer: resumed?.optimizer ?? recipe.compile.optimizer,
                batchSize: min(options.batchSize, data.train.count),
                threads: self.threads, seed: seed, parts: parts)
            executor.weighsBatchesAlike = executor.objective.isNewer
            if let state = resumed?.state { try executor.restore(state) }
            if model.readsTexts {
                // Rows are hashed as they are in the table.
                _ = trainedRows
                self.data.train.inputs = try executor.prepared(data.train.inputs)
                try self.data.validation?.inputs = executor.prepared(data.validation?.inputs ?? [])
                try self.data.test?.inputs = executor.prepared(data.test?.inputs ?? [])
                train.inputs = self.data.train.inputs
            }
            let data = self.data
            for part in [data.train, data.validation, data.test].compactMap({ $0 }) {
                try executor.check(part.inputs, part.targets, weights: part.weights)
            }
        } catch {
            throw error.at(file: recipe.file)
        }
    }

    /// The network with its current weights.
    public var model: Model { executor.trainedNetwork }

    /// Trains the model; see `Fit.run`.
    public func run(
        observer: (any FitObserver)? = nil, shouldStop: () -> Bool = { false }
    ) throws(CellarError) -> FitOutcome {
        let before = TrainingHistory(
            (start?.file.facts?.history ?? []).map {
                .init(name: $0.name, values: Array($0.values.prefix(epochsBefore)))
            })
        let fit = Fit(
            executor, train: train, validation: data.validation, options: options, history: before,
            observer: observer, about: description, earlierWeights: earlierWeights
        ) { [unowned self] (path, history, kept) throws(CellarError) in
            try self.saveCheckpoint(to: path, history: history, kept)
        }
        let outcome = try fit.run(callbacks: recipe.callbacks.map { $0.make() }, shouldStop: shouldStop)
        self.outcome = outcome
        if case .interrupted = outcome.end { keptWeights = fit.keptWeights() }
        return outcome
    }

    /// The way back to the weights after an epoch before this run: they are the file's own, or kept in it as those of the best
    /// epoch.
    private func earlierWeights(_ epoch: Int) -> (() -> Void)? {
        guard let file = start?.file else { return nil }
        let own = (file.facts?.hyperparameters.restoredEpoch ?? epochsBefore) &- 1
        if epoch == own, batchesBefore == 0 {
            let checkpoint = executor.checkpoint
            return { [executor] in executor.restore(checkpoint) }
        }
        guard let kept = file.keptWeights, kept.epoch == epoch else { return nil }
        let now = executor.checkpoint
        defer { executor.restore(now) }
        guard (try? executor.setWeights(kept.weights)) != nil else { return nil }
        let checkpoint = executor.checkpoint
        return { [executor] in executor.restore(checkpoint) }
    }

    /// Evaluates loss and metrics of the current model on every split, in inference mode.
    ///
    /// - report: Called with a warning about a split that has no metrics because a layer cannot compute with its rows,
    ///   such as a word that is not in the training rows.
    public func evaluate(report: (String) -> Void = { _ in }) -> [ModelFacts.MetricValue] {
        let splits = [("train", data.train), ("validation", data.validation), ("test", data.test)]
        return splits.flatMap { name, part -> [ModelFacts.MetricValue] in
            guard let part else { return [] }
            // Without sample weights, as in `infer evaluate`.
            let result = executor.evaluate(part.inputs, part.targets)
            if let failure = result.failure {
                report("the \(name) rows were not evaluated: \(failure)")
                return []
            }
            return zip(executor.logNames, executor.objective.logs(of: result)).map {
                ModelFacts.MetricValue(split: name, name: $0, value: $1)
            }
        }
    }

    /// The training and validation rows of this run, which both shaped the weights, and those of a resumed model's runs.
    /// Nil if the recipe does not want them.
    var trainedRows: [RowHashes]? {
        guard recipe.data.hashesRows else { return nil }
        if let known = knownRows { return known }
        let own = RowHashes(releasedHashes ?? hashes)
        let earlier = start?.file.trainedRows ?? []
        let rows = earlier.contains(own) ? earlier : earlier + [own]
        (knownRows, releasedHashes) = (rows, nil)
        return rows
    }

    private var hashes: [UInt64] {
        rowHashes(of: data.train.inputs) + (data.validation.map { rowHashes(of: $0.inputs) } ?? [])
    }

    /// Releases the rows before saving, which needs only the golden sample. Data take most of a run's memory, and saving
    /// needs more.
    public func releaseRows() throws(CellarError) {
        // A filter of many hashes takes 64 bytes a row while it is made, so it is made afterwards.
        if knownRows == nil, recipe.data.hashesRows { releasedHashes = hashes }
        abstention = try abstention(of: executor.trainedNetwork)
        data.train = data.train.selecting([0])
        data.validation = nil
        data.test = data.test?.selecting([0])
        train = data.train
    }

    /// Makes the model file: model, optimizer's state, facts and a golden sample.
    public func modelFile(metrics: [ModelFacts.MetricValue]) throws(CellarError) -> ModelFile {
        var file = try file(history: outcome?.history ?? TrainingHistory(), metrics: metrics)
        file.facts?.picture?.abstention = abstention
        return file
    }

    /// Writes a checkpoint from which training can resume; creates folders if necessary.
    public func saveCheckpoint(to path: String) throws(CellarError) {
        try saveCheckpoint(to: path, history: outcome?.history ?? TrainingHistory(), keptWeights)
    }

    private func saveCheckpoint(
        to path: String, history: TrainingHistory, _ kept: KeptWeights?
    ) throws(CellarError) {
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        let metrics = (history.logs.last?.entries ?? []).filter { $0.name != "lr" }.map { entry in
            entry.name.hasPrefix("val_")
                ? ModelFacts.MetricValue(
                    split: "validation", name: String(entry.name.dropFirst(4)), value: entry.value)
                : ModelFacts.MetricValue(split: "train", name: entry.name, value: entry.value)
        }
        var file = try file(history: history, metrics: metrics)
        file.keptWeights = kept
        file.facts?.isCheckpoint = true
        file.facts?.epoch = history.epochs
        try writeModel(file, to: path)
    }
}
