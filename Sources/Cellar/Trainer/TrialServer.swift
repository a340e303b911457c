import Base
import Registry
import Trainer

/// A training of a sweep, as its coordinator sends it to a worker: a line of JSON.
struct TrialTask: Equatable, Sendable {
    var number: Int
    var rung = 0
    /// The number of the last epoch, of a rung.
    var epochs: Int?
    /// The version that the rung resumes.
    var from: String?

    init(_ number: Int, rung: Int = 0, epochs: Int? = nil, from: String? = nil) {
        (self.number, self.rung, self.epochs, self.from) = (number, rung, epochs, from)
    }

    init?(line: String) {
        guard let json = try? JSON(parsing: line), let number = json["trial"]?.int else { return nil }
        self.init(
            number, rung: json["rung"]?.int ?? 0, epochs: json["epochs"]?.int, from: json["from"]?.string)
    }

    var json: JSON {
        [
            "trial": .integer(number), "rung": .integer(rung),
            "epochs": epochs.map { .integer($0) } ?? .null, "from": from.map { .string($0) } ?? .null,
        ]
    }
}

/// The outcome of a task.
public struct TrialResult: Equatable, Sendable {
    public var number, rung: Int
    /// The version that was saved; nil after an error.
    public var reference: String?
    /// The sweep's metric; nil if the version has none, or it is no number.
    public var value: Double?
    public var error: String?

    init(_ task: TrialTask, error: String) {
        (number, rung, self.error) = (task.number, task.rung, error)
    }

    init(number: Int, rung: Int, reference: String, value: Double?) {
        (self.number, self.rung, self.reference) = (number, rung, reference)
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
    }

    init?(line: String) {
        guard let json = try? JSON(parsing: line), let number = json["trial"]?.int else { return nil }
        (self.number, rung) = (number, json["rung"]?.int ?? 0)
        (reference, value) = (json["reference"]?.string, json["value"]?.double)
        error = json["error"]?.string
    }

    public var json: JSON {
        [
            "trial": .integer(number), "rung": .integer(rung),
            "reference": reference.map { .string($0) } ?? .null, "value": value.map { .number($0) } ?? .null,
            "error": error.map { .string($0) } ?? .null,
        ]
    }
}

extension Store {
    /// Trains the tasks of a sweep that come as lines of JSON, one after another, and answers each with one: the work of a
    /// process that a coordinator starts. Ends where no line comes any more.
    ///
    /// - check: The sweep's digest, as the coordinator knows it; a worker that reads other files must not train.
    public func serveTrials(
        of file: String, check: String, commandLine: [String], read: () -> String?,
        answer: (String) throws -> Void
    ) throws {
        // The coordinator has tried the trials' recipes.
        let plan = try SweepPlan(path: file, isChecked: true)
        guard plan.sha256 == check else {
            throw CellarError(
                .badData, "the sweep, its recipe or its data differ from the coordinator's.", file: file,
                remedy: "Give all workers the same files.")
        }
        while let line = read() {
            guard let task = TrialTask(line: line),
                let trial = plan.trials.first(where: { $0.number == task.number })
            else {
                throw CellarError(.usage, "expected a trial as a line of JSON, found \"\(line.prefix(80))\".")
            }
            let result: TrialResult
            do {
                result = try train(plan, trial, task, commandLine)
            } catch {
                result = TrialResult(task, error: "\(CellarError(error))")
            }
            try answer(result.json.text())
        }
    }

    private func train(
        _ plan: SweepPlan, _ trial: SweepPlan.Trial, _ task: TrialTask, _ commandLine: [String]
    ) throws -> TrialResult {
        var request = FitRequest(
            recipe: plan.recipePath, epochs: task.epochs, threads: 1, name: plan.name, from: task.from,
            commandLine: commandLine)
        request.text = try plan.text(of: trial)
        request.trial = TrialFacts(plan, number: task.number, rung: task.rung)
        let result = try fit(request)
        guard case .saved(let version, _, _) = result.end else {
            throw CellarError(.cancelled, "the training was interrupted.")
        }
        return TrialResult(
            number: task.number, rung: task.rung, reference: version.reference,
            value: version.metric(plan.metric))
    }

    /// The results of a sweep that are in the store already.
    func trialsDone(_ plan: SweepPlan) throws(CellarError) -> [TrialResult] {
        guard FileSystem.isFolder(folder) else { return [] }
        let found = try models.list(Query(filter: Filter("parent = '\(plan.sha256)'")))
        var results: [TrialResult] = []
        for version in found.versions {
            let facts = try models.recordedFacts(of: version)
            // A file says itself which trial it is.
            guard facts.parents.contains(where: { $0.kind == .trialOf && $0.sha256 == plan.sha256 }),
                let number = facts.hyperparameters.config["trial"]?.int,
                (1...plan.trials.count).contains(number),
                let rung = facts.hyperparameters.config["rung"]?.int, plan.rungs.indices.contains(rung)
            else { continue }
            results.append(
                TrialResult(
                    number: number, rung: rung, reference: version.reference,
                    value: version.metric(plan.metric)))
        }
        return results
    }
}
