import Base
import Tensors

/// Gated recurrent unit (Cho et al., 2014): h = z · h_before + (1 − z) · candidate, with the gates z and r.
/// Blocks of columns: z, r, h.
///
/// If the reset is applied after the product (`reset_after`, as in cuDNN), candidate = activation(x_h + r ·
/// (h_before · R_h + b₁)) and the bias is [2, 3 units]: for the input and for the state. If it is applied
/// before, as in the paper, candidate = activation(x_h + (r · h_before) · R_h).
public struct GRU: RecurrentLayer {
    public static let className = "GRU"
    public var name = "gru"
    public var trainable = true
    public var options: RecurrentOptions
    public var resetAfter = true

    static let gates = 3
    static let hasGates = true
    // The state's product, or the reset state; without a C loop for the activations, also the pre-activations.
    var keptPerStep: Int { (resetAfter ? 3 : 1) + (options.gateKernel == nil ? 3 : 0) }
    var carried: Int { 0 }

    public init(_ options: RecurrentOptions) { self.options = options }

    public init(from config: inout LayerConfig) throws(CellarError) {
        options = try RecurrentOptions(from: &config, hasGates: true)
        resetAfter = try config.bool("reset_after", default: true)
    }

    public var config: JSONObject {
        var config = options.json(hasGates: true)
        config["reset_after"] = .bool(resetAfter)
        return config
    }

    func biasSpec() -> WeightSpec {
        let width = 3 * options.units
        return options.bias.spec("bias", shape: resetAfter ? [2, width] : [width])
    }

    func inputBias(_ call: CallMemory) -> Floats? {
        options.useBias ? call.weights[2].prefix(3 * options.units) : nil
    }

    private func stateBias(_ call: CallMemory) -> Floats? {
        options.useBias ? call.weights[2][3 * options.units..<6 * options.units] : nil
    }

    private func kept(_ pass: RecurrentPass, _ t: Int) -> (state: Floats, pre: Floats) {
        let kept = pass.kept(t)
        let size = pass.rows * options.units * (resetAfter ? 3 : 1)
        return (kept[0..<size], kept[size..<kept.count])
    }

    // MARK: Forward

    func stepForward(_ pass: RecurrentPass, _ t: Int) {
        let (x, (state, pre)) = (pass.z(t), kept(pass, t))
        let (hBefore, h, u) = (pass.hBefore(t), pass.hAfter(t), options.units)
        if resetAfter {
            pass.multiplyState(hBefore, gates: 0..<3, into: state, bias: stateBias(pass.call))
            if let gate = options.gateKernel {
                gruStep(x, r: state, hBefore: hBefore, h: h, units: u, gate: gate)
            } else {
                activateAfter(x, state, pre, hBefore: hBefore, h: h)
            }
            return
        }
        pass.multiplyState(hBefore, gates: 0..<2, into: x, accumulate: true)
        if let gate = options.gateKernel {
            gruGates(x, hBefore: hBefore, resetH: state, units: u, gate: gate)
        } else {
            activateGates(x, pre) { place, row in state[place] = x[row + u] * hBefore[place] }
        }
        pass.dropState(state, gate: 2)
        multiply(
            state, pass.columns(pass.call.weights[1], 2), into: pass.columns(x, 2), m: pass.rows, n: u, k: u,
            bStride: 3 * u, cStride: 3 * u, epilogue: Epilogue(accumulate: true))
        if options.gateKernel != nil {
            gruCandidate(x, hBefore: hBefore, h: h, units: u)
        } else {
            activateCandidate(x, pre, hBefore: hBefore, h: h)
        }
    }

    /// Replaces the pre-activations of z and r in `x` by their activations, and saves them in `pre`. Then calls
    /// `body(index, index of the same unit in x)`.
    private func activateGates(_ x: Floats, _ pre: Floats, body: (Int, Int) -> Void) {
        let u = options.units
        for row in 0..<x.count / (3 * u) {
            let start = row * 3 * u
            for place in [start..<start + u, start + u..<start + 2 * u] {
                pre[place].copy(from: x[place])
                options.recurrentActivation.forward(pre[place], into: x[place], width: u)
            }
            for j in 0..<u { body(row * u + j, start + j) }
        }
    }

    private func activateCandidate(_ x: Floats, _ pre: Floats, hBefore: Floats, h: Floats) {
        let u = options.units
        for row in 0..<x.count / (3 * u) {
            let place = (row * 3 + 2) * u..<(row * 3 + 3) * u
            pre[place].copy(from: x[place])
            options.activation.forward(pre[place], into: x[place], width: u)
            for j in 0..<u {
                let update = x[row * 3 * u + j]
                h[row * u + j] = update * hBefore[row * u + j] + (1 - update) * x[place.lowerBound + j]
            }
        }
    }

    private func activateAfter(_ x: Floats, _ state: Floats, _ pre: Floats, hBefore: Floats, h: Floats) {
        let u = options.units
        for row in 0..<x.count / (3 * u) {
            for i in row * 3 * u..<(row * 3 + 2) * u { x[i] += state[i] }
        }
        activateGates(x, pre) { _, i in x[i + 2 * u] += x[i + u] * state[i + 2 * u] }
        activateCandidate(x, pre, hBefore: hBefore, h: h)
    }

