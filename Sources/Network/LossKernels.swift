import Glibc
import Tensors

/// Computes a loss over the rows of a batch, whose targets are known by the samples' indices.
extension Loss {
    /// - outputs: [rows, width], logits where `logits`, else what the network gave. Probabilities replace logits.
    /// - gradient: [rows, width], receives the gradient of the mean over `batchRows` samples; nil at evaluation.
    func evaluate(
        _ outputs: Floats, width: Int, logits: Bool, targets: Targets, samples: ArraySlice<Int>,
        batchRows: Int,
        gradient: Floats?
    ) -> BatchResult {
        var result = BatchResult()
        result.count = samples.count
        let each = 1 / Float(batchRows)
        if kind == .sparseCategoricalCrossentropy, logits, !fromLogits, width > 1,
            case .classes(let classes) = targets
        {
            (result.lossSum, result.correct) = softmaxCrossEntropy(
                outputs, width: width, classes: classes, samples: samples, each: each, gradient: gradient)
            return result
        }
        for (row, sample) in samples.enumerated() {
            let out = outputs[row * width..<(row + 1) * width]
            let dz = gradient.map { $0[row * width..<(row + 1) * width] }
            // On raw logits Keras compares those themselves with 0.5.
            let early = fromLogits ? correctness(out, targets, sample) : 0
            let loss: Double
            switch kind {
            case .sparseCategoricalCrossentropy, .categoricalCrossentropy:
                loss =
                    logits
                    ? softmaxCrossEntropy(out, dz, each) { targets[sample, $0, width] }
                    : categoricalCrossEntropy(out, dz, each) { targets[sample, $0, width] }
            case .binaryCrossentropy:
                loss =
                    logits
                    ? sigmoidCrossEntropy(out, dz, each) { targets[sample, $0, width] }
                    : binaryCrossEntropy(out, dz, each) { targets[sample, $0, width] }
            case .meanSquaredError:
                loss = squaredError(out, dz, each) { targets[sample, $0, width] }
            }
            result.lossSum += loss
            result.correct += fromLogits ? early : correctness(out, targets, sample)
        }
        return result
    }

    /// Accuracy as Keras picks it: outputs are compared with 0.5 where there is one or the loss is binary, else the
    /// largest counts (the first among equals).
    private func correctness(_ out: Floats, _ targets: Targets, _ sample: Int) -> Double {
        let width = out.count
        if width == 1 || kind == .binaryCrossentropy {
            let right = (0..<width).count { (out[$0] > 0.5 ? 1 : 0) == targets[sample, $0, width] }
            return Double(right) / Double(width)
        }
        var (best, wanted) = (0, 0)
        for i in 1..<width {
            if out[i] > out[best] { best = i }
            if targets[sample, i, width] > targets[sample, wanted, width] { wanted = i }
        }
        return best == wanted ? 1 : 0
    }
}

extension Targets {
    /// The wanted value of output i: one-hot for classes (or the class itself where there is one output).
    subscript(sample: Int, i: Int, width: Int) -> Float {
        switch self {
        case .classes(let classes):
            width == 1 ? Float(classes[sample]) : (Int(classes[sample]) == i ? 1 : 0)
        case .values(let values, let width): values[sample * width + i]
        }
    }
}

/// Σ t · (log Σ exp z − z); gradient p·Σt − t. z becomes p.
private func softmaxCrossEntropy(_ z: Floats, _ dz: Floats?, _ each: Float, _ target: (Int) -> Float)
    -> Double
{
    var highest = z[0]
    for i in 1..<z.count { highest = max(highest, z[i]) }
    var sum: Float = 0
    for i in 0..<z.count { sum += exp(z[i] - highest) }
    let logSum = log(sum)
    var (loss, total): (Float, Float) = (0, 0)
    for i in 0..<z.count {
        let t = target(i)
        if t != 0 { loss += t * (logSum - (z[i] - highest)) }
        total += t
        z[i] = exp(z[i] - highest) / sum
    }
    if let dz { for i in 0..<z.count { dz[i] = (z[i] * total - target(i)) * each } }
    return Double(loss)
}

/// The mean over outputs of max(z, 0) − z·t + log(1 + exp(−|z|)); gradient p − t. z becomes p.
private func sigmoidCrossEntropy(_ z: Floats, _ dz: Floats?, _ each: Float, _ target: (Int) -> Float)
    -> Double
{
    var loss: Float = 0
    let share = each / Float(z.count)
    for i in 0..<z.count {
        let (logit, t) = (z[i], target(i))
        loss += max(logit, 0) - logit * t + log1p(exp(-abs(logit)))
        z[i] = logistic(logit)
        if let dz { dz[i] = (z[i] - t) * share }
    }
    return Double(loss) / Double(z.count)
}

/// Keras' epsilon for probabilities.
private let tiny: Float = 1e-7

/// From probabilities: they are scaled to sum to 1, then clipped to [1e-7, 1 − 1e-7].
private func categoricalCrossEntropy(_ p: Floats, _ dp: Floats?, _ each: Float, _ target: (Int) -> Float)
    -> Double
{
    var sum: Float = 0
    for i in 0..<p.count { sum += p[i] }
    var (loss, weighted): (Float, Float) = (0, 0)
    for i in 0..<p.count {
        let (q, t) = (p[i] / sum, target(i))
        if t != 0 { loss -= t * log(min(max(q, tiny), 1 - tiny)) }
        if q > tiny && q < 1 - tiny { weighted += t }
    }
    if let dp {
        for i in 0..<p.count {
            let (q, t) = (p[i] / sum, target(i))
            let inside = q > tiny && q < 1 - tiny
            dp[i] = ((inside && t != 0 ? -t / q : 0) + weighted) / sum * each
        }
    }
    return Double(loss)
}

/// From probabilities, as Keras 2 has it: −[t·log(p + 1e-7) + (1 − t)·log(1 − p + 1e-7)] after clipping.
private func binaryCrossEntropy(_ p: Floats, _ dp: Floats?, _ each: Float, _ target: (Int) -> Float) -> Double
{
    var loss: Float = 0
    let share = each / Float(p.count)
    for i in 0..<p.count {
        let (q, t) = (min(max(p[i], tiny), 1 - tiny), target(i))
        loss -= t * log(q + tiny) + (1 - t) * log(1 - q + tiny)
        if let dp {
            let inside = p[i] >= tiny && p[i] <= 1 - tiny
            dp[i] = inside ? (-t / (q + tiny) + (1 - t) / (1 - q + tiny)) * share : 0
        }
    }
    return Double(loss) / Double(p.count)
}

private func squaredError(_ y: Floats, _ dy: Floats?, _ each: Float, _ target: (Int) -> Float) -> Double {
    var loss: Float = 0
    for i in 0..<y.count {
        let d = y[i] - target(i)
        loss += d * d
        if let dy { dy[i] = 2 * d / Float(y.count) * each }
    }
    return Double(loss) / Double(y.count)
}
