import ArgumentParser
import Base
import Cellar
import CommandSupport
import StoreSupport

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Train a recipe with many different values, in several processes.",
        discussion: """
            The sweep is YAML: the recipe, the method (grid, random or halving) and the values to try; docs/scale.md describes it. \
            Every trial is saved as a version of its own, with the sweep as its parent. Trials that are in the store are not \
            trained again: the same command goes on after an interruption.

            --workers 4 are processes on this machine; ssh:one,two are one process each on these machines, slurm:8 and ray:8 are \
            started by srun and by Ray. All of them need the same files under the same paths.
            """)

    @Argument(help: "The sweep's description.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "Where to train: 4, ssh:one,two, slurm:8 or ray:8. (default: a process for each processor)")
    var workers: String?

    @Flag(name: .shortAndLong, help: "Do not print the trials.") var quiet = false

    @Option(help: ArgumentHelp("The digest of the sweep, for its workers.", visibility: .private))
    var serve: String?

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run {
            reportBrokenPipes()
            let store = common.open()
            if let serve {
                Interruption.listen(during: .trial)
                return try store.serveTrials(
                    of: file, check: serve, commandLine: ["trainer", "sweep", file],
                    read: { readLine() }, answer: { try printOutput($0) })
            }
            Interruption.listen(during: .sweep)
            let request = SweepRequest(
                file: file,
                workers: try workers.map { (text) throws(CellarError) in try SweepWorkers(text) } ?? .all,
                program: Invocation.program(of: .trainer))
            let result = try store.sweep(
                request, progress: ProgressReporter(isCancelled: { Interruption.isAsked })
            ) { result, done, total in
                if !quiet && !common.json { try? printOutput(line(result, done, total)) }
            }
            if common.json { try printOutput(result.json) } else { try printOutput(summary(result)) }
            if result.isCancelled { throw ExitCode(130) }
            if !result.failures.isEmpty { throw ExitCode(CellarError.Category.badData.rawValue) }
        }
    }

    private func line(_ result: TrialResult, _ done: Int, _ total: Int) -> String {
        let rung = result.rung > 0 ? ", rung \(result.rung + 1)" : ""
        let what = result.error ?? "\(result.reference ?? "")\(result.value.map { "  \($0)" } ?? "")"
        return "\(done)/\(total)  trial \(result.number)\(rung)  \(what)"
    }

    private func summary(_ result: SweepResult) -> String {
        let plan = result.plan
        var text = "sweep \(plan.id): \(plan.trials.count) trials"
        if result.found > 0 { text += ", \(result.found) trainings were in the store already" }
        if !result.failures.isEmpty { text += ", \(result.failures.count) failed" }
        text += "\n"
        for best in result.ranked.prefix(5) {
            let changes = plan.trials[best.number - 1].changes.map { "\($0.path)=\($0.value.text())" }
            text +=
                "\(best.reference ?? "")  \(plan.metric) \(best.value ?? .nan)  \(changes.joined(separator: " "))\n"
        }
        if result.isCancelled {
            text += "Interrupted. The same command goes on with the trials that are left.\n"
        }
        return text
    }
}
