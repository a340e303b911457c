import Base
import Tensors

/// A network planned for one thread: every call with its memory, for up to `rows` samples at a time.
final class Plan {
    let worker: WorkerState
    /// This thread's part of the gradients, in the layout of the trainable parameters; nil for inference.
    let gradients: Arena?

    private let calls: [any LayerCall]
    private let isView: [Bool]

    private let inputs: [PlanInput]
    private var oneRow = [0]
    private let outputs: [Floats]
    private let outputCalls: [Int]
    private let outputSizes: [Int]
    private let outputGradients: [Floats?]
    // The gradients to which several consumers contribute. They are set to zero before the backward pass;
    // each consumer's contribution is added after its call.
    private let shared: [Floats]
    private let additions: [[(part: Floats, total: Floats)]]
    private let backwardCalls: [Int]
    // The layers that threads share, and the split of each call into parts.
    private let splits: [PlannedSplit]
    private let splitOfCall: [Int?]
    private let layerOfCall: [Int]
    private let isOnlyUse: [Bool]
    // Keeps the windows' memory allocated, because windows do not own it.
    private let kept: [Arena]

    /// A `ColumnSplit` with its parts.
    private struct PlannedSplit {
        let cut: ColumnSplit
        let parts: [ColumnPart]
        /// The windows that are added to the first part's product.
        let summands: [Floats]
        /// The call that adds them up.
        let sum: (any PartSum)?

        init(_ cut: ColumnSplit, of source: ColumnPart.DividedNetwork, samples: Floats) {
            parts = cut.units.indices.map { ColumnPart(cut, part: $0, samples: samples, of: source) }
            (self.cut, summands) = (cut, parts.dropFirst().compactMap(\.summand))
            sum = cut.last.map(source.partSum)
        }

        /// Calls `body` with each part of one thread.
        func each(of thread: Int, _ threads: Int, _ body: (ColumnPart) -> Void) {
            for index in stride(from: thread, to: parts.count, by: threads) { body(parts[index]) }
        }
    }

