import Base
import Network
import Tensors

func exportLSTM(_ call: inout ExportedCall) throws(CellarError) -> Value { try exportRecurrent(&call) }
func exportGRU(_ call: inout ExportedCall) throws(CellarError) -> Value { try exportRecurrent(&call) }
func exportSimpleRNN(_ call: inout ExportedCall) throws(CellarError) -> Value { try exportRecurrent(&call) }

private func exportRecurrent(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let backwards = try call.config.bool("go_backwards", default: false)
    let recurrence = try Recurrence(&call)
    let result = recurrence.run(
        call.input.name(), mask: try call.maskWithStates(), backwards: backwards,
        states: call.inputs.dropFirst().map { $0.name() })
    guard try call.config.bool("return_sequences", default: false) else {
        return call.outputs([result.last] + result.states)
    }
    // Keras returns a sequence in the order of computation, ONNX in the order of time.
    let sequence = backwards ? call.graph.reverse(result.sequence, axis: 1) : result.sequence
    return call.outputs([sequence] + result.states)
}

extension ExportedCall {
    /// The mask of the sequence, unless the layer takes none beside initial states.
    func maskWithStates() throws(CellarError) -> String? {
        inputs.count > 1 && layer.maskWithStates == .ignored ? nil : try mask()
    }
}

/// An LSTM, GRU or SimpleRNN as an ONNX operator: weights and activations in ONNX' order and names.
struct Recurrence {
    private let graph: GraphBuilder
    private let operation: String
    private let units: Int
    /// Kernel, recurrent kernel and, if any, bias, for one direction.
    private let weights: [String]
    private let attributes: [(String, Attribute)]
    /// True if the states go out, too: the output's, and an LSTM's other one.
    private let returnsState: Bool
    /// True if leading masked steps give the initial state instead of zero.
    private let repeatsState: Bool
    /// True if the output of a masked step is zero instead of the previous output.
    private let zeroForMasked: Bool
    /// True if the zeros are at mirrored positions of the masked steps, as with Keras' `unroll`.
    private let turnsZeros: Bool

    init(_ call: inout ExportedCall, zeroForMasked: Bool? = nil) throws(CellarError) {
        graph = call.graph
        returnsState = try call.config.bool("return_state", default: false)
        units = try call.config.int("units")
        let standard = try call.config.bool("zero_output_for_mask", default: false)
        self.zeroForMasked = zeroForMasked ?? standard
        turnsZeros = try call.config.bool("unroll", default: false)
        repeatsState = call.layer.maskWithStates == .repeatsState && !turnsZeros
        let activation = try call.config.activation()
        let gate: Activation
        // The position of Keras' gate blocks in ONNX.
        let order: [Int]
        var attributes: [(String, Attribute)] = []
        switch call.layer.className {
        case "LSTM":
            (operation, order, gate) = (
                "LSTM", [0, 3, 1, 2], try call.config.activation("recurrent_activation")
            )
        case "GRU":
            (operation, order, gate) = ("GRU", [0, 1, 2], try call.config.activation("recurrent_activation"))
            let after = try call.config.bool("reset_after", default: false)
            attributes.append(("linear_before_reset", .int(after ? 1 : 0)))
        default: (operation, order, gate) = ("RNN", [0], activation)
        }
        let used =
            switch operation {
            case "LSTM": [gate, activation, activation]
            case "GRU": [gate, activation]
            default: [activation]
            }
        attributes += try call.activations(used)
        attributes.append(("hidden_size", .int(units)))
        self.attributes = attributes

        var weights: [String] = []
        for name in ["kernel", "recurrent_kernel"] {
            // [inputs, blocks · units] → [1, blocks · units, inputs]
            weights.append(
                try call.required(name) { kernel in
                    let blocks = kernel.reshaped([
                        kernel.shape[0], order.count, kernel.shape[1] / order.count,
                    ])
                    .permuted([1, 2, 0])
                    return Tensor(
                        shape: [1, kernel.shape[1], kernel.shape[0]], values: blocks.firstAxis(inOrder: order)
                    )
                })
        }
        // ONNX has an input bias and a recurrent bias. In Keras only a GRU with `reset_after` has both.
        let bias = call.constant("bias") { bias in
            let rows = bias.shape.count == 2 ? bias.shape[0] : 1
            let row = bias.count / rows
            var values: [Float] = []
            for start in [0, row] {
                let part =
                    start < bias.count
                    ? Array(bias.values[start..<start + row]) : Array(repeating: 0, count: row)
                values += Tensor(shape: [order.count, row / order.count], values: part).firstAxis(
                    inOrder: order)
            }
            return Tensor(shape: [1, 2 * row], values: values)
        }
        self.weights = weights + (bias.map { [$0] } ?? [])
    }

    struct Result {
        /// All steps in the order of time [batch, steps, units], and the last computed step [batch, units].
        var sequence, last: String
        /// The states at the end, where the layer returns them.
        var states: [String]
    }

