import Base
import Infer
import Metrics
import Registry

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

/// The comparison that a version must pass to take the alias of another one.
public struct PromotionTest: Sendable {
    /// Labelled data, as of an `EvaluateRequest`, whose models are ignored. Nil for the data that the version was trained on.
    public var data: EvaluateRequest?
    public var metric = PairedVerdict.Score.accuracy
    /// The loss of the metric to allow; nil if the version must be better.
    public var margin: Double?
    /// The number of candidates that are compared on these data.
    public var candidates: Int

    public init(on data: EvaluateRequest? = nil, margin: Double? = nil, candidates: Int = 1) {
        (self.data, self.margin, self.candidates) = (data, margin, candidates)
    }
}

/// The outcome of a comparison before a promotion.
enum PromotionOutcome {
    /// With the SHA-256 of the data, where it is known.
    case tested(PairedVerdict, data: String, sha256: String?)
    /// There is nothing to compare the versions on, for this reason.
    case untested(String)
}

extension Store {
    /// Compares a version with the one that an alias points to: on the data of the test, or else on the data that the version
    /// was trained on, where these are still as they were. Only rows that neither has seen count.
    ///
    /// Throws where the candidate cannot do what the current version does on these data. Only where data are missing, or the
    /// current version cannot be used, is there nothing to compare.
    func outcome(
        of test: PromotionTest, candidate: ModelVersion, current: ModelVersion, _ progress: ProgressReporter
    ) throws(CellarError) -> PromotionOutcome {
        let rule = try PromotionRule(margin: test.margin, candidates: test.candidates)
        if let data = test.data {
            var comparison = try PromotionComparison(
                candidate: candidate.reference, current: current.reference, data: data, metric: test.metric)
            comparison.rule = rule
            return .tested(
                try compareForPromotion(comparison, progress: progress), data: data.data,
                sha256: digest(ofData: data))
        }
        let data: ModelFacts.Dataset
        switch try ownData(of: candidate) {
        case .found(let found): data = found
        case .missing(let why): return .untested(why)
        }
        do throws(CellarError) { _ = try load([current.reference], .none) { [] } } catch {
            return .untested("\(current.reference) cannot be used: \(error.message)")
        }
        let both = try evaluateBoth(
            current.reference, candidate.reference, EvaluateRequest(data: data.path), progress)
        if both.allSatisfy({ $0.rowResults == nil }) {
            return .untested("only models that predict one class for each row are compared")
        }
        let rows = try PairedRows(both[0], both[1])
        if let unknown = both.first(where: { $0.seen == nil }) {
            return .untested("the rows that \(unknown.model) was trained on are unknown")
        }
        if rows.seen?.contains(false) == false {
            return .untested("one of them was trained on all \(rows.rows.count) rows of \(data.path)")
        }
        return .tested(
            try rows.verdict(test.metric, rule, onlyUnseen: true), data: data.path, sha256: data.sha256)
    }

    private enum OwnData {
        case found(ModelFacts.Dataset)
        case missing(String)
    }

    private func ownData(of version: ModelVersion) throws(CellarError) -> OwnData {
        let name = version.reference
        guard let dataset = try models.facts(of: version).dataset, !dataset.path.isEmpty else {
            return .missing("the data of \(name) are not recorded")
        }
        guard FileSystem.exists(dataset.path) else {
            return .missing("\(dataset.path), the data of \(name), is not here")
        }
        if dataset.path.hasSuffix(".npy") {
            return .missing("the labels of \(dataset.path) are not recorded; use --on")
        }
        let digest: String?
        if holdsSamples(dataset.path) {
            guard let model = try load([name], .none, else: { [] }).first else { return .missing(name) }
            digest = try? samplesDigest(dataset.path, for: model)
        } else {
            digest = try? FileDigest(ofFile: dataset.path).sha256
        }
        guard digest == dataset.sha256 else {
            return .missing("\(dataset.path), the data of \(name), has changed since")
        }
        return .found(dataset)
    }
}
