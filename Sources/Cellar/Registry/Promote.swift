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
    /// Data on which the version must prove itself against the one that the alias points to.
    public var evidence: PromotionEvidence?
    /// Moves the alias also if it is protected.
    public var isForced = false

    public init(_ choice: Choice, alias: String? = nil, gate: String? = nil) {
        (self.choice, self.alias, self.gate) = (choice, alias, gate)
    }
}

/// Labelled data on which a version is compared with the one whose alias it would take.
public struct PromotionEvidence: Sendable {
    /// As of an `EvaluateRequest`; its models are ignored.
    public var data: EvaluateRequest
    /// The accuracy by which the version may be worse; nil if it must be better.
    public var margin: Double?
    /// The number of candidates that are compared on these data.
    public var candidates: Int
    /// Moves the alias whatever the comparison says.
    public var force: Bool

    public init(on data: EvaluateRequest, margin: Double? = nil, candidates: Int = 1, force: Bool = false) {
        (self.data, self.margin, self.candidates, self.force) = (data, margin, candidates, force)
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
            let alias = request.alias ?? "production"
            options.reason = reason
            guard let evidence = request.evidence else {
                return try models.promote(reference, alias: alias, options: options)
            }
            let candidate = try models.version(reference)
            if let (current, verdict) = try verdict(on: candidate, alias, evidence, progress) {
                options.reason = "\(reason)\(evidence.force ? " (forced)" : ""); \(verdict.sentence)"
                options.evidence = verdict.json
                options.before = current.number
            }
            return try models.promote(candidate.reference, alias: alias, options: options)
        case .best(let metric, let model, let direction, let run, let reason):
            guard request.evidence == nil else {
                throw CellarError(.usage, "only a version that is named is compared on data.")
            }
            options.reason = reason
            let run = try run.map { (reference) throws(CellarError) in try models.run(of: reference).run }
            return try models.promote(
                best: metric, model: model, run: run, alias: request.alias ?? "best", direction: direction,
                options: options)
        }
    }

    /// Compares a version with the one that the alias points to; nil if there is none, or if it is the same. Throws unless the
    /// version passes or is forced.
    private func verdict(
        on candidate: ModelVersion, _ alias: String, _ evidence: PromotionEvidence,
        _ progress: ProgressReporter
    ) throws(CellarError) -> (current: ModelVersion, PairedVerdict)? {
        let current = try models.list(Query(model: candidate.model)).versions.first {
            $0.aliases.contains(alias)
        }
        guard let current, current.number != candidate.number else { return nil }
        let verdict = try compareForPromotion(
            PromotionComparison(
                candidate: candidate.reference, current: current.reference, data: evidence.data,
                margin: evidence.margin, candidates: evidence.candidates), progress: progress)
        guard verdict.passes || evidence.force else {
            throw CellarError(
                .badData, "\(candidate.model)@\(alias) stays at \(current.reference): \(verdict.sentence)",
                remedy:
                    "Choose another version, allow a loss with --margin, or use --force with --reason TEXT.")
        }
        return (current, verdict)
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
