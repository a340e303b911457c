import Tensors

/// A network laid out for one thread: every step with its memory, for up to `rows` samples at a time.
final class Plan {
    let lane: Lane
    let steps: [Step]
    /// What this thread adds to the gradient, in the layout of the trainable parameters. Nil for inference.
    let gradients: Arena?

    private let inputs: [PlanInput]
    private var oneRow = [0]
    private let outputs: [Floats]
    private let outputCalls: [Int]
    private let outputSizes: [Int]
    private let outputGradients: [Floats?]
    // Gradients that several consumers add to: cleared before backward; each consumer's part is added after its step.
    private let shared: [Floats]
    private let additions: [[(part: Floats, total: Floats)]]
    private let backwardSteps: [Int]
    // What threads share, and by which split each call in parts is computed.
    private let splits: [Split]
    private let splitOfCall: [Int?]
    private let layerOfCall: [Int]
    private let isOnlyUse: [Bool]
    // Windows do not own their memory; this does.
    private let kept: [Arena]

    /// A `ColumnSplit` with its parts.
    private struct Split {
        let cut: ColumnSplit
        let parts: [ColumnPart]
        /// What is added to the first part's product.
        let summands: [Floats]

        init(_ cut: ColumnSplit, _ parts: [ColumnPart]) {
            (self.cut, self.parts, summands) = (cut, parts, parts.dropFirst().compactMap(\.summand))
        }

        /// The parts of one thread.
        func each(of thread: Int, _ threads: Int, _ body: (ColumnPart) -> Void) {
            for index in stride(from: thread, to: parts.count, by: threads) { body(parts[index]) }
        }
    }

