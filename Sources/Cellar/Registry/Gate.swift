import Base
import Infer
import Metrics

/// Asks whether a candidate may take the place of the current model.
public struct PromotionComparison: Sendable {
    /// References or paths.
    public var candidate, current: String
    /// Labelled data, as of an `EvaluateRequest`. Its models are ignored.
    public var data: EvaluateRequest
    public var metric: PairedVerdict.Score
    public var rule: PromotionRule

    /// - margin: See `PromotionRule`.
    /// - candidates: The number of candidates that are compared with the current model on these data.
    public init(
        candidate: String, current: String, data: EvaluateRequest, metric: PairedVerdict.Score = .accuracy,
        margin: Double? = nil, candidates: Int = 1
    ) throws(CellarError) {
        (self.candidate, self.current, self.data, self.metric) = (candidate, current, data, metric)
        rule = try PromotionRule(margin: margin, candidates: candidates)
    }
}

extension Store {
    /// Compares a candidate with the current model on labelled rows that neither was trained on. Where a model's training rows
    /// are unknown, no rows are left out for it, and a warning says so.
    public func compareForPromotion(
        _ request: PromotionComparison, progress: ProgressReporter = .none
    ) throws(CellarError) -> PairedVerdict {
        let both = try evaluateBoth(request.current, request.candidate, request.data, progress)
        for evaluation in both where evaluation.seen == nil {
            progress.warn(
                "\(evaluation.model): which rows it was trained on is unknown; rows that it has seen may count."
            )
        }
        return try PairedRows(both[0], both[1]).verdict(request.metric, request.rule, onlyUnseen: true)
    }
}
