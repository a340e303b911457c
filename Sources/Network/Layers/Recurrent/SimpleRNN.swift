import Base
import Tensors

/// h = activation(x · kernel + h_before · recurrent_kernel + bias), step by step (Elman, 1990).
public struct SimpleRNN: RecurrentLayer {
    public static let className = "SimpleRNN"
    public var name = "simple_rnn"
    public var trainable = true
    public var options: RecurrentOptions

    static let gates = 1
    static let hasGates = false
    var keptPerStep: Int { 0 }
    var carried: Int { 0 }

    public init(_ options: RecurrentOptions) { self.options = options }

    public init(from config: inout LayerConfig) throws(CellarError) {
        options = try RecurrentOptions(from: &config, hasGates: false)
    }

    func stepForward(_ pass: RecurrentPass, _ t: Int) {
        pass.multiplyState(pass.hBefore(t), gates: 0..<1, into: pass.z(t), accumulate: true)
        options.activation.forward(pass.z(t), into: pass.hAfter(t), width: options.units)
    }

    func stepBackward(_ pass: RecurrentPass, _ t: Int) {
        let z = pass.z(t)
        options.activation.backward(pass.dhAfter(t), z: z, y: pass.hAfter(t), into: z, width: options.units)
        pass.dhBefore(t).fill(0)
        pass.passMasked(t, z)
        pass.multiplyStateBackward(z, gates: 0..<1, into: pass.dhBefore(t))
    }

    func recurrentGradients(_ pass: RecurrentPass) {
        let gradients = pass.call.weightGradients
        if let gradient = gradients[1] {
            pass.recurrentKernelGradient(pass.allZ, gates: 0..<1, into: gradient)
        }
        if options.useBias, let gradient = gradients[2] { columnSums(pass.allZ, into: gradient) }
    }
}
