import ArgumentParser
import CommandSupport
import Base
import Foundation
import KerasFile
import Registry
import StoreSupport
import Trainer

struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Train a recipe's model, evaluate it, save and register it.",
        discussion: """
            Ctrl-C ends after the batch and keeps what was learned; --from goes on from there, or from any saved model,
            Keras' too. The recipe may then leave out model and compile: they are the saved model's.
            """)

    @Argument(help: "A recipe, as recipes/mnist.yaml.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String

    @Option(help: "The number of the last epoch, counted from a resumed model's first one.") var epochs: Int?
    @Option(help: "Samples in one step.") var batchSize: Int?
    @Option(help: "Where random numbers begin: initial weights, order of samples, dropout.") var seed: Int?
    @Option(
        help:
            "Threads to train on. Only networks of Dense layers give the same bits on any number; for others the default is 1."
    ) var threads: Int?
    @Option(help: "A model to go on from: NAME, NAME:VERSION, NAME@ALIAS or a file.", completion: .versions)
    var from: String?
    @Option(help: "The model's name in the registry, instead of the recipe's.") var name: String?
    @Flag(name: .shortAndLong, help: "Print neither the data nor the progress.") var quiet = false

    @OptionGroup var common: StoreOptions

    func validate() throws {
        let limits: [(String, Int?, ClosedRange<Int>)] = [
            ("--epochs", epochs, 1...1_000_000), ("--batch-size", batchSize, 1...1_000_000),
            ("--seed", seed, 0...Int(Int32.max)), ("--threads", threads, 1...1024),
        ]
        for (option, value, range) in limits {
            if let value, !range.contains(value) {
                throw ValidationError(
                    "\(option) must be from \(range.lowerBound) to \(range.upperBound), but is \(value).")
            }
        }
    }

    func run() throws {
        try common.run {
            let training = try prepare()
            // Before minutes of training, not after them.
            try ModelStore.checkModelName(training.recipe.name)
            try checkWritable(common.folder)
            Interruption.listen()
            let progress = quiet ? nil : Progress()
            let outcome = try training.run(observer: progress) { Interruption.isAsked }
            progress?.interrupt()
            if case .interrupted(let partial) = outcome.end { try keep(training, outcome, partial) }
            try finish(training, outcome)
        }
    }

    private func prepare() throws -> Training {
        let start = try readStart()
        var recipe = try Recipe(path: recipe, from: start?.file)
        recipe.fit.epochs = epochs ?? recipe.fit.epochs
        recipe.fit.batchSize = batchSize ?? recipe.fit.batchSize
        recipe.fit.seed = seed ?? recipe.fit.seed
        recipe.fit.threads = threads ?? recipe.fit.threads
        recipe.name = name ?? recipe.name
        let talks = !quiet && !common.json
        let data = try PreparedData(recipe) { if talks { try? printOutput("\($0)\n") } }
        let training = try Training(
            recipe, data: data, from: start, commandLine: ["trainer"] + Invocation().arguments)
        if talks { try printOutput(opening(training)) }
        return training
    }

    private func readStart() throws -> Training.Start? {
        guard let from else { return nil }
        let (found, trusted) = try common.open().trusted(from)
        return Training.Start(
            file: try readModel(trusted), reference: found.reference,
            sha256: try found.sha256 ?? FileDigest(ofFile: found.path).sha256, isLoose: found.sha256 == nil)
    }

    private func opening(_ training: Training) -> String {
        let (data, model) = (training.data, training.model)
        let parts = [
            ("to train", data.train.count), ("to validate", data.validation?.count ?? 0),
            ("to test", data.test?.count ?? 0),
        ]
        var text =
            "rows: " + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + "\n\n"
        text += summary(of: model) + "\n"
        text += "seed \(training.seed), \(training.threads) thread\(training.threads == 1 ? "" : "s")"
        if let from {
            text += ", going on from \(from) after epoch \(training.epochsBefore)"
            if training.batchesBefore > 0 { text += " and \(training.batchesBefore) batches" }
        }
        return text + "\n"
    }

    /// After Ctrl-C: keeps the model as it is and says how to go on.
    private func keep(_ training: Training, _ outcome: FitOutcome, _ partial: PartialEpoch) throws {
        let path = checkpointPath(training)
        try training.saveCheckpoint(to: path)
        var again = "\(Invocation().path(of: .trainer)) fit \(shellWord(recipe)) --from \(shellWord(path))"
        if let epochs { again += " --epochs \(epochs)" }
        if let batchSize { again += " --batch-size \(batchSize)" }
        if let seed { again += " --seed \(seed)" }
        if let threads { again += " --threads \(threads)" }
        if let name { again += " --name \(name)" }
        if let store = common.store { again += " --store \(shellWord(store))" }
        if common.json {
            let json: JSON = [
                "interrupted": true, "epoch": .integer(outcome.history.epochs + 1),
                "steps": .integer(partial.steps), "file": .string(path), "resume": .string(again),
            ]
            try printOutput(json)
        } else {
            try printOutput(
                """
                Interrupted in epoch \(outcome.history.epochs + 1), after batch \(partial.steps). What was learned is \
                kept in \(path).
                Go on with: \(again)
                """)
        }
        throw ExitCode(130)
    }

    /// A new file in the folder `checkpoints` beside the store. (What lies within the store counts as a version of it.)
    private func checkpointPath(_ training: Training) -> String {
        let time = Date().ISO8601Format().map { $0.isNumber ? String($0) : "_" }.joined()
        let file = "checkpoints/\(training.recipe.name)_\(time).h5"
        let parent = URL(fileURLWithPath: common.folder).standardizedFileURL.deletingLastPathComponent()
        let isHere = parent.path == FileManager.default.currentDirectoryPath
        return isHere ? file : parent.appendingPathComponent(file).path
    }

    private func finish(_ training: Training, _ outcome: FitOutcome) throws {
        let metrics = training.evaluate { printError("trainer: warning: \($0)") }
        training.releaseRows()
        let file = try training.modelFile(metrics: metrics)
        guard let facts = file.facts else { preconditionFailure("a trained model has facts") }
        let store = common.open().models
        let version: ModelVersion
        do {
            version = try store.save(facts) { output in try writeModel(file, to: &output, as: .h5) }
        } catch {
            throw rescued(training, error)
        }
        let path = (common.folder as NSString).appendingPathComponent(version.file)
        if common.json {
            return try printOutput(json(training, outcome, version, path))
        }
        var text = ""
        if case .stopped(let reason) = outcome.end {
            text += "Ended after epoch \(outcome.history.epochs): \(reason).\n"
        }
        text += table(metrics)
        text += "Saved \(version.reference) as \(path)\n"
        if !quiet { text += next(training, version) }
        try printOutput(text)
    }

    /// The store would not take the model: keeps it wherever there is room.
    private func rescued(_ training: Training, _ error: any Error) -> CellarError {
        var failure = CellarError(error)
        let path = checkpointPath(training)
        let name = (path as NSString).lastPathComponent
        for place in [path, "checkpoints/\(name)", NSTemporaryDirectory() + name]
        where (try? training.saveCheckpoint(to: place)) != nil {
            failure.message +=
                " What was learned is kept in \(place); "
                + "`\(Invocation().path(of: .registry)) import \(shellWord(place))` takes it in later."
            break
        }
        return failure
    }

    private func table(_ metrics: [ModelFacts.MetricValue]) -> String {
        var splits: [String] = []
        for metric in metrics where !splits.contains(metric.split) { splits.append(metric.split) }
        return splits.map { split in
            let values = metrics.filter { $0.split == split }.map { (name: $0.name, value: $0.value) }
            return "\(split):\(ProgressBar.text(values).replacing(" - ", with: "  "))\n"
        }.joined()
    }

    private func next(_ training: Training, _ version: ModelVersion) -> String {
        let reference = version.reference
        let (infer, registry) = (Invocation().path(of: .infer), Invocation().path(of: .registry))
        var lines: [String] = []
        if training.data.picture != nil {
            lines.append("\(infer) data/digits/*.png --model \(reference)")
        } else if !training.data.features.isEmpty {
            let table = shellWord(training.data.dataset.path)
            lines.append("\(infer) score \(table) -o predictions.csv --model \(reference)")
        }
        lines.append("\(registry) show \(reference)")
        if version.number > 1 {
            lines.append("\(registry) compare \(version.model):\(version.number - 1) \(reference)")
        }
        lines.append("\(registry) promote \(reference) --alias best")
        let store = common.store.map { " --store \(shellWord($0))" } ?? ""
        return "Next:\n" + lines.map { "  \($0)\(store)\n" }.joined()
    }

    private func json(_ training: Training, _ outcome: FitOutcome, _ version: ModelVersion, _ path: String)
        -> JSON
    {
        let stopped: JSON = if case .stopped(let reason) = outcome.end { .string(reason) } else { .null }
        let history = outcome.history.series.map { series in
            (series.name, JSON.array(series.values.map { $0.isFinite ? .number($0) : .null }))
        }
        return [
            "reference": .string(version.reference), "name": .string(version.model),
            "version": .integer(version.number), "file": .string(path), "sha256": .string(version.sha256),
            "metrics": .object(JSONObject(version.metrics.map { ($0.name, .number($0.value)) })),
            "history": .object(JSONObject(history)), "epochs": .integer(outcome.history.epochs),
            "stopped": stopped, "seed": .integer(training.seed),
            "training_seconds": .number(outcome.seconds),
        ]
    }
}

/// Makes the store's folder and a file in it, which goes at once: an error now, not after the training.
private func checkWritable(_ folder: String) throws {
    let trained = folder + "/TRAINED_MODEL"
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
