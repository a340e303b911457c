import Tensors

/// A network laid out for one thread: every step with its memory, for up to `rows` samples at a time.
final class Plan {
    let lane: Lane
    let steps: [Step]
    /// What this thread adds to the gradient, in the layout of the trainable parameters. Nil for inference.
    let gradients: Arena?

    private var inputs: [Input]
    private var oneRow = [0]
    private let outputs: [Floats]
    private let outputCalls: [Int]
    private let outputSizes: [Int]
    private let outputGradients: [Floats?]
    // Gradients that several consumers add to: cleared before backward; each consumer's part is added after its step.
    private let shared: [Floats]
    private let additions: [[(part: Floats, total: Floats)]]
    private let backwardSteps: [Int]
    private let layerOfCall: [Int]
    private let isOnlyUse: [Bool]
    // Windows do not own their memory; this does.
    private let kept: [Arena]

    private struct Input {
        /// The first one's window is the input's place in the plan; there are more where threads share kernels.
        var copies: [InputCopy]
        var size: Int
        /// A Rescaling right behind the input is done while the samples are gathered.
        var scale: Float = 1
        var offset: Float = 0
        /// Those that can leave zeros out.
        var readers: [Step] = []
    }

    init(_ network: Model, parameters: Parameters, rows: Int, training: Bool, lane: Lane) {
        self.lane = lane
        var planner = Planner(network, rows: rows, training: training)
        planner.placeActivations()
        if training { planner.placeGradients() }
        planner.placeMasks()
        planner.placeScratch()

        let memory = Arena(count: planner.count)
        let gradients = training ? Arena(count: parameters.trainable.count) : nil
        self.gradients = gradients
        func window(_ place: Planner.Place) -> Floats { memory.slice(place.start, place.count) }
        func window(_ place: Planner.Place?) -> Floats? { place.map(window) }

        func mask(_ call: Int) -> Step.Mask? {
            guard let window = window(planner.masks[call]), let shape = network.maskShapes[call] else {
                return nil
            }
            return Step.Mask(window: window, size: shape.reduce(1, *))
        }

        var additions: [[(part: Floats, total: Floats)]] = Array(repeating: [], count: network.calls.count)
        // Backward comes to a shared layer's last call first: that one writes the sum's first part.
        var firstBackward: [Int: Int] = [:]
        for (index, call) in network.calls.enumerated() where planner.gradients[index] != nil {
            firstBackward[call.layer] = index
        }
        let firstCalls = network.firstCalls
        var kept = [memory]
        var steps: [Step] = []
        for (index, call) in network.calls.enumerated() {
            var weightGradients: [Floats?] = []
            if let gradients {
                weightGradients = parameters.windows(of: call.layer, in: gradients)
                // A shared layer's other calls compute their part beside, and it is added.
                if firstBackward[call.layer] ?? index != index {
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
                        inputs: call.inputs.map { window(planner.activations[$0]) },
                        output: window(planner.activations[index]),
                        weights: parameters.weights(of: call.layer),
                        scratch: window(planner.scratch[index]),
                        inputGradients: planner.edges[index].map(window),
                        outputGradient: window(planner.gradients[index]),
                        weightGradients: weightGradients, inputMasks: call.inputs.map(mask),
                        outputMask: mask(index)),
                    isView: planner.isView[index], lane: lane, capacity: rows,
                    atInference: call.atInference,
                    isFirstCall: firstCalls[call.layer] == index))
        }
        self.steps = steps
        self.additions = additions
        // At an output the loss' gradient is there first.
        shared = network.calls.indices.filter { planner.isShared[$0] && !network.outputs.contains($0) }
            .compactMap { window(planner.gradients[$0]) }
        // Backward visits only what leads from a trained weight to the loss.
        layerOfCall = network.calls.map(\.layer)
        var uses = [Int](repeating: 0, count: network.layers.count)
        for call in network.calls { uses[call.layer] += 1 }
        isOnlyUse = network.calls.map { uses[$0.layer] == 1 }
        backwardSteps = network.calls.indices.reversed().filter { planner.gradients[$0] != nil }
        inputs = network.inputs.map {
            let rescaling = planner.inputRescaling[$0]
            let (window, size) = (window(planner.activations[$0]), network.shapes[$0].reduce(1, *))
            var input = Input(
                copies: [InputCopy(window: window)], size: size, scale: rescaling?.scale ?? 1,
                offset: rescaling?.offset ?? 0)
            input.readers = planner.readersOfZeros(of: $0).map { steps[$0] }
            guard !input.readers.isEmpty else { return input }
            for step in input.readers {
                step.parts = parameters.panels(layer: network.calls[step.call].layer, weight: 0).all.map(
                    KernelPart.init)
            }
            for _ in 1..<(input.readers.map(\.parts.count).max() ?? 1) {
                let copy = Arena(count: window.count)
                kept.append(copy)
                input.copies.append(InputCopy(window: copy.all))
            }
            for copy in input.copies.indices {
                input.copies[copy].search = ZeroSearch(rows: rows, columns: size, forTransposed: training)
            }
            return input
        }
        for index in network.calls.indices where planner.readsRectified(index) {
            steps[index].zeroSearch = ZeroSearch(
                rows: rows, columns: steps[index].inputShapes[0][0], forTransposed: training)
        }
        self.kept = kept
        outputCalls = network.outputs
        outputs = network.outputs.map { window(planner.activations[$0]) }
        outputSizes = network.outputShapes.map { $0.reduce(1, *) }
        outputGradients = network.outputs.map { window(planner.gradients[$0]) }
    }

    /// The outputs of the rows that were computed last: [rows, shape].
    func output(_ i: Int = 0) -> Floats { outputs[i].prefix(lane.rows * outputSizes[i]) }
    func outputGradient(_ i: Int = 0) -> Floats? {
        outputGradients[i].map { $0.prefix(lane.rows * outputSizes[i]) }
    }
    /// The mask that comes with an output: [rows, mask's shape].
    func outputMask(_ i: Int = 0) -> Floats? { steps[outputCalls[i]].outputMask }
    func inputWidth(_ i: Int = 0) -> Int { inputs[i].size }
    func outputWidth(_ i: Int = 0) -> Int { outputSizes[i] }

    /// Brings the samples of those rows in and computes the outputs.
    func forward(_ samples: [Samples], rows: ArraySlice<Int>) {
        for (index, samples) in samples.enumerated() { bringIn(samples, rows: rows, to: index) }
        for step in steps where !step.isView { step.layer.forward(step) }
    }

    /// The same for one sample of the only input.
    func forward(_ samples: Samples, row: Int) {
        oneRow[0] = row
        bringIn(samples, rows: oneRow[...], to: 0)
        for step in steps where !step.isView { step.layer.forward(step) }
    }

    private func bringIn(_ samples: Samples, rows: ArraySlice<Int>, to index: Int) {
        let input = inputs[index]
        guard let helpers = lane.helpers, helpers.isSharing, input.copies.count > 1 else {
            return bringIn(samples, rows: rows, input, copy: 0, parts: nil)
        }
        helpers.share { part in
            if part < input.copies.count { bringIn(samples, rows: rows, input, copy: part, parts: part) }
        }
    }

    /// Fills one copy, and brings the part of each kernel that reads it up to the batch; all parts if `parts` is nil.
    private func bringIn(
        _ samples: Samples, rows: ArraySlice<Int>, _ input: Input, copy: Int, parts: Int?
    ) {
        let window = input.copies[copy].window.prefix(rows.count * input.size)
        switch samples.storage {
        case .bytes: gather(samples, rows: rows, scale: input.scale, offset: input.offset, into: window)
        case .floats:
            gather(samples, rows: rows, into: window)
            if input.scale != 1 || input.offset != 0 {
                scaleShift(window, scale: input.scale, shift: input.offset, into: window)
            }
        }
        guard let search = input.copies[copy].search else { return }
        let sparse =
            if case .bytes(let bytes) = samples.storage {
                search.look(in: bytes, rows: rows, training: lane.training)
            } else { search.look(in: window, training: lane.training) }
        for step in input.readers {
            for (index, part) in step.parts.enumerated() where parts == nil || index == parts {
                part.x = input.copies[copy].window
                part.places = sparse
                part.adam?.prepare(for: lane.training ? sparse : nil)
            }
        }
    }

    /// Marks the kernels that may be updated as their gradients are computed, and returns them by layer and weight.
    func fuse() -> Set<[Int]> {
        var fused: Set<[Int]> = []
        for step in steps where step.layer is Dense && isOnlyUse[step.call] {
            step.isFused = true
            fused.insert([layerOfCall[step.call], 0])
        }
        return fused
    }

    /// A kernel's part that Adam updates as its gradient is computed, and where it lies among the trainable parameters.
    typealias Deferred = (adam: DeferredAdam, range: Range<Int>, weight: [Int])

    /// Lets Adam's steps of kernels wait for their rows to be touched, where the layer leaves zeros out.
    func deferSteps(_ options: Adam, parameters: Parameters, slots: [Arena]) -> [Deferred] {
        var deferred: [Deferred] = []
        for step in inputs.flatMap(\.readers) where isOnlyUse[step.call] {
            let layer = layerOfCall[step.call]
            guard let range = parameters.trainableRange(layer: layer, weight: 0),
                let rows = step.inputShapes[0].last
            else { continue }
            for part in step.parts {
                let start = range.lowerBound + part.panel.start
                let own = start..<start + rows * part.panel.stride
                let adam = DeferredAdam(
                    w: parameters.trainable.slice(own), m: slots[0].slice(own), v: slots[1].slice(own),
                    rows: rows, columns: part.panel.columns.count, stride: part.panel.stride,
                    beta1: Float(options.beta1), beta2: Float(options.beta2), epsilon: Float(options.epsilon))
                part.adam = adam
                deferred.append((adam, own, [layer, 0]))
            }
        }
        return deferred
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