    init(
        _ network: Model, parameters: Parameters, rows: Int, training: Bool, worker: WorkerState,
        splits columnSplits: [ColumnSplit] = []
    ) throws(CellarError) {
        self.worker = worker
        var planner = Planner(
            network, rows: rows, training: training, elsewhere: columnSplits.flatMap(\.inParts))
        planner.placeActivations()
        if training { planner.placeGradients() }
        planner.placeMasks()
        planner.placeScratch()

        try checkMemory(
            numbers: planner.count + (training ? parameters.trainable.count : 0),
            for: "the results of \(rows) samples at a time")
        let memory = Arena(count: planner.count)
        let gradients = training ? Arena(count: parameters.trainable.count) : nil
        self.gradients = gradients
        func window(_ block: ArenaBlock) -> Floats { memory.slice(block.start, block.count) }
        func window(_ block: ArenaBlock?) -> Floats? { block.map(window) }

        func mask(_ call: Int) -> MaskWindow? {
            guard let window = window(planner.masks[call]), let shape = network.maskShapes[call] else {
                return nil
            }
            return MaskWindow(window: window, shape: shape)
        }

        var additions: [[(part: Floats, total: Floats)]] = Array(repeating: [], count: network.calls.count)
        // The backward pass starts with a shared layer's last call, which writes the gradient's first
        // contribution.
        var firstBackward: [Int: Int] = [:]
        for (index, call) in network.calls.enumerated() where planner.gradients[index] != nil {
            firstBackward[call.layer] = index
        }
        let firstCalls = network.firstCalls
        var kept = [memory]
        // The parts of a sum search for zeros themselves.
        let inParts = columnSplits.flatMap(\.calls)
        var calls: [any LayerCall] = []
        for (index, call) in network.calls.enumerated() {
            var weightGradients: [Floats?] = []
            if let gradients {
                weightGradients = parameters.windows(of: call.layer, in: gradients)
                // The other calls of a shared layer compute their contribution in separate memory, and it is
                // added.
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
            let windows = CallWindows(
                inputs: call.inputs.map { window(planner.activations[$0]) },
                output: window(planner.activations[index]), weights: parameters.weights(of: call.layer),
                scratch: window(planner.scratch[index]), inputGradients: planner.edges[index].map(window),
                outputGradient: window(planner.gradients[index]), weightGradients: weightGradients,
                inputMasks: call.inputs.map(mask), outputMask: mask(index))
            let layer = network.layers[call.layer]
            calls.append(
                layer.makeCall(
                    CallMemory(
                        layer: layer, index: index, inputShapes: call.inputs.map { network.shapes[$0] },
                        outputShape: network.shapes[index], windows: windows, worker: worker,
                        capacity: rows, atInference: call.atInference,
                        isFirstCall: firstCalls[call.layer] == index,
                        readsManyZeros: !inParts.contains(index) && planner.readsManyZeros(index))))
        }
        (self.calls, isView, self.additions) = (calls, planner.isView, additions)
        // At an output, the gradient of the loss is written first.
        shared = network.calls.indices.filter { planner.isShared[$0] && !network.outputs.contains($0) }
            .compactMap { window(planner.gradients[$0]) }
        // The backward pass visits only the calls between a trained weight and the loss.
        layerOfCall = network.calls.map(\.layer)
        var uses = [Int](repeating: 0, count: network.layers.count)
        for call in network.calls { uses[call.layer] += 1 }
        isOnlyUse = network.calls.map { uses[$0.layer] == 1 }
        backwardCalls = network.calls.indices.reversed().filter { planner.gradients[$0] != nil }
        var splits: [PlannedSplit] = []
        var splitOfCall = [Int?](repeating: nil, count: network.calls.count)
        if let gradients {
            let source = ColumnPart.DividedNetwork(
                network: network, parameters: parameters, gradients: gradients, calls: calls,
                planner: planner, rows: rows)
            for cut in columnSplits {
                for call in cut.calls { splitOfCall[call] = splits.count }
                let samples = window(planner.activations[cut.input])
                splits.append(PlannedSplit(cut, of: source, samples: samples))
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
                readers: readers.filter { splitOfCall[$0] == nil }.map { calls[$0] },
                copies: min(parts, worker.helpers?.count ?? 1),
                search: readers.isEmpty
                    ? nil : { ZeroSearch(rows: rows, columns: size, forTransposed: training) })
        }
        self.kept = kept
        outputCalls = network.outputs
        outputs = network.outputs.map { window(planner.activations[$0]) }
        outputSizes = network.outputShapes.map { $0.reduce(1, *) }
        outputGradients = network.outputs.map { window(planner.gradients[$0]) }
    }

    /// Returns an output of the last batch: [rows, shape].
    func output(_ i: Int = 0) -> Floats { outputs[i].prefix(worker.rows * outputSizes[i]) }
    func outputGradient(_ i: Int = 0) -> Floats? {
        outputGradients[i].map { $0.prefix(worker.rows * outputSizes[i]) }
    }
    /// Returns the mask of an output: [rows, mask's shape].
    func outputMask(_ i: Int = 0) -> Floats? { calls[outputCalls[i]].memory.outputMask }
    func inputWidth(_ i: Int = 0) -> Int { inputs[i].size }
    func outputWidth(_ i: Int = 0) -> Int { outputSizes[i] }

    /// Copies the samples in `rows` and computes the outputs.
    func forward(_ samples: [Samples], rows: ArraySlice<Int>) {
        if splits.isEmpty {
            for (input, samples) in zip(inputs, samples) { gather(samples, rows: rows, input) }
        } else {
            eachShare { thread, among in
                for (input, samples) in zip(inputs, samples) where thread < input.copyCount {
                    gather(samples, rows: rows, input, thread: thread, among: among)
                }
                for split in splits { split.each(of: thread, among) { $0.forward() } }
            }
        }
        for index in calls.indices where !isView[index] { forward(index) }
    }

    /// Copies one sample of the only input, in a plan for inference, and computes the outputs.
    func forward(_ samples: Samples, row: Int) {
        oneRow[0] = row
        gather(samples, rows: oneRow[...], inputs[0])
        for index in calls.indices where !isView[index] { calls[index].forward() }
    }

    private func forward(_ call: Int) {
        guard let index = splitOfCall[call] else { return calls[call].forward() }
        // The parts are complete.
        guard splits[index].cut.last == call else { return }
        splits[index].sum?.forward(adding: splits[index].summands)
    }

    /// Runs `body(thread, threads)` on the threads that share layers, or only on this thread if that is
    /// faster.
    private func eachShare(_ body: (Int, Int) -> Void) {
        guard let helpers = worker.helpers, helpers.isSharing else { return body(0, 1) }
        helpers.share { body($0, helpers.count) }
    }

    /// Fills a thread's copy of an input's samples, and prepares the calls that read it.
    private func gather(
        _ samples: Samples, rows: ArraySlice<Int>, _ input: PlanInput, thread: Int = 0, among: Int = 1
    ) {
        let nonzeros = input.gatherSamples(
            samples, rows: rows, copy: thread, alone: among == 1, training: worker.training)
        if thread == 0 { for reader in input.readers { reader.receive(nonzeros: nonzeros) } }
        for split in splits where split.cut.input == input.call {
            split.each(of: thread, among) {
                $0.first.memory.read(input.window(thread))
                $0.first.receive(nonzeros: nonzeros)
            }
        }
    }

    /// The index of a weight in the network.
    struct WeightIndex: Equatable {
        var layer, weight: Int
    }

    /// Makes calls update weights while they compute gradients, and returns these weights.
    func fuseUpdates() -> [WeightIndex] {
        var fused: [WeightIndex] = []
        for (index, call) in calls.enumerated() where isOnlyUse[index] {
            fused += call.fuseUpdates().map { WeightIndex(layer: layerOfCall[index], weight: $0) }
        }
        for call in splits.flatMap(\.parts).flatMap(\.calls) { _ = call.fuseUpdates() }
        return fused
    }

    /// A matrix of the trainable parameters with deferred updates, and its range in their arena.
    struct DeferredWeight {
        let updates: any DeferredUpdates
        let range: Range<Int>
        let index: WeightIndex
    }

    /// Defers the optimizer's updates of kernels whose calls skip zeros of samples, if the optimizer supports
    /// it.
    func deferUpdates(
        _ optimizer: any Optimizer, batchSize: Int, parameters: Parameters, slots: [Arena]
    ) -> [DeferredWeight] {
        var deferred: [DeferredWeight] = []
        func add(_ call: any LayerCall, index: Int, _ panel: Panels.Panel) {
            let layer = layerOfCall[index]
            guard let range = parameters.trainableRange(layer: layer, weight: 0),
                let rows = call.memory.inputShapes[0].last
            else { return }
            let start = range.lowerBound + panel.start
            let own = start..<start + rows * panel.stride
            let matrix = DeferrableMatrix(
                weights: parameters.trainable.slice(own), slots: slots.map { $0.slice(own) }, rows: rows,
                columns: panel.columns.count, stride: panel.stride)
            guard let updates = optimizer.deferredUpdates(of: matrix, batchSize: batchSize) else { return }
            call.deferUpdates(to: updates)
            deferred.append(
                DeferredWeight(
                    updates: updates, range: own, index: WeightIndex(layer: layer, weight: 0)))
        }
        for call in inputs.flatMap(\.readers) where isOnlyUse[call.memory.index] {
            let index = call.memory.index
            add(call, index: index, parameters.panels(layer: layerOfCall[index], weight: 0).all[0])
        }
        for split in splits {
            for part in split.parts { add(part.first, index: split.cut.first, part.panel) }
        }
        return deferred
    }

    /// Computes the gradients of all parameters from the gradients at the outputs.
    func backward() {
        for total in shared { total.fill(0) }
        for index in backwardCalls {
            if !isView[index] { backward(index) }
            for (part, total) in additions[index] { add(part, to: total) }
        }
    }

    private func backward(_ call: Int) {
        guard let index = splitOfCall[call] else { return calls[call].backward() }
        let split = splits[index]
        // All calls of a part run when its last call is reached.
        guard call == split.cut.last ?? split.cut.first else { return }
        split.sum?.backwardToSums()
        eachShare { thread, among in split.each(of: thread, among) { $0.backward() } }
    }
}
