import Base
import Datasets
import Foundation
import KerasFile
import Network
import Registry
import Trainer

/// Trains the model of a recipe and saves it in the store.
public struct FitRequest: Sendable {
    /// The path of the recipe.
    public var recipe: String
    /// These override the recipe. `epochs` is the number of the last epoch, counted from the first one of a resumed model.
    public var epochs, batchSize, seed, threads: Int?
    /// Values that replace the recipe's, as `fit.epochs=5`.
    public var changes: [String] = []
    /// The model's name in the store, instead of the recipe's.
    public var name: String?
    /// A model to resume: a version or a file.
    public var from: String?
    /// Registers every checkpoint that the recipe's ModelCheckpoint writes, as `register: true` does.
    public var registersCheckpoints = false
    /// False: the model file keeps no hashes of the training rows. Nil: the recipe decides.
    public var hashesRows: Bool?
    /// The recipe's text, in place of the file's.
    var text: String?
    /// The sweep that this run is a trial of.
    var trial: TrialFacts?
    /// Recorded in the model file.
    public var commandLine: [String]

    public init(
        recipe: String, epochs: Int? = nil, batchSize: Int? = nil, seed: Int? = nil, threads: Int? = nil,
        name: String? = nil, from: String? = nil, commandLine: [String] = []
    ) {
        (self.recipe, self.epochs, self.batchSize, self.seed) = (recipe, epochs, batchSize, seed)
        (self.threads, self.name, self.from, self.commandLine) = (threads, name, from, commandLine)
    }
}

/// A run as it is about to begin.
public struct FitPlan: Sendable {
    public let model: Model
    public let trainRows, validationRows, testRows: Int
    public let seed, threads: Int
    /// What a resumed model was trained before.
    public let epochsBefore, batchesBefore: Int
}

public struct FitResult: Sendable {
    public enum Conclusion: Sendable {
        case saved(ModelVersion, file: String, facts: ModelFacts)
        /// The run was cancelled after `steps` batches of an epoch. A `FitRequest` from the checkpoint continues it.
        case interrupted(checkpoint: String, steps: Int)
    }
    public let end: Conclusion
    public let history: TrainingHistory
    public let seed: Int
    public let seconds: Double
    /// Why a callback ended the run early.
    public let stopped: String?

    public var json: JSON {
        switch end {
        case .interrupted(let checkpoint, let steps):
            return [
                "interrupted": true, "epoch": .integer(history.epochs + 1), "steps": .integer(steps),
                "file": .string(checkpoint),
            ]
        case .saved(let version, let file, _):
            let series = history.series.map { series in
                (series.name, JSON.array(series.values.map { $0.isFinite ? .number($0) : .null }))
            }
            return [
                "reference": .string(version.reference), "name": .string(version.model),
                "version": .integer(version.number), "file": .string(file), "sha256": .string(version.sha256),
                "metrics": .object(JSONObject(version.metrics.map { ($0.name, .number($0.value)) })),
                "history": .object(JSONObject(series)), "epochs": .integer(history.epochs),
                "stopped": stopped.map { .string($0) } ?? .null, "seed": .integer(seed),
                "training_seconds": .number(seconds),
            ]
        }
    }
}

extension Store {
    /// - group: The processes that train along; this one is the first of them, which saves the model.
    public func fit(
        _ request: FitRequest, group: RankGroup? = nil, progress: ProgressReporter = .none
    ) throws -> FitResult {
        let training = try prepare(request, group, progress)
        progress.report(.prepared(FitPlan(training)))
        // Before minutes of training, not after them.
        try ModelStore.checkModelName(training.recipe.name)
        try checkWritable()
        let outcome = try training.run(
            observer: ProgressObserver(progress, register: registerCheckpoint),
            shouldStop: { group?.shouldStop ?? progress.isCancelled() })
        func result(_ end: FitResult.Conclusion) -> FitResult {
            let stopped: String? = if case .stopped(let reason) = outcome.end { reason } else { nil }
            return FitResult(
                end: end, history: outcome.history, seed: training.seed, seconds: outcome.seconds,
                stopped: stopped)
        }
        if case .interrupted(let partial) = outcome.end {
            let path = checkpointPath(training)
            try training.saveCheckpoint(to: path)
            return result(.interrupted(checkpoint: path, steps: partial.steps))
        }
        let metrics = training.evaluate(report: progress.warn)
        try training.releaseRows()
        let file = try training.modelFile(metrics: metrics)
        guard let facts = file.facts else { preconditionFailure("a trained model has facts") }
        do {
            let version = try models.save(facts) { output in try writeModel(file, to: &output, as: .h5) }
            return result(.saved(version, file: path(of: version), facts: facts))
        } catch {
            throw rescued(training, error)
        }
    }

    /// Trains along with the first process of a group, which saves the model and says what happens.
    public func fitAlong(_ request: FitRequest, group: RankGroup) throws {
        let training = try prepare(request, group, .none)
        _ = try training.run(shouldStop: { group.shouldStop })
    }

