import Base
import Tensors

/// Long short-term memory (Hochreiter and Schmidhuber, 1997): c = f · c_before + i · activation(z_c),
/// h = o · activation(c), with the gates i, f and o = recurrent_activation(z). Blocks of columns: i, f, c, o.
public struct LSTM: RecurrentLayer {
    public static let className = "LSTM"
    public var name = "lstm"
    public var trainable = true
    public var options: RecurrentOptions
    /// Whether the forget gate's bias is initialized to 1 (Jozefowicz et al., 2015).
    public var unitForgetBias = true

    static let gates = 4
    static let hasGates = true
    // activation(c); without a C loop for the activations, also the pre-activations of the gates.
    var keptPerStep: Int { options.gateKernel == nil ? 5 : 1 }
    var carried: Int { 1 }

    public init(_ options: RecurrentOptions) { self.options = options }

    public init(from config: inout LayerConfig) throws(CellarError) {
        options = try RecurrentOptions(from: &config, hasGates: true)
        unitForgetBias = try config.bool("unit_forget_bias", default: true)
    }

    public var config: JSONObject {
        var config = options.json(hasGates: true)
        config["unit_forget_bias"] = .bool(unitForgetBias)
        return config
    }

    func biasSpec() -> WeightSpec {
        var spec = options.bias.spec("bias", shape: [4 * options.units])
        if unitForgetBias { spec.initializer = spec.initializer.withUnitForgetBias }
        return spec
    }

    private func kept(_ pass: RecurrentPass, _ t: Int) -> (outputs: Floats, pre: Floats) {
        let kept = pass.kept(t)
        let size = pass.rows * options.units
        return (kept[0..<size], kept[size..<kept.count])
    }

    func stepForward(_ pass: RecurrentPass, _ t: Int) {
        let (z, (tanhC, pre)) = (pass.z(t), kept(pass, t))
        pass.multiplyState(pass.hBefore(t), gates: 0..<4, into: z, accumulate: true)
        let (cBefore, c, h) = (pass.carriedBefore(t), pass.carriedAfter(t), pass.hAfter(t))
        if let gate = options.gateKernel {
            lstmStep(z, cBefore: cBefore, c: c, tanhC: tanhC, h: h, units: options.units, gate: gate)
            return
        }
        let u = options.units
        pre.copy(from: z)
        for row in 0..<pass.rows {
            let (gates, start) = (row * 4 * u, row * u)
            for gate in 0..<4 {
                let place = gates + gate * u..<gates + (gate + 1) * u
                activation(gate).forward(pre[place], into: z[place], width: u)
            }
            for j in 0..<u {
                c[start + j] = z[gates + u + j] * cBefore[start + j] + z[gates + j] * z[gates + 2 * u + j]
            }
            options.activation.forward(c[start..<start + u], into: tanhC[start..<start + u], width: u)
            for j in 0..<u { h[start + j] = z[gates + 3 * u + j] * tanhC[start + j] }
        }
    }

    private func activation(_ gate: Int) -> Activation {
        gate == 2 ? options.activation : options.recurrentActivation
    }

    func stepBackward(_ pass: RecurrentPass, _ t: Int) {
        let (z, (tanhC, pre)) = (pass.z(t), kept(pass, t))
        let (dh, dc, dcBefore) = (pass.dhAfter(t), pass.dCarriedAfter(t), pass.dCarriedBefore(t))
        let cBefore = pass.carriedBefore(t)
        if let gate = options.gateKernel {
            lstmStepBackward(
                z, cBefore: cBefore, tanhC: tanhC, dh: dh, dc: dc, dcBefore: dcBefore, units: options.units,
                gate: gate)
        } else {
            let (u, work, c) = (options.units, pass.row, pass.carriedAfter(t))
            for row in 0..<pass.rows {
                let (gates, here) = (row * 4 * u, row * u..<(row + 1) * u)
                let start = here.lowerBound
                for j in 0..<u { dcBefore[start + j] = dh[start + j] * z[gates + 3 * u + j] }
                options.activation.backward(
                    dcBefore[here], z: c[here], y: tanhC[here], into: dcBefore[here], width: u)
                for j in 0..<u {
                    let d = dcBefore[start + j] + dc[start + j]
                    work[j] = d * z[gates + 2 * u + j]
                    work[u + j] = d * cBefore[start + j]
                    work[2 * u + j] = d * z[gates + j]
                    work[3 * u + j] = dh[start + j] * tanhC[start + j]
                    dcBefore[start + j] = d * z[gates + u + j]
                }
                for gate in 0..<4 {
                    let (own, place) = (gate * u..<(gate + 1) * u, gates + gate * u..<gates + (gate + 1) * u)
                    activation(gate).backward(
                        work[own], z: pre[place], y: z[place], into: work[own], width: u)
                }
                z[gates..<gates + 4 * u].copy(from: work)
            }
        }
        pass.dhBefore(t).fill(0)
        pass.passMasked(t, z)
        pass.multiplyStateBackward(z, gates: 0..<4, into: pass.dhBefore(t))
    }

    func recurrentGradients(_ pass: RecurrentPass) {
        let gradients = pass.call.weightGradients
        if let gradient = gradients[1] {
            pass.recurrentKernelGradient(pass.allZ, gates: 0..<4, into: gradient)
        }
        if options.useBias, let gradient = gradients[2] { columnSums(pass.allZ, into: gradient) }
    }
}
