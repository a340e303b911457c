import Glibc
import Tensors

// Lin et al., "Focal Loss for Dense Object Detection" (2017), as in Keras: well-classified samples have less
// weight.

/// The mean over outputs of (1 − pₜ)^γ · binary cross-entropy, where pₜ = t·p + (1 − t)(1 − p). With
/// balancing, it is multiplied by t·α + (1 − t)(1 − α). If z are logits, they are replaced by p.
func binaryFocal(
    _ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float, _ focus: Loss.Focus, inner: Float, logits: Bool
) -> Double {
    let (alpha, gamma) = (Float(focus.alpha[0]), Float(focus.gamma))
    let share = each / Float(y.count)
    var sum: Float = 0
    for i in 0..<y.count {
        let (given, t) = (y[i], t[i])
        let p = logits ? logistic(given) : given
        let (cost, slope) = logits ? (logitCost(given, t), p - t) : probabilityCost(p, t, inner: inner)
        let missing = 1 - (t * p + (1 - t) * (1 - p))
        let factor = pow(missing, gamma)
        let balance = focus.balancesClasses ? t * alpha + (1 - t) * (1 - alpha) : 1
        sum += balance * factor * cost
        if logits { y[i] = p }
        guard let dy else { continue }
        // The derivative of the factor with respect to p or to its logit.
        var bend = gamma == 0 ? 0 : gamma * pow(missing, gamma - 1) * (1 - 2 * t)
        if logits { bend *= p * (1 - p) }
        dy[i] = balance * (bend * cost + factor * slope) * share
    }
    return Double(sum) / Double(y.count)
}

/// Σ α·(1 − q)^γ · −t·log q, where q is p scaled to sum to 1 and clipped to [1e-7, 1 − 1e-7].
/// If y are logits, they are replaced by p.
func categoricalFocal(
    _ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float, _ focus: Loss.Focus, logits: Bool
) -> Double {
    if logits { softmax(y) }
    let gamma = Float(focus.gamma)
    func alpha(_ i: Int) -> Float { Float(focus.alpha[focus.alpha.count == 1 ? 0 : i]) }
    var total: Float = 0
    for i in 0..<y.count { total += y[i] }
    var (loss, drag): (Float, Float) = (0, 0)
    for i in 0..<y.count {
        let share = y[i] / total
        let q = min(max(share, smallest), 1 - smallest)
        loss -= alpha(i) * pow(1 - q, gamma) * t[i] * log(q)
        guard let dy else { continue }
        let bend = gamma == 0 ? 0 : gamma * pow(1 - q, gamma - 1) * log(q)
        let inside = share >= smallest && share <= 1 - smallest
        dy[i] = inside ? alpha(i) * t[i] * (bend - pow(1 - q, gamma) / q) : 0
        drag += dy[i] * share
    }
    guard let dy else { return Double(loss) }
    for i in 0..<y.count { dy[i] = (dy[i] - drag) / total * each }
    if logits {
        var mean: Float = 0
        for i in 0..<y.count { mean += dy[i] * y[i] }
        for i in 0..<y.count { dy[i] = y[i] * (dy[i] - mean) }
    }
    return Double(loss)
}
