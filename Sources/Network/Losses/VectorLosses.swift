import Glibc
import Tensors

// Losses that depend on all outputs of a position together.

/// Σ t · log(t / y), both clipped to [1e-7, 1].
func divergence(_ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float) -> Double {
    var sum: Float = 0
    for i in 0..<y.count {
        let (p, wanted) = (min(max(y[i], smallest), 1), min(max(t[i], smallest), 1))
        sum += wanted * log(wanted / p)
        if let dy { dy[i] = y[i] >= smallest && y[i] <= 1 ? -wanted / p * each : 0 }
    }
    return Double(sum)
}

/// −Σ t·y / (‖t‖·‖y‖). A zero vector is not scaled.
func negativeCosine(_ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float) -> Double {
    // TensorFlow's l2_normalize.
    let least: Float = 1e-12
    var (squares, wanted, product): (Float, Float, Float) = (0, 0, 0)
    for i in 0..<y.count {
        squares += y[i] * y[i]
        wanted += t[i] * t[i]
        product += y[i] * t[i]
    }
    let (scale, wantedScale) = (1 / max(squares, least).squareRoot(), 1 / max(wanted, least).squareRoot())
    let cosine = product * scale * wantedScale
    if let dy {
        // Below the minimum length, the scale is constant.
        let pull = squares > least ? cosine * scale : 0
        for i in 0..<y.count { dy[i] = -(t[i] * wantedScale - y[i] * pull) * scale * each }
    }
    return Double(-cosine)
}

/// max(0, 1 + max((1 − t)·y) − Σ t·y): Keras' categorical_hinge.
func maximalMargin(_ y: Floats, _ t: Floats, _ dy: Floats?, _ each: Float) -> Double {
    var (right, wrong) = (Float(0), -Float.infinity)
    for i in 0..<y.count {
        right += t[i] * y[i]
        wrong = max(wrong, (1 - t[i]) * y[i])
    }
    let margin = wrong - right + 1
    guard margin >= 0 else {
        dy?.fill(0)
        return 0
    }
    if let dy {
        var ties: Float = 0
        for i in 0..<y.count where (1 - t[i]) * y[i] == wrong { ties += 1 }
        for i in 0..<y.count {
            let part = (1 - t[i]) * y[i] == wrong ? (1 - t[i]) / ties : 0
            dy[i] = (part - t[i]) * each
        }
    }
    return Double(margin)
}
