import ArgumentParser
import Base
import Cellar
import CommandSupport
import Registry
import StoreSupport
import Trainer

struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Train a recipe's model, evaluate it, save and register it.",
        discussion: """
            Ctrl-C ends training after the batch and writes a checkpoint. --from resumes from it, or from any saved model,
            Keras' too. The recipe may then leave out model and compile: they are the saved model's.

            mpirun -n N trainer fit shares each batch among 1, 2 or 4 processes of Open MPI, which give the same weights, bit by bit. docs/scale.md says more.
            """)

    @Argument(help: "A recipe, as recipes/mnist.yaml.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String

    @Option(help: "The number of the last epoch, including the epochs of a resumed model.") var epochs: Int?
    @Option(help: "Samples per step.") var batchSize: Int?
    @Option(help: "The seed for initial weights, the order of samples and dropout.") var seed: Int?
    @Option(
        help:
            "The number of threads. Networks of Dense layers give the same bits on any number of threads; for others the default is 1."
    ) var threads: Int?
    @Option(help: "A model to resume from: NAME, NAME:VERSION, NAME@ALIAS or a file.", completion: .versions)
    var from: String?
    @Option(help: "The model's name in the registry, instead of the recipe's.") var name: String?
    @Option(
        name: .customLong("set"),
        help:
            "Change a value of the recipe: fit.epochs=5, compile.optimizer.Adam.learning_rate=0.01. May be given again."
    )
    var changes: [String] = []
    @Flag(help: "Register every checkpoint of the recipe's ModelCheckpoint as a version.")
    var registerCheckpoints = false
    @Flag(help: "Do not keep hashes of the training rows in the model file.") var noRowHashes = false
    @Flag(name: .shortAndLong, help: "Do not print the data summary and the progress.") var quiet = false

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
            let group = try RankGroup.join(isAsked: { Interruption.isAsked })
            if let group, !group.isFirst { return try runAlong(group) }
            // A program reads standard error with --json; a person at a terminal sees progress there all the same.
            let bar = quiet || common.json && !Terminal.error.isTerminal ? nil : TrainingBar()
            let progress = ProgressReporter(
                warn: { [json = common.json] warning in
                    bar?.interrupt()
                    printWarning(warning, of: "trainer", json: json)
                },
                report: { [talks = !quiet && !common.json, from] event in
                    switch event {
                    case .dataRead(let summary): if talks { try? printOutput("\(summary)\n") }
                    case .prepared(let plan):
                        if talks { try? printOutput(opening(plan, from: from)) }
                        Interruption.listen(during: .training)
                    default: bar?.show(event)
                    }
                }, isCancelled: { Interruption.isAsked })
            let result = try common.open().fit(request, group: group, progress: progress)
            group?.finish()
            switch result.end {
            case .saved(let version, let file, let facts):
                if common.json { return try printOutput(result.json) }
                try printOutput(text(result, version, file, facts))
            case .interrupted(let checkpoint, let steps):
                bar?.interrupt()
                try printInterruption(result, checkpoint, steps)
                throw ExitCode(130)
            }
        }
    }

    /// Trains in a process that is not the first one of mpirun.
    private func runAlong(_ group: RankGroup) throws {
        Interruption.listen(during: .member)
        try common.open().fitAlong(request, group: group)
        group.finish()
        if group.isBroken { throw ExitCode(CellarError.Category.inputOutput.rawValue) }
    }

    private var request: FitRequest {
        var request = FitRequest(
            recipe: recipe, epochs: epochs, batchSize: batchSize, seed: seed, threads: threads,
            name: name, from: from, commandLine: ["trainer"] + Invocation().arguments)
        request.changes = changes
        request.registersCheckpoints = registerCheckpoints
        if noRowHashes { request.hashesRows = false }
        return request
    }

    /// Says how to go on after Ctrl-C.
    private func printInterruption(_ result: FitResult, _ checkpoint: String, _ steps: Int) throws {
        var again = "\(Invocation().path(of: .trainer)) fit \(shellWord(recipe))"
        again += " --from \(shellWord(checkpoint))"
        if let epochs { again += " --epochs \(epochs)" }
        if let batchSize { again += " --batch-size \(batchSize)" }
        if let seed { again += " --seed \(seed)" }
        if let threads { again += " --threads \(threads)" }
        for change in changes { again += " --set \(shellWord(change))" }
        if let name { again += " --name \(name)" }
        if noRowHashes { again += " --no-row-hashes" }
        if let store = common.store { again += " --store \(shellWord(store))" }
        if common.json {
            var object = result.json.object ?? [:]
            object["resume"] = .string(again)
            return try printOutput(.object(object))
        }
        try printOutput(
            """
            Interrupted in epoch \(result.history.epochs + 1), after batch \(steps). What was learned is \
            kept in \(checkpoint).
            Go on with: \(again)
            """)
    }

    private func text(
        _ result: FitResult, _ version: ModelVersion, _ file: String, _ facts: ModelFacts
    ) -> String {
        var text = ""
        if let reason = result.stopped { text += "Ended after epoch \(result.history.epochs): \(reason).\n" }
        text += table(facts.metrics)
        text += "Saved \(version.reference) as \(file)\n"
        if !quiet { text += next(version, facts) }
        return text
    }

    private func table(_ metrics: [ModelFacts.MetricValue]) -> String {
        var splits: [String] = []
        for metric in metrics where !splits.contains(metric.split) { splits.append(metric.split) }
        return splits.map { split in
            let values = metrics.filter { $0.split == split }.map { (name: $0.name, value: $0.value) }
            return "\(split):\(ProgressBar.text(values).replacing(" - ", with: "  "))\n"
        }.joined()
    }

    private func next(_ version: ModelVersion, _ facts: ModelFacts) -> String {
        let reference = version.reference
        let (infer, registry) = (Invocation().path(of: .infer), Invocation().path(of: .registry))
        var lines: [String] = []
        if facts.picture != nil {
            lines.append("\(infer) data/digits/*.png --model \(reference)")
        } else if !facts.features.isEmpty, let dataset = facts.dataset {
            let table = shellWord(dataset.path)
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
}

private func opening(_ plan: FitPlan, from: String?) -> String {
    let parts = [
        ("to train", plan.trainRows), ("to validate", plan.validationRows), ("to test", plan.testRows),
    ]
    var text = "rows: " + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + "\n\n"
    text += summary(of: plan.model, within: Terminal.output.room) + "\n"
    text += "seed \(plan.seed), \(plan.threads) thread\(plan.threads == 1 ? "" : "s")"
    if let from {
        text += ", going on from \(from) after epoch \(plan.epochsBefore)"
        if plan.batchesBefore > 0 { text += " and \(plan.batchesBefore) batches" }
    }
    return text + "\n"
}