    // MARK: Backward

    func stepBackward(_ pass: RecurrentPass, _ t: Int) {
        let (x, (state, pre)) = (pass.z(t), kept(pass, t))
        let (dh, dhBefore, hBefore, u) = (pass.dhAfter(t), pass.dhBefore(t), pass.hBefore(t), options.units)
        if resetAfter {
            if let gate = options.gateKernel {
                gruStepBackward(
                    x, r: state, hBefore: hBefore, dh: dh, dhBefore: dhBefore, units: u, gate: gate)
            } else {
                candidateBackward(pass, x, pre, hBefore: hBefore, dh: dh, dhBefore: dhBefore)
                resetBackward(pass, x, pre) { _, i in
                    let (d, reset) = (x[i + 2 * u], x[i + u])
                    let dReset = d * state[i + 2 * u]
                    state[i + 2 * u] = d * reset
                    return dReset
                }
                for row in 0..<pass.rows {
                    for i in row * 3 * u..<(row * 3 + 2) * u { state[i] = x[i] }
                }
            }
            pass.passMasked(t, x, state)
            pass.multiplyStateBackward(state, gates: 0..<3, into: dhBefore)
            return
        }
        if let gate = options.gateKernel {
            gruCandidateBackward(x, hBefore: hBefore, dh: dh, dhBefore: dhBefore, units: u, gate: gate)
        } else {
            candidateBackward(pass, x, pre, hBefore: hBefore, dh: dh, dhBefore: dhBefore)
        }
        pass.passMasked(t, x)
        let dReset = pass.dReset
        pass.multiplyStateBackward(x, gates: 2..<3, into: dReset, accumulate: false)
        if let gate = options.gateKernel {
            gruGatesBackward(
                x, hBefore: hBefore, dReset: dReset, dhBefore: dhBefore, units: u, gate: gate)
        } else {
            resetBackward(pass, x, pre) { place, i in
                dhBefore[place] += dReset[place] * x[i + u]
                return dReset[place] * hBefore[place]
            }
        }
        pass.multiplyStateBackward(x, gates: 0..<2, into: dhBefore)
    }

    /// Replaces z and the candidate in `x` by the gradients of their pre-activations; dhBefore = dh · z.
    private func candidateBackward(
        _ pass: RecurrentPass, _ x: Floats, _ pre: Floats, hBefore: Floats, dh: Floats, dhBefore: Floats
    ) {
        let (u, work) = (options.units, pass.row)
        for row in 0..<pass.rows {
            let (start, here) = (row * 3 * u, row * u)
            for j in 0..<u {
                let (update, candidate) = (x[start + j], x[start + 2 * u + j])
                work[j] = dh[here + j] * (hBefore[here + j] - candidate)
                work[u + j] = dh[here + j] * (1 - update)
                dhBefore[here + j] = dh[here + j] * update
            }
            let (z, h) = (start..<start + u, start + 2 * u..<start + 3 * u)
            options.recurrentActivation.backward(work[0..<u], z: pre[z], y: x[z], into: work[0..<u], width: u)
            options.activation.backward(work[u..<2 * u], z: pre[h], y: x[h], into: work[u..<2 * u], width: u)
            x[z].copy(from: work[0..<u])
            x[h].copy(from: work[u..<2 * u])
        }
    }

    /// Replaces r in `x` by the gradient of its pre-activation; `gradient(index, index of the same unit in x)`
    /// is the gradient of r.
    private func resetBackward(
        _ pass: RecurrentPass, _ x: Floats, _ pre: Floats, gradient: (Int, Int) -> Float
    ) {
        let (u, work) = (options.units, pass.row)
        for row in 0..<pass.rows {
            let start = row * 3 * u
            for j in 0..<u { work[j] = gradient(row * u + j, start + j) }
            let r = start + u..<start + 2 * u
            options.recurrentActivation.backward(work[0..<u], z: pre[r], y: x[r], into: work[0..<u], width: u)
            x[r].copy(from: work[0..<u])
        }
    }

    func recurrentGradients(_ pass: RecurrentPass) {
        let (gradients, u) = (pass.call.weightGradients, options.units)
        if resetAfter {
            // With all steps kept, the states' gradients are interleaved with the other kept numbers.
            pass.gatherKept(width: 3 * u)
            let state = pass.allKept.prefix(pass.time * pass.rows * 3 * u)
            if let gradient = gradients[1] {
                pass.recurrentKernelGradient(state, gates: 0..<3, into: gradient)
            }
            if options.useBias, let gradient = gradients[2] {
                columnSums(pass.allZ, into: gradient[0..<3 * u])
                columnSums(state, into: gradient[3 * u..<6 * u])
            }
            return
        }
        if let gradient = gradients[1] {
            pass.recurrentKernelGradient(pass.allZ, gates: 0..<2, into: gradient)
            pass.gatherKept(width: u)
            multiply(
                pass.allKept.prefix(pass.time * pass.rows * u), pass.columns(pass.allZ, 2),
                into: pass.columns(gradient, 2), m: u, n: u, k: pass.time * pass.rows, transposed: true,
                bStride: 3 * u, cStride: 3 * u)
        }
        if options.useBias, let gradient = gradients[2] { columnSums(pass.allZ, into: gradient) }
    }
}