    func prepare(
        _ request: FitRequest, _ group: RankGroup? = nil, _ progress: ProgressReporter
    ) throws -> Training {
        let start = try request.from.map { from in
            let (found, trusted) = try trusted(from)
            return Training.Start(
                file: try readModel(trusted), reference: found.reference, sha256: try digest(of: found),
                isLoose: found.sha256 == nil)
        }
        var recipe =
            try request.text.map { try Recipe(text: $0, file: request.recipe, from: start?.file) }
            ?? Recipe(path: request.recipe, from: start?.file, changes: request.changes)
        recipe.fit.epochs = request.epochs ?? recipe.fit.epochs
        recipe.fit.batchSize = request.batchSize ?? recipe.fit.batchSize
        recipe.fit.seed = request.seed ?? recipe.fit.seed
        recipe.fit.threads = request.threads ?? recipe.fit.threads
        recipe.name = request.name ?? recipe.name
        if request.trial != nil || group?.isFirst == false { recipe.removeFileCallbacks() }
        if request.registersCheckpoints, group?.isFirst ?? true { try recipe.registerCheckpoints() }
        recipe.data.hashesRows = request.hashesRows ?? recipe.data.hashesRows
        try group?.agree(on: &recipe, from: start)
        let data = try PreparedData(recipe) { progress.report(.dataRead($0)) }
        if case .pictures(let folder) = recipe.data.source {
            leftOutWarning(recipe.data.resolve(folder), hasClasses: true).map(progress.warn)
        }
        let training = try Training(
            recipe, data: data, from: start, commandLine: request.commandLine, group: group)
        try group?.compare(training, start)
        training.trial = request.trial
        training.warnings.forEach(progress.warn)
        return training
    }

    /// Makes a checkpoint a version of its run's model.
    private func registerCheckpoint(_ path: String) throws(CellarError) {
        do {
            let facts = try readIndexFacts(TrustGate.admit(path))
            _ = try models.importFile(URL(fileURLWithPath: path), facts: facts, isOwn: true)
        } catch {
            throw CellarError(error).advising("The checkpoint is in \(path).")
        }
    }

    /// Creates the store's folder and a file in it, which is removed at once.
    private func checkWritable() throws(CellarError) {
        let trained = models.trainedPath
        do throws(CellarError) {
            try FileSystem.makeFolder(trained)
            _ = try AtomicFile(in: trained, extension: "tmp")
        } catch {
            throw CellarError(
                error.category == .noInput ? .cannotCreate : error.category,
                "the trained model cannot be saved here: \(error.message)", file: folder,
                remedy: "Name another store with --store.")
        }
    }

    /// A new file in the folder `checkpoints` beside the store. A file in the store would count as a version.
    private func checkpointPath(_ training: Training) -> String {
        let time = Date().ISO8601Format().map { $0.isNumber ? String($0) : "_" }.joined()
        let file = "checkpoints/\(training.recipe.name)_\(time).h5"
        let parent = URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent()
        let isHere = parent.path == FileManager.default.currentDirectoryPath
        return isHere ? file : parent.appendingPathComponent(file).path
    }

    /// Saves a model that the store would not take wherever there is room, and adds the place to the error. A file that
    /// the store kept without registering it is named by the error.
    private func rescued(_ training: Training, _ error: any Error) -> CellarError {
        var failure = CellarError(error)
        if let kept = failure.place.file, kept.hasPrefix(models.trainedPath + "/"),
            FileSystem.size(ofFile: kept) != nil
        {
            return failure
        }
        let path = checkpointPath(training)
        let name = FileSystem.name(of: path)
        for place in [path, "checkpoints/\(name)", NSTemporaryDirectory() + name]
        where (try? training.saveCheckpoint(to: place)) != nil {
            failure.message +=
                " What was learned is kept in \(place); `registry import \(place)` takes it in later."
            break
        }
        return failure
    }
}

extension FitPlan {
    init(_ training: Training) {
        let data = training.data
        self.init(
            model: training.model, trainRows: data.train.count, validationRows: data.validation?.count ?? 0,
            testRows: data.test?.count ?? 0, seed: training.seed, threads: training.threads,
            epochsBefore: training.epochsBefore, batchesBefore: training.batchesBefore)
    }
}

/// Reports the events of a run. Batches may take microseconds, so not each of them is reported.
private final class ProgressObserver: FitObserver {
    private let progress: ProgressReporter
    private var lastReport: ContinuousClock.Instant?
    private static let interval = Duration.milliseconds(50)

    private let register: (String) throws(CellarError) -> Void

    init(_ progress: ProgressReporter, register: @escaping (String) throws(CellarError) -> Void) {
        (self.progress, self.register) = (progress, register)
    }

    func checkpointSaved(_ path: String) throws(CellarError) { try register(path) }

    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {
        lastReport = nil
        progress.report(.epochBegan(epoch, of: epochs, steps: steps))
    }

    func batchEnded(_ step: Int, _ values: @autoclosure () -> EpochLogs) {
        let now = ContinuousClock.now
        if let lastReport, now - lastReport < Self.interval { return }
        lastReport = now
        progress.report(.batchEnded(step: step, values: Self.values(values())))
    }

    func epochEnded(_ logs: EpochLogs) { progress.report(.epochEnded(values: Self.values(logs))) }

    func note(_ line: String) { progress.report(.note(line)) }

    private static func values(_ logs: EpochLogs) -> [(name: String, value: Double)] {
        logs.entries.map { (name: $0.name, value: $0.value) }
    }
}
