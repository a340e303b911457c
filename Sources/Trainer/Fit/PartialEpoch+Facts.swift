import Base
import Network

extension PartialEpoch {
    /// The form in which a model's facts keep it.
    var kept: InterruptedEpoch {
        InterruptedEpoch(
            steps: steps, count: sums.count, lossSum: sums.lossSum, outputLossSums: sums.outputLossSums,
            metricSums: sums.metricSums)
    }

    /// Nil where it was of other outputs or metrics than these, whose sums would not fit.
    init?(_ kept: InterruptedEpoch, _ objective: Objective) {
        self.init(steps: kept.steps)
        (sums.count, sums.lossSum) = (kept.count, kept.lossSum)
        (sums.outputLossSums, sums.metricSums) = (kept.outputLossSums, kept.metricSums)
        if objective.isNewer, objective.losses.count > 1 { sums.batches = kept.steps }
        guard sums.fits(objective) else { return nil }
    }
}