    init(
        _ network: Model, parameters: Parameters, rows: Int, training: Bool, lane: Lane,
        splits columnSplits: [ColumnSplit] = []
    ) {
        self.lane = lane
        var planner = Planner(
            network, rows: rows, training: training, elsewhere: columnSplits.flatMap(\.inParts))
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
        var splits: [Split] = []
        var splitOfCall = [Int?](repeating: nil, count: network.calls.count)
        if let gradients {
            let source = ColumnPart.Source(
                network: network, parameters: parameters, gradients: gradients, steps: steps,
                isView: planner.isView, rows: rows)
            for cut in columnSplits {
                for call in cut.calls { splitOfCall[call] = splits.count }
                let samples = window(planner.activations[cut.input])
                let parts = cut.units.indices.map { ColumnPart(cut, part: $0, samples: samples, of: source) }
                splits.append(Split(cut, parts))
            }
        }
        (self.splits, self.splitOfCall) = (splits, splitOfCall)
        inputs = network.inputs.map { call in
            let readers = planner.readersOfZeros(of: call)
            let size = network.shapes[call].reduce(1, *)
            let parts = splits.filter { $0.cut.input == call }.map(\.parts.count).max() ?? 1
            return PlanInput(
                call: call, window: window(planner.activations[call]), size: size,
                rescaling: planner.inputRescaling[call],
                readers: readers.filter { splitOfCall[$0] == nil }.map { steps[$0] },
                copies: min(parts, lane.helpers?.count ?? 1),
                search: readers.isEmpty
                    ? nil : { ZeroSearch(rows: rows, columns: size, forTransposed: training) })
        }
        for index in network.calls.indices where planner.readsRectified(index) {
            // Each part of a sum looks for itself.
            let readers =
                splitOfCall[index].map { splits[$0].parts.compactMap(\.steps.last) } ?? [steps[index]]
            for step in readers {
                step.zeroSearch = ZeroSearch(
                    rows: rows, columns: step.inputShapes[0][0], forTransposed: training)
            }
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
        if splits.isEmpty {
            for (input, samples) in zip(inputs, samples) { bringIn(samples, rows: rows, input) }
        } else {
            eachShare { thread, among in
                for (input, samples) in zip(inputs, samples) where thread < input.copyCount {
                    bringIn(samples, rows: rows, input, thread: thread, among: among)
                }
                for split in splits { split.each(of: thread, among) { $0.forward() } }
            }
        }
        for step in steps where !step.isView { forward(step) }
    }

    /// The same for one sample of the only input of a plan for inference.
    func forward(_ samples: Samples, row: Int) {
        oneRow[0] = row
        bringIn(samples, rows: oneRow[...], inputs[0])
        for step in steps where !step.isView { step.layer.forward(step) }
    }

    private func forward(_ step: Step) {
        guard let index = splitOfCall[step.call] else { return step.layer.forward(step) }
        // What is computed in parts is through by now.
        guard splits[index].cut.last == step.call else { return }
        dense(step).forward(step, adding: splits[index].summands)
    }

    /// Runs `body(thread, threads)` on the threads that share layers, or here alone if that is faster.
    private func eachShare(_ body: (Int, Int) -> Void) {
        guard let helpers = lane.helpers, helpers.isSharing else { return body(0, 1) }
        helpers.share { body($0, helpers.count) }
    }

    /// Fills a thread's copy of an input's samples, and brings the kernels that read it up to the batch.
    private func bringIn(
        _ samples: Samples, rows: ArraySlice<Int>, _ input: PlanInput, thread: Int = 0, among: Int = 1
    ) {
        let places = input.bringIn(
            samples, rows: rows, copy: thread, alone: among == 1, training: lane.training)
        func prepare(_ step: Step) {
            step.places = places
            step.adam?.prepare(for: lane.training ? places : nil)
        }
        if thread == 0 { for step in input.readers { prepare(step) } }
        for split in splits where split.cut.input == input.call {
            split.each(of: thread, among) {
                $0.first.read(input.window(thread))
                prepare($0.first)
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
        for step in splits.flatMap(\.parts).flatMap(\.steps) where step.layer is Dense { step.isFused = true }
        return fused
    }

    /// A kernel's part that Adam updates as its gradient is computed, and where it lies among the trainable parameters.
    typealias Deferred = (adam: DeferredAdam, range: Range<Int>, weight: [Int])

    /// Lets Adam's steps of kernels wait for their rows to be touched, where the layer leaves zeros out.
    func deferSteps(_ options: Adam, parameters: Parameters, slots: [Arena]) -> [Deferred] {
        var deferred: [Deferred] = []
        func wait(_ step: Step, call: Int, _ panel: Panels.Panel) {
            let layer = layerOfCall[call]
            guard let range = parameters.trainableRange(layer: layer, weight: 0),
                let rows = step.inputShapes[0].last
            else { return }
            let start = range.lowerBound + panel.start
            let own = start..<start + rows * panel.stride
            let adam = DeferredAdam(
                w: parameters.trainable.slice(own), m: slots[0].slice(own), v: slots[1].slice(own),
                rows: rows, columns: panel.columns.count, stride: panel.stride,
                beta1: Float(options.beta1), beta2: Float(options.beta2), epsilon: Float(options.epsilon))
            step.adam = adam
            deferred.append((adam, own, [layer, 0]))
        }
        for step in inputs.flatMap(\.readers) where isOnlyUse[step.call] {
            wait(step, call: step.call, parameters.panels(layer: layerOfCall[step.call], weight: 0).all[0])
        }
        for split in splits {
            for part in split.parts { wait(part.first, call: split.cut.first, part.panel) }
        }
        return deferred
    }

    /// From the gradients at the outputs to those of all parameters.
    func backward() {
        for total in shared { total.fill(0) }
        for index in backwardSteps {
            let step = steps[index]
            if !step.isView { backward(step) }
            for (part, total) in additions[index] { add(part, to: total) }
        }
    }

    private func backward(_ step: Step) {
        guard let index = splitOfCall[step.call] else { return step.layer.backward(step) }
        let split = splits[index]
        // All of a part's layers have their turn when its end has.
        guard step.call == split.cut.last ?? split.cut.first else { return }
        if split.cut.last != nil { dense(step).backwardToParts(step) }
        eachShare { thread, among in split.each(of: thread, among) { $0.backward() } }
    }

    private func dense(_ step: Step) -> Dense {
        guard let dense = step.layer as? Dense else {
            preconditionFailure("only a Dense layer adds parts up")
        }
        return dense
    }
}
