import Glibc
import Tensors

/// One of Keras' metrics: a value for an epoch, computed from sums that are accumulated batch by batch. The
/// sums of threads and batches are added. This type has only the options; the sums are kept by the trainer.
public struct Metric: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Keras' word accuracy: binary accuracy for one output per position, otherwise categorical accuracy.
        case accuracy
        case binaryAccuracy(threshold: Double)
        /// Keras' class Accuracy: the share of outputs that equal their targets.
        case equality
        /// The share of positions where the largest output is the target's. `sparse` is Keras' class for
        /// targets that are indices.
        case categoricalAccuracy(sparse: Bool)
        case topK(Int, sparse: Bool)
        /// The mean of a loss on the outputs.
        case mean(Loss)
        case rootMeanSquaredError
        case cosineSimilarity
        case confusion(Confusion)
        case areaUnderCurve(AreaUnderCurve)
        case curvePoint(CurvePoint)
        case iou(IoU)
        case r2Score(R2Score)
        case fScore(FScore)
    }

    public var kind: Kind
    /// The name in the history, without the output's name and `val_`.
    public var name: String
    /// True if masked positions count too.
    private(set) var countsMasked = false

    public init(_ kind: Kind, name: String) { (self.kind, self.name) = (kind, name) }

    public static let accuracy = Metric(.accuracy, name: "accuracy")

    /// Returns the metric as Keras 3 computes it, or Keras 2. In Keras 3 only means of a function read the mask of an output.
    func settingNewer(_ newer: Bool) -> Metric {
        var copy = self
        switch kind {
        case .accuracy, .binaryAccuracy, .equality, .categoricalAccuracy, .topK, .cosineSimilarity: break
        case .mean(var loss):
            loss.newer = newer
            copy.kind = .mean(loss)
        case .iou(var iou):
            iou.countsWhole = newer
            copy.kind = .iou(iou)
            copy.countsMasked = newer
        case .rootMeanSquaredError, .confusion, .areaUnderCurve, .curvePoint, .r2Score, .fScore:
            copy.countsMasked = newer
        }
        return copy
    }

    /// Returns the number of sums for an output of that width.
    func sumCount(width: Int) -> Int {
        switch kind {
        case .areaUnderCurve(let curve): 2 * curve.thresholdCount
        case .curvePoint(let point): 2 * point.curve.thresholdCount
        case .iou(let iou): iou.classCount * iou.classCount
        case .confusion: 4
        case .fScore, .r2Score: 4 * width
        default: 2
        }
    }

    /// Adds rows to the sums. Sample weights count only in Keras' `weighted_metrics`; a mask always
    /// counts that a metric reads.
    func add(_ rows: OutputRows, to sums: inout [Double]) {
        let (width, positions, target) = (rows.width, rows.positions, rows.target)
        for (row, sample) in rows.samples.enumerated() {
            for position in 0..<positions {
                let weight = Double(rows.weight(row, sample, position))
                if weight == 0 { continue }
                let start = (row * positions + position) * width
                let out = rows.outputs[start..<start + width]
                rows.targets.write(sample, position: position, positions: positions, into: target)
                switch kind {
                case .confusion(let confusion): confusion.add(out, target, weight, to: &sums)
                case .areaUnderCurve(let curve): curve.add(out, target, weight, to: &sums)
                case .curvePoint(let point): point.add(out, target, weight, to: &sums)
                case .iou(let iou): iou.add(out, target, weight, to: &sums)
                case .r2Score(let score): score.add(out, target, weight, to: &sums)
                case .fScore(let score): score.add(out, target, weight, to: &sums)
                case .mean(let loss) where loss.fromLogits:
                    // A copy is needed because probabilities replace logits in place.
                    rows.copy.copy(from: out)
                    sums[0] += weight * loss.value(rows.copy, target)
                    sums[1] += weight
                default:
                    sums[0] += weight * value(out, target)
                    sums[1] += weight
                }
            }
        }
    }

    /// Returns the value at one position, of which the mean is taken.
    private func value(_ out: Floats, _ target: Floats) -> Double {
        switch kind {
        case .accuracy: out.count == 1 ? binaryHits(out, target, 0.5) : categoricalHit(out, target)
        case .equality: equals(out, target)
        case .binaryAccuracy(let threshold): binaryHits(out, target, Float(threshold))
        case .categoricalAccuracy: categoricalHit(out, target)
        case .topK(let k, _): topHit(out, target, k)
        case .mean(let loss): loss.value(out, target)
        case .rootMeanSquaredError: Loss(.meanSquaredError).value(out, target)
        case .cosineSimilarity: -Loss(.cosineSimilarity).value(out, target)
        case .confusion, .areaUnderCurve, .curvePoint, .iou, .r2Score, .fScore: 0
        }
    }

    /// Returns the value of the metric for the accumulated sums.
    public func result(_ sums: [Double]) -> Double {
        switch kind {
        case .confusion(let confusion): confusion.result(sums)
        case .areaUnderCurve(let curve): curve.result(sums)
        case .curvePoint(let point): point.result(sums)
        case .iou(let iou): iou.result(sums)
        case .r2Score(let score): score.result(sums)
        case .fScore(let score): score.result(sums)
        case .rootMeanSquaredError: quotient(sums[0], sums[1]).squareRoot()
        default: quotient(sums[0], sums[1])
        }
    }
}

/// Returns a / b, or 0 if b is 0, as in Keras' metrics.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }

extension Loss {
    /// Returns the loss at one position, from the network's outputs.
    fileprivate func value(_ out: Floats, _ target: Floats) -> Double {
        adapt(
            target,
            hasBinaryTargets: isHinge && (0..<target.count).allSatisfy { [0, 1].contains(target[$0]) })
        return cost(out, target, nil, 1, logits: fromLogits)
    }
}

/// Returns the share of outputs on the right side of the threshold.
private func binaryHits(_ out: Floats, _ target: Floats, _ threshold: Float) -> Double {
    var hits = 0
    for i in 0..<out.count where (out[i] > threshold ? 1 : 0) == target[i] { hits += 1 }
    return Double(hits) / Double(out.count)
}

/// Returns the share of outputs that equal their targets.
private func equals(_ out: Floats, _ target: Floats) -> Double {
    var hits = 0
    for i in 0..<out.count where out[i] == target[i] { hits += 1 }
    return Double(hits) / Double(out.count)
}

/// Returns 1 if the largest output is the target's, otherwise 0. The first of equal outputs counts.
private func categoricalHit(_ out: Floats, _ target: Floats) -> Double {
    largest(out) == largest(target) ? 1 : 0
}

func largest(_ row: Floats) -> Int {
    var best = 0
    for i in 1..<row.count where row[i] > row[best] { best = i }
    return best
}

/// Returns 1 if fewer than k outputs are larger than that of the target's class, otherwise 0: TensorFlow's
/// in_top_k, which includes all equal values at the limit.
private func topHit(_ out: Floats, _ target: Floats, _ k: Int) -> Double {
    let wanted = out[largest(target)]
    guard wanted.isFinite else { return 0 }
    var larger = 0
    for i in 0..<out.count where out[i] > wanted { larger += 1 }
    return larger < k ? 1 : 0
}
