import Base
import Glibc
import Registry
import Tensors
import Trainer

/// Asks to train the trials of a sweep.
public struct SweepRequest: Sendable {
    /// The path of the sweep's description.
    public var file: String
    public var workers: SweepWorkers
    /// The program that trains one trial after another, up to the arguments `sweep FILE`.
    public var program: [String]

    public init(file: String, workers: SweepWorkers, program: [String]) {
        (self.file, self.workers, self.program) = (file, workers, program)
    }
}

/// A sweep's trials that were trained, now or before.
public struct SweepResult: Sendable {
    public let plan: SweepPlan
    /// The results by trial, those of halving's last rung first.
    public let results: [TrialResult]
    /// The number of results that were in the store already.
    public let found: Int
    public let isCancelled: Bool

    public var failures: [TrialResult] { results.filter { $0.error != nil } }

    /// The number of results that were trained now.
    public var trained: Int { results.count - found - failures.count }

    /// The results with a value, the best first; of halving those of the last rung.
    public var ranked: [TrialResult] {
        let last = results.map(\.rung).max() ?? 0
        return results.filter { $0.rung == last && $0.value != nil }.sorted(by: plan.isBetter)
    }

    public var json: JSON {
        [
            "sweep": .string(plan.id), "sha256": .string(plan.sha256), "metric": .string(plan.metric),
            "trials": .integer(plan.trials.count),
            "trained": .integer(trained),
            "found": .integer(found), "failed": .integer(failures.count), "cancelled": .bool(isCancelled),
            "best": ranked.first.map(\.json) ?? .null, "results": .array(results.map(\.json)),
        ]
    }
}

extension SweepPlan {
    /// The better value first; of equal ones the earlier trial.
    func isBetter(_ one: TrialResult, _ other: TrialResult) -> Bool {
        guard let a = one.value, let b = other.value, a != b else {
            return (one.value != nil ? 0 : 1, one.number) < (other.value != nil ? 0 : 1, other.number)
        }
        return MetricName.direction(of: metric) == .highest ? a > b : a < b
    }
}

extension Store {
    /// Trains a sweep's trials in worker processes, which save and register them in this store by themselves. Trials that are in
    /// the store already are not trained again, so that a sweep that was ended goes on.
    ///
    /// - report: Called with each result.
    public func sweep(
        _ request: SweepRequest, progress: ProgressReporter = .none,
        report: (TrialResult, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
    ) throws -> SweepResult {
        let plan = try SweepPlan(path: request.file)
        if let name = plan.name { try ModelStore.checkModelName(name) }
        guard MetricName.direction(of: plan.metric) != nil else {
            throw CellarError(
                .usage, "cannot tell whether a high or a low \(plan.metric) is better.", file: plan.file,
                remedy: "Use another metric, such as val_loss.")
        }
        // A trial may be there twice: two sweeps that ran at once both trained it.
        var results = Dictionary(try trialsDone(plan).map { (Key($0), $0) }) { first, _ in first }
        let found = results.count
        let rungs = plan.rungs
        var candidates = plan.trials.map(\.number)
        let total = rungs.indices.reduce(0) {
            $0 + (plan.halving?.count(of: plan.trials.count, rung: $1) ?? plan.trials.count)
        }
        var done = 0
        var crew = SweepCrew(
            request.workers.commands(request.program, store: folder, plan: plan),
            sharesSignals: request.workers.isLocal)
        defer { crew.dismiss() }
        for (rung, epochs) in rungs.enumerated() {
            if rung > 0, let halving = plan.halving {
                let before = candidates.compactMap { results[Key($0, rung - 1)] }.filter { $0.value != nil }
                candidates = before.sorted(by: plan.isBetter)
                    .prefix(halving.count(of: plan.trials.count, rung: rung)).map(\.number)
            }
            let open = candidates.filter { results[Key($0, rung)]?.reference == nil }
            done += candidates.count - open.count
            let tasks = open.map { number in
                TrialTask(
                    number, rung: rung, epochs: epochs,
                    from: rung == 0 ? nil : results[Key(number, rung - 1)]?.reference)
            }
            try crew.train(tasks, isCancelled: progress.isCancelled) { result in
                results[Key(result)] = result
                done += 1
                report(result, done, total)
            }
            if progress.isCancelled() { break }
        }
        return SweepResult(
            plan: plan,
            results: results.values.sorted { (-$0.rung, $0.number) < (-$1.rung, $1.number) },
            found: found, isCancelled: progress.isCancelled())
    }

    private struct Key: Hashable {
        let number, rung: Int
        init(_ number: Int, _ rung: Int) { (self.number, self.rung) = (number, rung) }
        init(_ result: TrialResult) { self.init(result.number, result.rung) }
    }
}

/// The processes that train: on this machine, or where another program starts them.
public enum SweepWorkers: Equatable, Sendable {
    case local(Int)
    /// A worker on each of these machines, which see the same files under the same paths. A name may come several times.
    case ssh([String])
    case slurm(Int)
    case ray(Int)

    /// True for processes that are workers themselves, and no programs that start one elsewhere.
    var isLocal: Bool { if case .local = self { true } else { false } }

    /// A worker for each processor of this machine.
    public static var all: SweepWorkers { .local(Processor.count) }

    /// Reads `4`, `ssh:one,two`, `slurm:8` or `ray:8`.
    public init(_ text: String) throws(CellarError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        func count(_ text: String?) -> Int? {
            guard let text else { return Processor.count }
            return Int(text).flatMap { (1...10_000).contains($0) ? $0 : nil }
        }
        let rest = parts.count > 1 ? parts[1] : nil
        switch (parts[0], count(rest)) {
        case ("ssh", _):
            let hosts = (rest ?? "").split(separator: ",").map(String.init)
            // A name that begins with - would be an option.
            if !hosts.isEmpty, hosts.allSatisfy({ !$0.hasPrefix("-") }) {
                self = .ssh(hosts)
                return
            }
        case ("slurm", let number?):
            self = .slurm(number)
            return
        case ("ray", let number?):
            self = .ray(number)
            return
        default:
            if rest == nil, let number = count(text) {
                self = .local(number)
                return
            }
        }
        throw CellarError(
            .usage, "expected the workers as 4, ssh:one,two, slurm:8 or ray:8, found \"\(text)\".")
    }

    /// The command of each worker.
    func commands(_ program: [String], store: String, plan: SweepPlan) -> [[String]] {
        let worker = program + ["sweep", plan.file, "--serve", plan.sha256, "--store", store]
        switch self {
        case .local(let count): return Array(repeating: worker, count: count)
        case .slurm(let count):
            return Array(
                repeating: ["srun", "--ntasks=1", "--cpus-per-task=1", "--unbuffered"] + worker, count: count)
        case .ray(let count):
            return Array(repeating: ["python3", "-m", "cellar_ray"] + worker, count: count)
        case .ssh(let hosts):
            let words = ([FileSystem.resolved(worker[0])] + worker.dropFirst()).map(shellWord)
            // `--`: a folder's name may begin with a dash.
            let line = "cd -- \(shellWord(FileSystem.resolved("."))) && exec \(words.joined(separator: " "))"
            return hosts.map { ["ssh", "-o", "BatchMode=yes", $0, line] }
        }
    }
}
