import Base

/// The rule by which a candidate model may take the place of the current one.
public struct PromotionRule: Equatable, Sendable {
    /// Nil: the candidate must be better, with a two-sided p-value below 0.05. Otherwise the candidate may be worse by
    /// less than this, with 97.5 % confidence (non-inferiority).
    public let margin: Double?
    /// The number of candidates that are compared with the current model on these rows.
    public let candidates: Int

    /// Enough resamples for a p-value that is below 0.05 after its correction for the candidates. Above 4,000 candidates only
    /// accuracy tells models apart.
    var resamples: Int { min(max(PairedBootstrap.resamples, 100 * min(candidates, 4_000)), 200_000) }

    /// Throws unless the margin is from 0 to 1.
    public init(margin: Double? = nil, candidates: Int = 1) throws(CellarError) {
        if let margin, !(0...1).contains(margin) {
            throw CellarError(
                .usage, "the margin is \(margin); expected a difference from 0 to 1, such as 0.005.")
        }
        guard candidates > 0 else {
            throw CellarError(.usage, "the number of candidates is \(candidates); expected at least 1.")
        }
        (self.margin, self.candidates) = (margin, candidates)
    }
}

/// The comparison of a candidate with the current model on the same rows, and the decision that follows from a rule.
public struct PairedVerdict: Equatable, Sendable {
    /// A score for which higher is better.
    public enum Score: String, Sendable, CaseIterable {
        case accuracy
        case macroF1 = "macro_f1"
        case area = "auc"
    }

    public enum Decision: String, Sendable {
        case better
        /// Not shown to be better, but worse by less than the margin.
        case withinMargin = "within_margin"
        case refused
    }

    public let metric: Score
    public let current, candidate: Double
    /// The candidate's score minus the current model's.
    public let difference: Double
    /// The confidence interval of the difference. Its level is 0.95, and higher for several candidates (Bonferroni).
    public let lower, upper, level: Double
    /// Two-sided.
    public let pValue: Double
    /// The p-value corrected for the number of candidates.
    public private(set) var correctedPValue: Double
    public let rule: PromotionRule
    /// The rows compared, and the rows left out because a model has seen them in training.
    public let rows, excluded: Int
    /// The models' names in the sentence.
    public let names: (current: String, candidate: String)

    /// Compares accuracies by McNemar's exact test.
    public init(
        accuracy truth: [Int32], current: [Int32], candidate: [Int32], rule: PromotionRule,
        excluded: Int = 0,
        names: (current: String, candidate: String) = ("the current model", "the candidate")
    ) throws(CellarError) {
        let pairs = try PairedComparison(truth: truth, first: current, second: candidate)
        let rows = Double(pairs.rows)
        self.init(
            .accuracy, Double(pairs.bothRight + pairs.onlyFirstRight) / rows,
            Double(pairs.bothRight + pairs.onlySecondRight) / rows, pairs.accuracyDifference,
            pairs.interval, pairs.pValue, rule, pairs.rows, excluded, names)
    }

    /// Compares macro F1 by exchanged predictions and the paired bootstrap.
    public init(
        macroF1 truth: [Int32], current: [Int32], candidate: [Int32], rule: PromotionRule,
        excluded: Int = 0, resamples: Int? = nil,
        names: (current: String, candidate: String) = ("the current model", "the candidate")
    ) throws(CellarError) {
        let resamples = resamples ?? rule.resamples
        let found = try PairedExchange(
            macroF1: truth, first: current, second: candidate, resamples: resamples)
        // A class that only one row has looks certain in every resample. So there are two more rows of each class: one that
        // only the one model has right, and one that only the other has.
        let classes = Set(truth).sorted()
        let others =
            classes.count > 1 ? classes.dropFirst() + classes.prefix(1) : [classes.first == 0 ? 1 : 0]
        let bootstrap = try PairedBootstrap(
            macroF1: truth + classes + classes, first: current + classes + others,
            second: candidate + others + classes, resamples: resamples)
        self.init(.macroF1, found, bootstrap, rule, truth.count, excluded, names)
    }

    /// Compares areas under the ROC curve by exchanged ranks and the paired bootstrap.
    public init(
        area truth: [Bool], current: [Double], candidate: [Double], rule: PromotionRule,
        excluded: Int = 0, resamples: Int? = nil,
        names: (current: String, candidate: String) = ("the current model", "the candidate")
    ) throws(CellarError) {
        let resamples = resamples ?? rule.resamples
        let found = try PairedExchange(
            area: truth, first: current, second: candidate, resamples: resamples)
        // As for macro F1: of each class one row that only the one model has right, and one that only the other has.
        let (top, bottom) = (Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude)
        let bootstrap = try PairedBootstrap(
            area: truth + [true, true, false, false], first: current + [top, bottom, bottom, top],
            second: candidate + [bottom, top, top, bottom], resamples: resamples)
        self.init(.area, found, bootstrap, rule, truth.count, excluded, names)
    }

    private init(
        _ metric: Score, _ found: PairedExchange, _ bootstrap: PairedBootstrap, _ rule: PromotionRule,
        _ rows: Int, _ excluded: Int, _ names: (current: String, candidate: String)
    ) {
        // The exchange is exact for models that err alike; the bootstrap needs rows enough, but no such assumption.
        self.init(
            metric, found.first, found.second, found.difference, bootstrap.interval,
            max(found.pValue, bootstrap.pValue), rule, rows, excluded, names)
    }

    private init(
        _ metric: Score, _ current: Double, _ candidate: Double, _ difference: Double,
        _ interval: (Double) -> (lower: Double, upper: Double), _ pValue: Double, _ rule: PromotionRule,
        _ rows: Int, _ excluded: Int, _ names: (current: String, candidate: String)
    ) {
        (self.metric, self.current, self.candidate, self.difference) = (
            metric, current, candidate, difference
        )
        level = 1 - 0.05 / Double(rule.candidates)
        (lower, upper) = interval(level)
        (self.pValue, self.rule) = (pValue, rule)
        correctedPValue = bonferroniCorrected(pValue, comparisons: rule.candidates)
        (self.rows, self.excluded, self.names) = (rows, excluded, names)
    }

    /// The decision by the rule.
    public var decision: Decision {
        if correctedPValue < 0.05, difference > 0 { return .better }
        if let margin = rule.margin, lower > -margin { return .withinMargin }
        return .refused
    }

    /// True if the candidate may take the current model's place.
    public var passes: Bool { decision != .refused }

    /// Corrects the p-values of several candidates, compared with one current model on the same rows, by Holm's method.
    public static func corrected(_ verdicts: [PairedVerdict]) -> [PairedVerdict] {
        zip(verdicts, holmCorrected(verdicts.map(\.pValue))).map { verdict, pValue in
            var verdict = verdict
            verdict.correctedPValue = pValue
            return verdict
        }
    }

    public static func == (one: PairedVerdict, other: PairedVerdict) -> Bool {
        one.json == other.json && one.names == other.names
    }
}
