import Tensors

/// A network laid out for one thread: every step with its memory, for up to `rows` samples at a time.
final class Plan {
    let lane: Lane
    let steps: [Step]
    /// What this thread adds to the gradient, in the layout of the trainable parameters. Nil for inference.
    let gradients: Arena?

    /// What the loss said of this thread's rows.
    var result = BatchResult()

    private let inputs: [Input]
    private let outputs: [Floats]
    private let outputSizes: [Int]
    private let outputGradients: [Floats?]
    // Gradients that several consumers add to: cleared before backward; each consumer's part is added after its step.
    private let shared: [Floats]
    private let additions: [[(part: Floats, total: Floats)]]
    private let backwardSteps: [Int]
    // Windows do not own their memory; this does.
    private let kept: [Arena]

    private struct Input {
        var window: Floats
        var size: Int
        /// A Rescaling right behind the input is done while the samples are gathered.
        var scale: Float = 1
        var offset: Float = 0
    }

    init(_ network: Model, parameters: Parameters, rows: Int, training: Bool, lane: Lane) {
        self.lane = lane
        var planner = Planner(network, rows: rows, training: training)
        planner.placeActivations()
        if training { planner.placeGradients() }
        planner.placeScratch()

        let memory = Arena(count: planner.layout.count)
        let gradients = training ? Arena(count: parameters.trainable.count) : nil
        self.gradients = gradients
        func window(_ range: Range<Int>?) -> Floats? { range.map { memory.slice($0) } }

        var additions: [[(part: Floats, total: Floats)]] = Array(repeating: [], count: network.calls.count)
        var seenLayers: Set<Int> = []
        var kept = [memory]
        var steps: [Step] = []
        for (index, call) in network.calls.enumerated() {
            var weightGradients: [Floats?] = []
            if let gradients {
                weightGradients = parameters.windows(of: call.layer, in: gradients)
                // A shared layer's later calls compute their part beside, and it is added.
                if !seenLayers.insert(call.layer).inserted {
                    let own = Arena(
                        count: weightGradients.reduce(0) { $0 + (($1?.count ?? 0) + 15) / 16 * 16 })
                    kept.append(own)
                    var layout = ArenaLayout()
                    weightGradients = weightGradients.map { total in
                        guard let total else { return nil }
                        let part = own.slice(layout.reserve(total.count))
                        additions[index].append((part, total))
                        return part
                    }
                }
            }
            for (i, input) in call.inputs.enumerated() where planner.isShared[input] {
                if let part = window(planner.edges[index][i]), let total = window(planner.gradients[input]) {
                    additions[index].append((part, total))
                }
            }
            steps.append(
                Step(
                    layer: network.layers[call.layer], call: index,
                    inputShapes: call.inputs.map { network.shapes[$0] },
                    outputShape: network.shapes[index],
                    memory: Step.Memory(
                        inputs: call.inputs.map { memory.slice(planner.activations[$0]) },
                        output: memory.slice(planner.activations[index]),
                        weights: parameters.weights(of: call.layer),
                        scratch: memory.slice(planner.scratch[index]),
                        inputGradients: planner.edges[index].map(window),
                        outputGradient: window(planner.gradients[index]),
                        weightGradients: weightGradients),
                    isView: planner.isView[index], lane: lane))
        }
        self.steps = steps
        self.additions = additions
        self.kept = kept
        shared = network.calls.indices.filter { planner.isShared[$0] }.compactMap {
            window(planner.gradients[$0])
        }
        // Backward visits only what leads from a trained weight to the loss.
        backwardSteps = network.calls.indices.reversed().filter { planner.gradients[$0] != nil }
        inputs = network.inputs.map {
            let rescaling = planner.inputRescaling[$0]
            return Input(
                window: memory.slice(planner.activations[$0]), size: network.shapes[$0].reduce(1, *),
                scale: rescaling?.scale ?? 1, offset: rescaling?.offset ?? 0)
        }
        outputs = network.outputs.map { memory.slice(planner.activations[$0]) }
        outputSizes = network.outputShapes.map { $0.reduce(1, *) }
        outputGradients = network.outputs.map { window(planner.gradients[$0]) }
    }

    /// The outputs of the rows that were computed last: [rows, shape].
    func output(_ i: Int = 0) -> Floats { outputs[i].prefix(lane.rows * outputSizes[i]) }
    func outputGradient(_ i: Int = 0) -> Floats? {
        outputGradients[i].map { $0.prefix(lane.rows * outputSizes[i]) }
    }
    func outputWidth(_ i: Int = 0) -> Int { outputSizes[i] }

    /// Brings the samples of those rows in and computes the outputs.
    func forward(_ samples: [Samples], rows: ArraySlice<Int>) {
        for (input, samples) in zip(inputs, samples) {
            let window = input.window.prefix(rows.count * input.size)
            switch samples.storage {
            case .bytes: gather(samples, rows: rows, scale: input.scale, offset: input.offset, into: window)
            case .floats:
                gather(samples, rows: rows, into: window)
                if input.scale != 1 || input.offset != 0 {
                    scaleShift(window, scale: input.scale, shift: input.offset, into: window)
                }
            }
        }
        for step in steps where !step.isView { step.layer.forward(step) }
    }

    /// From the gradients at the outputs to those of all parameters.
    func backward() {
        for total in shared { total.fill(0) }
        for index in backwardSteps {
            let step = steps[index]
            if !step.isView { step.layer.backward(step) }
            for (part, total) in additions[index] { add(part, to: total) }
        }
    }
}
