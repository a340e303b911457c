import CKernels

// Each function checks its sizes and calls the C loop with the same meaning; see ckrecurrent.h.

/// y = 1 / (1 + e⁻ˣ)
public func sigmoid(_ x: Floats, into y: Floats) {
    precondition(x.count == y.count)
    unsafe ck_sigmoid(x.base, y.base, x.count)
}

public func tanhElements(_ x: Floats, into y: Floats) {
    precondition(x.count == y.count)
    unsafe ck_tanh(x.base, y.base, x.count)
}

/// Softmax of each row of `width`; y may be x.
public func softmaxRows(_ x: Floats, into y: Floats, width: Int) {
    precondition(x.count == y.count && x.count % width == 0)
    unsafe ck_softmax(x.base, y.base, x.count / width, width)
}

/// dx = y · (dy − Σ dy · y), by rows of `width`; dx may be dy.
public func softmaxBackward(_ dy: Floats, y: Floats, into dx: Floats, width: Int) {
    precondition(dy.count == y.count && dx.count == y.count && y.count % width == 0)
    unsafe ck_softmax_backward(dy.base, y.base, dx.base, y.count / width, width)
}

/// The gate activation: the logistic function, or clip(slope · x + 0.5, 0, 1).
public enum GateKernel: Sendable, Equatable {
    case sigmoid
    case hard(slope: Float)

    var c: ck_gate {
        switch self {
        case .sigmoid: ck_gate(hard: 0, slope: 0)
        case .hard(let slope): ck_gate(hard: 1, slope: slope)
        }
    }
}

/// One step of LSTM for `rows` samples: gates [rows, 4 units] are i, f, c, o before their activations, and
/// are replaced by their activations. tanh(c) is stored for the backward pass.
public func lstmStep(
    _ gates: Floats, cBefore: Floats, c: Floats, tanhC: Floats, h: Floats, units: Int, gate: GateKernel
) {
    let rows = h.count / units
    precondition(h.count == rows * units && gates.count == 4 * h.count && cBefore.count == h.count)
    precondition(c.count == h.count && tanhC.count == h.count)
    unsafe ck_lstm(gates.base, cBefore.base, c.base, tanhC.base, h.base, rows, units, gate.c)
}

/// Computes the gradients before the activations, which replace the gates, and at the previous cell state,
/// from the gradients at h and c.
public func lstmStepBackward(
    _ gates: Floats, cBefore: Floats, tanhC: Floats, dh: Floats, dc: Floats, dcBefore: Floats, units: Int,
    gate: GateKernel
) {
    let rows = dh.count / units
    precondition(dh.count == rows * units && gates.count == 4 * dh.count && cBefore.count == dh.count)
    precondition(dc.count == dh.count && dcBefore.count == dh.count && tanhC.count == dh.count)
    unsafe ck_lstm_backward(
        gates.base, cBefore.base, tanhC.base, dh.base, dc.base, dcBefore.base, rows, units, gate.c)
}

/// One step of GRU: x and r [rows, 3 units] are z, r, h from the input and from the state; x becomes the
/// gates and the candidate.
public func gruStep(_ x: Floats, r: Floats, hBefore: Floats, h: Floats, units: Int, gate: GateKernel) {
    let rows = h.count / units
    precondition(h.count == rows * units && hBefore.count == h.count)
    precondition(x.count == 3 * h.count && r.count == x.count)
    unsafe ck_gru(x.base, r.base, hBefore.base, h.base, rows, units, gate.c)
}

/// x and r become their gradients; dhBefore becomes the part that flows directly to the previous state.
public func gruStepBackward(
    _ x: Floats, r: Floats, hBefore: Floats, dh: Floats, dhBefore: Floats, units: Int, gate: GateKernel
) {
    let rows = dh.count / units
    precondition(dh.count == rows * units && hBefore.count == dh.count && dhBefore.count == dh.count)
    precondition(x.count == 3 * dh.count && r.count == x.count)
    unsafe ck_gru_backward(x.base, r.base, hBefore.base, dh.base, dhBefore.base, rows, units, gate.c)
}

/// Computes the gates of the original GRU, and the state times the reset gate.
public func gruGates(_ x: Floats, hBefore: Floats, resetH: Floats, units: Int, gate: GateKernel) {
    let rows = hBefore.count / units
    precondition(
        hBefore.count == rows * units && resetH.count == hBefore.count && x.count == 3 * hBefore.count)
    unsafe ck_gru_gates(x.base, hBefore.base, resetH.base, rows, units, gate.c)
}

/// Computes the candidate and the state of the original GRU.
public func gruCandidate(_ x: Floats, hBefore: Floats, h: Floats, units: Int) {
    let rows = h.count / units
    precondition(h.count == rows * units && hBefore.count == h.count && x.count == 3 * h.count)
    unsafe ck_gru_candidate(x.base, hBefore.base, h.base, rows, units)
}

/// The gradients at z and the candidate replace them; dhBefore = dh · z.
public func gruCandidateBackward(
    _ x: Floats, hBefore: Floats, dh: Floats, dhBefore: Floats, units: Int, gate: GateKernel
) {
    let rows = dh.count / units
    precondition(dh.count == rows * units && hBefore.count == dh.count && dhBefore.count == dh.count)
    precondition(x.count == 3 * dh.count)
    unsafe ck_gru_candidate_backward(x.base, hBefore.base, dh.base, dhBefore.base, rows, units, gate.c)
}

/// The gradient at r replaces it; dhBefore += dReset · r.
public func gruGatesBackward(
    _ x: Floats, hBefore: Floats, dReset: Floats, dhBefore: Floats, units: Int, gate: GateKernel
) {
    let rows = dhBefore.count / units
    precondition(dhBefore.count == rows * units && hBefore.count == dhBefore.count)
    precondition(dReset.count == dhBefore.count && x.count == 3 * dhBefore.count)
    unsafe ck_gru_gates_backward(x.base, hBefore.base, dReset.base, dhBefore.base, rows, units, gate.c)
}

/// scores [queries, keys] = Σ scale · tanh(inner · (q + k)) over the last axis of q [queries, width] and k [keys, width].
public func tanhScores(
    _ q: Floats, _ k: Floats, scale: Floats?, inner: Float, into scores: Floats, width: Int
) {
    let (queries, keys) = (q.count / width, k.count / width)
    precondition(scores.count == queries * keys && scale?.count ?? width == width)
    unsafe ck_tanh_scores(q.base, k.base, scale?.base, inner, scores.base, queries, keys, width)
}

/// Adds to dq, dk and, if given, the gradients of scale and inner.
public func tanhScoresBackward(
    _ dscores: Floats, _ q: Floats, _ k: Floats, scale: Floats?, inner: Float, dq: Floats, dk: Floats,
    dScale: Floats?, dInner: Floats?, width: Int
) {
    let (queries, keys) = (q.count / width, k.count / width)
    precondition(dscores.count == queries * keys && scale?.count ?? width == width)
    precondition(dq.count == q.count && dk.count == k.count && dScale?.count ?? width == width)
    precondition(dInner?.count ?? 1 == 1)
    unsafe ck_tanh_scores_backward(
        dscores.base, q.base, k.base, scale?.base, inner, dq.base, dk.base, dScale?.base, dInner?.base,
        queries, keys, width)
}
