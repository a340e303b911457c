import Base
import Metrics
import Registry

/// Points an alias at a version.
public struct PromoteRequest: Sendable {
    public enum Choice: Sendable {
        case version(String, reason: String = "chosen by hand")
        /// The version that is best by a metric. `direction` is for a metric whose name does not tell which end is good.
        /// `run` is a version of a training run (its result or a checkpoint), to which the choice is then limited.
        case best(
            metric: String, model: String, direction: MetricName.Direction? = nil, run: String? = nil,
            reason: String? = nil)
    }
    public var choice: Choice
    /// Nil for `production`, or `best` for the best version by a metric.
    public var alias: String?
    /// A condition that the version must fulfil, such as `val_accuracy >= 0.97`.
    public var gate: String?
    /// The comparison with the version that the alias points to; nil for none. It is only made where the alias points to another
    /// version, and not for the best version by a metric under the alias `best`, which means just that.
    public var comparison: PromotionTest? = PromotionTest()
    /// Moves the alias whatever the comparison says, and also if it is protected.
    public var isForced = false

    public init(_ choice: Choice, alias: String? = nil, gate: String? = nil) {
        (self.choice, self.alias, self.gate) = (choice, alias, gate)
    }
}

public struct RemovedAlias: Sendable {
    /// Such as `mnist@production`.
    public let alias: String

    public var json: JSON { ["alias": .string(alias), "version": .null] }
}

extension Store {
    public func promote(
        _ request: PromoteRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> ModelStore.Promotion {
        let gate = try request.gate.map(Filter.init)
        var options = ModelStore.MoveOptions(gate: gate, isForced: request.isForced)
        switch request.choice {
        case .version(let reference, let reason):
            options.reason = reason
            return try move(
                request.alias ?? "production", to: models.version(reference), request, options, progress)
        case .best(let metric, let model, let direction, let run, let reason):
            options.reason = reason
            let run = try run.map { (reference) throws(CellarError) in try models.run(of: reference).run }
            let alias = request.alias ?? "best"
            let best = try models.best(by: metric, model: model, run: run, direction: direction)
            guard alias != "best" || request.comparison?.data != nil else {
                try checkUsable(best.version, request, progress)
                return try models.promote(
                    best: metric, model: model, run: run, alias: alias, direction: direction, options: options
                )
            }
            options.reason = best.reason(after: reason)
            var request = request
            // The best of many is better by chance more often than one.
            let tried = request.comparison?.candidates ?? 1
            request.comparison?.candidates = max(tried, best.count)
            return try move(alias, to: best.version, request, options, progress)
        }
    }

    /// Moves an alias to the version, if that passes the comparison with the one that the alias points to.
    private func move(
        _ alias: String, to candidate: ModelVersion, _ request: PromoteRequest,
        _ options: ModelStore.MoveOptions, _ progress: ProgressReporter
    ) throws(CellarError) -> ModelStore.Promotion {
        var options = options
        try checkUsable(candidate, request, progress)
        if let test = request.comparison,
            let current = try models.pointed(at: alias, of: candidate.model),
            current.number != candidate.number
        {
            options.before = current.number
            let found: PromotionOutcome
            do throws(CellarError) {
                found = try outcome(of: test, candidate: candidate, current: current, progress)
            } catch {
                if error.category == .cancelled { throw error }
                guard request.isForced, error.category == .badData else {
                    throw CellarError(
                        error.category,
                        "\(candidate.model)@\(alias) stays at \(current.reference), with which \(candidate.reference) "
                            + "cannot be compared: \(error.message)", at: error.place,
                        remedy: [error.remedy, "Or use --force with --reason TEXT."].compactMap(\.self)
                            .joined(separator: " "))
                }
                found = .untested(error.message)
            }
            switch found {
            case .untested(let why):
                progress.warn("\(candidate.reference) was not compared with \(current.reference): \(why)")
                options.evidence = ["compared": false, "why": .string(why)]
            case .tested(let verdict, let data, let sha256):
                guard verdict.passes || request.isForced else {
                    throw CellarError(
                        .badData,
                        "\(candidate.model)@\(alias) stays at \(current.reference): \(verdict.sentence)",
                        remedy:
                            "Choose another version, allow a loss with --margin, or use --force with --reason TEXT."
                    )
                }
                options.reason =
                    "\(options.reason ?? "")\(request.isForced ? " (forced)" : ""); \(verdict.sentence)"
                var evidence = verdict.json.object ?? [:]
                evidence["data"] = .string(data)
                evidence["data_sha256"] = sha256.map { .string($0) }
                evidence["current_sha256"] = .string(current.sha256)
                evidence["candidate_sha256"] = .string(candidate.sha256)
                options.evidence = .object(evidence)
            }
        }
        return try models.promote(candidate.reference, alias: alias, options: options)
    }

    /// Loads the version, which computes its golden sample anew: what does not predict as it did when it was saved takes no alias.
    private func checkUsable(
        _ version: ModelVersion, _ request: PromoteRequest, _ progress: ProgressReporter
    ) throws(CellarError) {
        do throws(CellarError) { _ = try load([version.reference], .none) { [] } } catch {
            guard request.isForced, error.category == .badData else { throw error }
            progress.warn("\(version.reference) cannot be used: \(error.message)")
        }
    }

    /// Undoes the last move of an alias, such as `mnist@production`.
    public func rollback(
        _ alias: String, reason: String = "rolled back", force: Bool = false
    ) throws(CellarError) -> ModelStore.Promotion {
        let (model, name) = try splitAlias(alias)
        return try models.rollback(model: model, alias: name, options: .init(reason: reason, isForced: force))
    }

    /// Removes an alias, such as `mnist@production`.
    public func removeAlias(
        _ alias: String, reason: String = "removed by hand", force: Bool = false
    ) throws(CellarError) -> RemovedAlias {
        let (model, name) = try splitAlias(alias)
        try models.removeAlias(model: model, alias: name, options: .init(reason: reason, isForced: force))
        return RemovedAlias(alias: alias)
    }
}

/// The parts of `mnist@best`.
func splitAlias(_ text: String) throws(CellarError) -> (model: String, alias: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw CellarError(.usage, "expected a model and its alias, as mnist@best, found \"\(text)\".")
    }
    return (String(parts[0]), String(parts[1]))
}

extension ModelStore.Promotion {
    public var json: JSON {
        [
            "alias": .string(alias), "version": .string(version.reference),
            "before": before.map { .string($0) } ?? .null,
            "reason": .string(reason), "moved": .bool(moved),
        ]
    }
}
