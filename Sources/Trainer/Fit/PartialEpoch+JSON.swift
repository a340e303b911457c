import Base
import Network

/// The JSON form of an interrupted epoch in a model's facts.
extension PartialEpoch {
    var json: JSON {
        [
            "steps": .integer(steps), "loss_sum": .number(sums.lossSum), "count": .integer(sums.count),
            "output_loss_sums": Self.numbers(sums.outputLossSums),
            "metric_sums": .array(sums.metricSums.map(Self.numbers)),
        ]
    }

    /// Reads the JSON form; nil if its sums do not fit the outputs and metrics.
    init?(_ json: JSON, _ objective: Objective) {
        guard let steps = json["steps"]?.int, let count = json["count"]?.int, steps > 0, count > 0 else {
            return nil
        }
        self.init(steps: steps)
        sums.count = count
        sums.lossSum = json["loss_sum"]?.double ?? 0
        sums.outputLossSums = json["output_loss_sums"]?.array?.compactMap(\.double) ?? []
        sums.metricSums = (json["metric_sums"]?.array ?? []).map { $0.array?.compactMap(\.double) ?? [] }
        guard sums.fits(objective) else { return nil }
    }

    private static func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
}