    /// `x` is [batch, steps, features], `mask` [batch, steps], and the initial states [batch, units] each.
    func run(_ x: String, mask: String?, backwards: Bool, states: [String]) -> Result {
        guard let mask else {
            let (sequence, ends) = operate(x, lengths: nil, states, backwards: backwards)
            return Result(sequence: sequence, last: ends[0], states: returnsState ? ends : [])
        }
        // A masked step keeps the state. So the unmasked steps are compacted and processed as a shorter
        // sequence; then every step takes the output of the last unmasked step.
        let counts = graph.cast(mask, to: .float)
        let ranks = graph.node("CumSum", [counts, graph.int(1)])
        let length = graph.node("Shape", [mask], ["start": .int(1), "end": .int(2)])
        let ones = graph.add(graph.multiply(counts, graph.float(0)), graph.float(1))
        let times = graph.node("CumSum", [ones, graph.int(1)])
        // The first unmasked step has the largest key.
        let keys = graph.subtract(graph.multiply(counts, graph.float(0x1p23)), times)
        let places = graph.node("TopK", [keys, length], ["axis": .int(1)], outputs: 2)[1]
        let packed = gather(x, at: places)
        let lengths = graph.cast(graph.sum(counts, [1], keep: false), to: .int32)
        var (sequence, ends) = operate(packed, lengths: lengths, states, backwards: backwards)
        // Steps before the first unmasked one are zero; with time reversed, those after the last one.
        let zero = graph.ints(backwards ? [0, 0, 0, 0, 1, 0] : [0, 1, 0, 0, 0, 0])
        var before: String?
        if repeatsState, let state = states.first { before = graph.unsqueeze(state, [1]) }
        let padded =
            before.map { graph.concatenate(backwards ? [sequence, $0] : [$0, sequence], axis: 1) }
            ?? graph.node("Pad", [sequence, zero])
        let source = backwards ? graph.subtract(ranks, counts) : ranks
        sequence = gather(padded, at: graph.cast(source, to: .int64))
        var last = ends[0]
        if !states.isEmpty {
            // Where all is masked, the states stay as they were.
            let any = graph.node("Greater", [graph.sum(counts, [1]), graph.float(0)])
            last = graph.node("Where", [any, last, repeatsState ? states[0] : graph.float(0)])
            ends = zip(ends, states).map { graph.node("Where", [any, $0, $1]) }
        }
        let final = returnsState ? ends : []
        guard zeroForMasked else { return Result(sequence: sequence, last: last, states: final) }
        let shown = turnsZeros && backwards ? graph.reverse(counts, axis: 1) : counts
        sequence = graph.multiply(sequence, graph.unsqueeze(shown, [2]))
        // The last output is also zero if the last computed step is masked.
        let end =
            backwards
            ? graph.slice(counts, axis: 1, from: 0, to: 1) : graph.slice(counts, axis: 1, from: -1, to: nil)
        return Result(sequence: sequence, last: graph.multiply(last, end), states: final)
    }

    /// Gathers for each sample the steps at the positions [batch, steps].
    private func gather(_ x: String, at places: String) -> String {
        graph.node("GatherND", [x, graph.unsqueeze(places, [2])], ["batch_dims": .int(1)])
    }

    private func operate(
        _ x: String, lengths: String?, _ states: [String], backwards: Bool
    ) -> (sequence: String, ends: [String]) {
        // ONNX has time as the first axis; its output order is [steps, directions, batch, units]. Its optional inputs
        // are the bias, the lengths, and the initial states [directions, batch, units].
        var inputs = [graph.transpose(x, [1, 0, 2])] + weights
        let more = [lengths ?? ""] + states.map { graph.unsqueeze($0, [0]) }
        if lengths != nil || !states.isEmpty { inputs += (weights.count == 2 ? [""] : []) + more }
        let outputs = graph.node(
            operation, inputs,
            Attributes(attributes + [("direction", .string(backwards ? "reverse" : "forward"))]),
            outputs: operation == "LSTM" && returnsState ? 3 : 2)
        let sequence = graph.transpose(graph.squeeze(outputs[0], [1]), [1, 0, 2])
        return (sequence, outputs.dropFirst().map { graph.squeeze($0, [0]) })
    }
}

extension Tensor {
    /// Returns the values with the slices of the first axis reordered.
    fileprivate func firstAxis(inOrder order: [Int]) -> [Float] {
        let size = count / shape[0]
        return order.flatMap { values[$0 * size..<($0 + 1) * size] }
    }
}

extension ExportedCall {
    /// Activations as a recurrent operator takes them.
    fileprivate func activations(_ all: [Activation]) throws(CellarError) -> [(String, Attribute)] {
        var (names, alphas, betas): ([String], [Float], [Float]) = ([], [], [])
        for activation in all {
            switch activation {
            case .tanh: names.append("Tanh")
            case .sigmoid: names.append("Sigmoid")
            case .relu: names.append("Relu")
            case .softsign: names.append("Softsign")
            case .softplus: names.append("Softplus")
            case .elu:
                names.append("Elu")
                alphas.append(1)
            case .leakyRelu:
                names.append("LeakyRelu")
                alphas.append(0.2)
            case .parametric(.elu(let alpha)):
                names.append("Elu")
                alphas.append(Float(alpha))
            case .parametric(.leakyReLU(let alpha)):
                names.append("LeakyRelu")
                alphas.append(Float(alpha))
            case .parametric(.thresholdedReLU(let theta)):
                names.append("ThresholdedRelu")
                alphas.append(Float(theta))
            case .linear:
                names.append("Affine")
                alphas.append(1)
                betas.append(0)
            case .hardSigmoid, .hardSigmoid3, .sparseSigmoid:
                names.append("HardSigmoid")
                alphas.append(activation == .hardSigmoid ? 0.2 : activation == .hardSigmoid3 ? 1 / 6 : 0.5)
                betas.append(0.5)
            default:
                throw error(
                    "has the activation \"\(activation.name)\", which \(layer.className) in ONNX does not support"
                )
            }
        }
        var attributes: [(String, Attribute)] = [("activations", .strings(names))]
        if !alphas.isEmpty { attributes.append(("activation_alpha", .floats(alphas))) }
        if !betas.isEmpty { attributes.append(("activation_beta", .floats(betas))) }
        return attributes
    }
}
