import Glibc
import Tensors

/// Computes a loss over the rows of a batch.
extension Loss {
    /// Returns the loss of these rows: Σ w·l / divisor.
    ///
    /// - logits: True if the outputs are logits, which are replaced by probabilities.
    /// - hasBinaryTargets: True if the targets of a hinge loss are 0 and 1, and represent −1 and 1.
    /// - divisor: The divisor of the batch's sum: for the mean, the number of positions.
    /// - gradient: [rows, positions, width]. Receives the gradient of the batch's loss times `scale`; nil for
    /// evaluation.
    func evaluate(
        _ rows: OutputRows, logits: Bool, hasBinaryTargets: Bool, divisor: Double, scale: Float = 1,
        gradient: Floats?
    ) -> Double {
        let each = 1 / Float(divisor)
        let (width, positions, target) = (rows.width, rows.positions, rows.target)
        var sum = 0.0
        for (row, sample) in rows.samples.enumerated() {
            for position in 0..<positions {
                let start = (row * positions + position) * width
                let out = rows.outputs[start..<start + width]
                let slope = gradient.map { $0[start..<start + width] }
                rows.targets.write(sample, position: position, positions: positions, into: target)
                let weight =
                    isIgnored(rows, sample, position) ? 0 : rows.weight(row, sample, position)
                adapt(target, hasBinaryTargets: hasBinaryTargets)
                let value = cost(out, target, slope, each * weight * scale, logits: logits)
                if weight == 0 {
                    // The loss of a masked position may be infinite, and infinity times 0 would be NaN.
                    slope?.fill(0)
                } else {
                    sum += value * Double(weight)
                }
            }
        }
        return sum / divisor
    }

    /// Returns the loss of a single sample's outputs.
    public func cost(of outputs: [Float], wanted: [Float], onLogits: Bool) -> Double {
        let arena = Arena(count: 2 * outputs.count)
        let (out, target) = (arena.slice(0, outputs.count), arena.slice(outputs.count, outputs.count))
        out.copy(from: outputs)
        target.copy(from: wanted)
        adapt(target, hasBinaryTargets: wanted.allSatisfy { $0 == 0 || $0 == 1 })
        return cost(out, target, nil, 1, logits: onLogits)
    }

    func isIgnored(_ rows: OutputRows, _ sample: Int, _ position: Int) -> Bool {
        guard let ignoredClass else { return false }
        return rows.targets.index(sample, position: position, positions: rows.positions, width: rows.width)
            == ignoredClass
    }

    /// Adapts targets to the formula: smoothed, or −1 and 1.
    func adapt(_ target: Floats, hasBinaryTargets: Bool) {
        if hasBinaryTargets && isHinge {
            for i in 0..<target.count { target[i] = 2 * target[i] - 1 }
        }
        smooth(target)
    }

    func smooth(_ target: Floats) {
        guard labelSmoothing != 0 else { return }
        let smoothing = Float(labelSmoothing)
        let share = isBinary ? 0.5 * smoothing : smoothing / Float(target.count)
        for i in 0..<target.count { target[i] = target[i] * (1 - smoothing) + share }
    }

    /// Returns the loss at one position, and writes its gradient times `each`.
    func cost(_ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float, logits: Bool) -> Double {
        switch kind {
        case .sparseCategoricalCrossentropy:
            logits ? softmaxCrossEntropy(y, t, dy, each) : sparseCrossEntropy(y, t, dy, each)
        case .categoricalCrossentropy:
            logits ? softmaxCrossEntropy(y, t, dy, each) : categoricalCrossEntropy(y, t, dy, each)
        case .binaryCrossentropy:
            logits
                ? sigmoidCrossEntropy(y, t, dy, each)
                : binaryCrossEntropy(y, t, dy, each, inner: newer ? 0 : smallest)
        case .categoricalFocalCrossentropy: categoricalFocal(y, t, dy, each, focus, logits: logits)
        case .binaryFocalCrossentropy:
            binaryFocal(y, t, dy, each, focus, inner: newer ? 0 : smallest, logits: logits)
        case .categoricalHinge: maximalMargin(y, t, dy, each)
        case .klDivergence: divergence(y, t, dy, each)
        case .cosineSimilarity: negativeCosine(y, t, dy, each)
        case .meanSquaredError:
            meanOver(y, t, dy, each) { y, t in ((y - t) * (y - t), 2 * (y - t)) }
        case .meanAbsoluteError:
            meanOver(y, t, dy, each) { y, t in (abs(y - t), sign(y - t)) }
        case .meanAbsolutePercentageError:
            meanOver(y, t, dy, each) { y, t in
                let size = max(abs(t), smallest)
                return (100 * abs((t - y) / size), 100 * sign(y - t) / size)
            }
        case .meanSquaredLogarithmicError:
            meanOver(y, t, dy, each) { y, t in
                let d = log(max(y, smallest) + 1) - log(max(t, smallest) + 1)
                return (d * d, y >= smallest ? 2 * d / (y + 1) : 0)
            }
        case .huber:
            meanOver(y, t, dy, each) { [delta = Float(delta)] y, t in
                let d = y - t
                return abs(d) <= delta
                    ? (0.5 * (d * d), d) : (delta * abs(d) - 0.5 * (delta * delta), delta * sign(d))
            }
        case .logCosh:
            meanOver(y, t, dy, each) { y, t in
                let d = y - t
                return (d + softplus(-2 * d) - Float(M_LN2), tanh(d))
            }
        case .poisson:
            meanOver(y, t, dy, each) { y, t in (y - t * log(y + smallest), 1 - t / (y + smallest)) }
        case .hinge:
            meanOver(y, t, dy, each) { y, t in
                let margin = 1 - t * y
                return margin >= 0 ? (margin, -t) : (0, 0)
            }
        case .squaredHinge:
            meanOver(y, t, dy, each) { y, t in
                let margin = 1 - t * y
                return margin >= 0 ? (margin * margin, -2 * margin * t) : (0, 0)
            }
        }
    }
}

/// Keras' epsilon for probabilities and divisors.
let smallest: Float = 1e-7

private func sign(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }

private func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }

/// Returns the mean of the losses of a position's numbers. `part` returns the loss of one number and its
/// derivative.
private func meanOver(
    _ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float, _ part: (Float, Float) -> (Float, Float)
) -> Double {
    var sum: Float = 0
    for i in 0..<y.count {
        let (cost, slope) = part(y[i], t[i])
        sum += cost
        if let dy { dy[i] = slope / Float(y.count) * each }
    }
    return Double(sum) / Double(y.count)
}
