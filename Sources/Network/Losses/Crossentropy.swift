import Glibc
import Tensors

// Each function takes the outputs and targets of one position, returns the loss there, and writes its
// gradient times `each`.

/// Σ t · (log Σ exp z − z); the gradient is p·Σt − t. z is replaced by p.
func softmaxCrossEntropy(_ z: Floats, _ t: Floats, _ dz: Floats?, _ each: Float) -> Double {
    let (highest, sum) = exponentialSum(z)
    let logSum = log(sum)
    var (loss, total): (Float, Float) = (0, 0)
    for i in 0..<z.count {
        if t[i] != 0 { loss += t[i] * (logSum - (z[i] - highest)) }
        total += t[i]
        z[i] = exp(z[i] - highest) / sum
    }
    if let dz { for i in 0..<z.count { dz[i] = (z[i] * total - t[i]) * each } }
    return Double(loss)
}

/// Returns the maximum of z, and Σ exp(z − maximum).
private func exponentialSum(_ z: Floats) -> (highest: Float, sum: Float) {
    var highest = z[0]
    for i in 1..<z.count { highest = max(highest, z[i]) }
    var sum: Float = 0
    for i in 0..<z.count { sum += exp(z[i] - highest) }
    return (highest, sum)
}

/// Replaces z by its softmax.
func softmax(_ z: Floats) {
    let (highest, sum) = exponentialSum(z)
    for i in 0..<z.count { z[i] = exp(z[i] - highest) / sum }
}

/// max(z, 0) − z·t + log(1 + exp(−|z|)): binary cross-entropy on a logit.
func logitCost(_ z: Float, _ t: Float) -> Float { max(z, 0) - z * t + log1p(exp(-abs(z))) }

/// The mean of `logitCost` over outputs; the gradient is p − t. z is replaced by p.
func sigmoidCrossEntropy(_ z: Floats, _ t: Floats, _ dz: Floats?, _ each: Float) -> Double {
    var loss: Float = 0
    let share = each / Float(z.count)
    for i in 0..<z.count {
        loss += logitCost(z[i], t[i])
        z[i] = logistic(z[i])
        if let dz { dz[i] = (z[i] - t[i]) * share }
    }
    return Double(loss) / Double(z.count)
}

/// Cross-entropy from probabilities, which are scaled to sum to 1, then clipped to [1e-7, 1 − 1e-7].
func categoricalCrossEntropy(_ p: Floats, _ t: Floats, _ dp: Floats?, _ each: Float) -> Double {
    var sum: Float = 0
    for i in 0..<p.count { sum += p[i] }
    var (loss, weighted): (Float, Float) = (0, 0)
    for i in 0..<p.count {
        let q = p[i] / sum
        if t[i] != 0 { loss -= t[i] * log(min(max(q, smallest), 1 - smallest)) }
        if q > smallest && q < 1 - smallest { weighted += t[i] }
    }
    if let dp {
        for i in 0..<p.count {
            let q = p[i] / sum
            let inside = q > smallest && q < 1 - smallest
            dp[i] = ((inside && t[i] != 0 ? -t[i] / q : 0) + weighted) / sum * each
        }
    }
    return Double(loss)
}

/// Cross-entropy from probabilities, for class indices. The probabilities are clipped first, and their
/// logarithms are used as logits, so that the sum is 1 after clipping.
func sparseCrossEntropy(_ p: Floats, _ t: Floats, _ dp: Floats?, _ each: Float) -> Double {
    func clipped(_ i: Int) -> Float { min(max(p[i], smallest), 1 - smallest) }
    var (sum, loss): (Float, Float) = (0, 0)
    for i in 0..<p.count { sum += clipped(i) }
    for i in 0..<p.count where t[i] != 0 { loss += t[i] * (log(sum) - log(clipped(i))) }
    if let dp {
        for i in 0..<p.count {
            let inside = p[i] >= smallest && p[i] <= 1 - smallest
            dp[i] = inside ? (1 / sum - t[i] / p[i]) * each : 0
        }
    }
    return Double(loss)
}

/// Binary cross-entropy of a clipped probability: −[t·log(p + ε) + (1 − t)·log(1 − p + ε)], where ε is 1e-7
/// in Keras 2, in addition to the clipping.
func probabilityCost(_ p: Float, _ t: Float, inner: Float) -> (cost: Float, slope: Float) {
    let q = min(max(p, smallest), 1 - smallest)
    let cost = -(t * log(q + inner) + (1 - t) * log(1 - q + inner))
    let inside = p >= smallest && p <= 1 - smallest
    return (cost, inside ? -t / (q + inner) + (1 - t) / (1 - q + inner) : 0)
}

func binaryCrossEntropy(_ p: Floats, _ t: Floats, _ dp: Floats?, _ each: Float, inner: Float) -> Double {
    var loss: Float = 0
    let share = each / Float(p.count)
    for i in 0..<p.count {
        let (cost, slope) = probabilityCost(p[i], t[i], inner: inner)
        loss += cost
        if let dp { dp[i] = slope * share }
    }
    return Double(loss) / Double(p.count)
}
