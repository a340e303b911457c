import Base
import Network
import Tensors

/// Collects the outcomes of an evaluation's rows.
final class DetailCollector {
    /// No more numbers are kept than this: 256 MiB.
    static let most = 1 << 26
    private static let mostWorst = 24
    /// A table with more columns is not described by column.
    private static let mostColumns = 2_000

    var details = EvaluationDetails()

    /// - meaning: The meaning of the predictions in a report; nil if they are not listed.
    init(_ model: LoadedModel, meaning: OutputMeaning?) {
        switch meaning {
        case .classes(let names, let score), .binary(let names, let score):
            var classes = EvaluationDetails.Classes(names: names, kind: score.kind)
            classes.threshold = score.decision.map { Double($0.threshold) }
            classes.positive = score.decision?.positive
            details.outcomes = .classes(classes)
        case .labels(let names, let score): details.outcomes = .labels(.init(names: names, kind: score.kind))
        case .values(let width): details.outcomes = .values(.init(width: width))
        case nil: break
        }
        if model.file.model.inputs.count == 1 {
            details.picture =
                model.facts?.picture
                ?? (model.file.model.inputShapes[0].count > 1 ? try? model.pictureForm() : nil)
            let features = model.features
            if details.picture == nil, features.count == model.inputWidth, features.count <= Self.mostColumns
            {
                details.columns = features.map { ColumnStatistics(name: $0) }
            }
        }
    }

    /// - logits: The network's numbers where a softmax or sigmoid was taken off; nil if they are the predictions.
    func add(
        _ predictions: Predictions, logits: [Float]?, truth: [Int32]?, _ targets: Targets, samples: [Samples],
        rows: [Int]
    ) {
        addColumns(samples[0])
        let first = details.rows.count
        switch details.outcomes {
        case .classes(var outcome):
            guard let truth, keeps(rows.count, outcome.names.count) else { return }
            details.outcomes = .none
            let classes = outcome.names.count
            for row in 0..<predictions.count {
                let label = predictions.label(row)
                outcome.truth.append(truth[row])
                outcome.prediction.append(Int32(label))
                for index in 0..<classes { outcome.scores.append(predictions.score(row, of: index)) }
                if let logits {
                    if logits.count == predictions.count, classes == 2 {
                        outcome.logits += [0, logits[row]]
                    } else {
                        outcome.logits += logits[row * classes..<(row + 1) * classes]
                    }
                }
                if truth[row] != Int32(label) {
                    note(first + row, predictions.score(row, of: label), samples[0], row)
                }
            }
            details.outcomes = .classes(outcome)
        case .values(var outcome):
            guard case .values(let values, _) = targets, values.count == predictions.values.count,
                keeps(rows.count, 2 * outcome.width)
            else { return }
            details.outcomes = .none
            outcome.truth += values
            outcome.prediction += predictions.values
            let width = outcome.width
            for row in 0..<predictions.count {
                let places = row * width..<(row + 1) * width
                let error = places.reduce(Float(0)) { max($0, abs(values[$1] - predictions.values[$1])) }
                if error > 0 { note(first + row, error, samples[0], row) }
            }
            details.outcomes = .values(outcome)
        case .labels(var outcome):
            guard case .values(let values, let width) = targets, width == outcome.names.count,
                keeps(rows.count, 2 * width)
            else { return }
            details.outcomes = .none
            outcome.truth += values.map { $0 > 0.5 }
            outcome.scores += predictions.values
            let threshold = predictions.meaning.score?.threshold ?? 0.5
            outcome.prediction += predictions.values.map { $0 > threshold }
            details.outcomes = .labels(outcome)
        case .none: return
        }
        details.rows += rows
    }

    private func keeps(_ rows: Int, _ width: Int) -> Bool {
        guard !details.isCut else { return false }
        guard (details.rows.count + rows) * width <= Self.most else {
            let (columns, picture) = (details.columns, details.picture)
            details = EvaluationDetails()
            (details.columns, details.picture, details.isCut) = (columns, picture, true)
            return false
        }
        return true
    }

    private func addColumns(_ samples: Samples) {
        guard !details.columns.isEmpty, case .floats(let values) = samples.storage else { return }
        let width = details.columns.count
        // A model with an input for each column has others.
        guard values.count == samples.count * width else { return }
        for place in 0..<samples.count * width { details.columns[place % width].add(Double(values[place])) }
    }

    /// Keeps the row if it is among the worst.
    private func note(_ index: Int, _ badness: Float, _ samples: Samples, _ row: Int) {
        if details.worst.count == Self.mostWorst, badness <= details.worst[Self.mostWorst - 1].badness {
            return
        }
        let sample: [Float] =
            switch samples.selecting([row]).storage {
            case .bytes(let bytes): bytes.map { Float($0) }
            case .floats(let floats): floats
            case .texts: []
            }
        let place = details.worst.firstIndex { $0.badness < badness } ?? details.worst.count
        details.worst.insert(WorstRow(index: index, badness: badness, sample: sample), at: place)
        if details.worst.count > Self.mostWorst { details.worst.removeLast() }
    }
}
