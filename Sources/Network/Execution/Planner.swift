import Tensors

/// A block of a plan's memory. An array of `Range` would look up a conformance to `Comparable` at run time,
/// which takes longer than all other planning.
struct ArenaBlock: Equatable {
    var start, count: Int
    init(_ range: Range<Int>) { (start, count) = (range.lowerBound, range.count) }
}

/// Assigns a block of one arena to each activation, gradient and scratch.
struct Planner {
    private let network: Model
    private let rows: Int
    private let training: Bool
    // The calls that only rescale samples, which is done while samples are copied.
    private var fused: [Bool]
    // The calls whose outputs are in other memory.
    private let elsewhere: [Int]

    private var layout = ArenaLayout()
    /// The count of numbers in the whole arena.
    var count: Int { layout.count }
    /// For each call, the block of its output. A view shares its input's block.
    private(set) var activations: [ArenaBlock] = []
    private(set) var isView: [Bool] = []
    private(set) var scratch: [ArenaBlock] = []
    /// For each call, the block of its output's mask.
    private(set) var masks: [ArenaBlock?] = []
    /// For each call of an input, the scale and offset of the rescaling after it, which is applied while
    /// samples are copied.
    private(set) var inputRescaling: [(scale: Float, offset: Float)?]

    /// For each call, the block of the gradient at its output; nil if there is no trained weight before it.
    private(set) var gradients: [ArenaBlock?] = []
    /// For each call and each of its inputs, the block to which the call writes that gradient.
    private(set) var edges: [[ArenaBlock?]] = []
    /// For each call, true if several calls, or a call and the loss, use its output: the gradient there is a
    /// sum.
    private(set) var isShared: [Bool] = []

    /// - elsewhere: The calls that are computed in other memory (see `ColumnPart`).
    init(_ network: Model, rows: Int, training: Bool, elsewhere: [Int] = []) {
        (self.network, self.rows, self.training, self.elsewhere) = (network, rows, training, elsewhere)
        fused = Array(repeating: false, count: network.calls.count)
        inputRescaling = Array(repeating: nil, count: network.calls.count)
        edges = network.calls.map { Array(repeating: nil, count: $0.inputs.count) }
        gradients = Array(repeating: nil, count: network.calls.count)
        isShared = Array(repeating: false, count: network.calls.count)
        fuseRescaling()
    }

    private mutating func reserve(_ numbers: Int) -> ArenaBlock { ArenaBlock(layout.reserve(numbers)) }

    private func size(_ call: Int) -> Int {
        elsewhere.contains(call) ? 0 : rows * network.shapes[call].reduce(1, *)
    }

    private mutating func fuseRescaling() {
        for input in network.inputs {
            let users = network.calls.indices.filter { network.calls[$0].inputs.contains(input) }
            guard users.count == 1, !network.outputs.contains(input),
                let rescaling = network.layers[network.calls[users[0]].layer].inputRescaling
            else { continue }
            inputRescaling[input] = rescaling
            fused[users[0]] = true
        }
    }

    /// Assigns blocks to all outputs. At inference, a block is reused after its last reader. In training, all
    /// blocks are kept, because the backward pass reads them.
    mutating func placeActivations() {
        var root = Array(network.calls.indices)
        for (index, call) in network.calls.enumerated() {
            let layer = network.layers[call.layer]
            let view = fused[index] || !call.inputs.isEmpty && isView(layer, atInference: call.atInference)
            isView.append(view)
            if view { root[index] = root[call.inputs[0]] }
        }
        var lastUse = Array(network.calls.indices)
        for (index, call) in network.calls.enumerated() {
            for input in call.inputs { lastUse[root[input]] = index }
        }
        for output in network.outputs { lastUse[root[output]] = Int.max }
        // The blocks that become free after each call.
        var ending: [[Int]] = Array(repeating: [], count: network.calls.count)
        for call in network.calls.indices where root[call] == call && lastUse[call] != Int.max {
            if lastUse[call] != call { ending[lastUse[call]].append(call) }
        }

        var free: [ArenaBlock] = []
        for index in network.calls.indices {
            if isView[index] {
                activations.append(activations[root[index]])
            } else if !network.inputs.contains(index),
                // Samples are copied before the first call, so that an input's block was never another's.
                let best = free.indices.filter({ free[$0].count >= size(index) }).min(by: {
                    free[$0].count < free[$1].count
                })
            {
                let block = free.remove(at: best)
                activations.append(block)
            } else {
                activations.append(reserve(size(index)))
            }
            guard !training else { continue }
            for earlier in ending[index] { free.append(activations[earlier]) }
        }
    }

    /// Returns true if the layer's output is its input. A call at inference omits the training behaviour of
    /// layers such as Dropout, but not penalties.
    private func isView(_ layer: any Layer, atInference: Bool) -> Bool {
        layer.isView(training: training)
            || atInference && layer.dependsOnTraining && layer.isView(training: false)
    }

    mutating func placeGradients() {
        var reaches = Array(repeating: false, count: network.calls.count)
        for (index, call) in network.calls.enumerated() {
            let own = network.weightSpecs[call.layer].indices.contains {
                network.isTrainable(layer: call.layer, weight: $0)
            }
            reaches[index] = own || call.inputs.contains { reaches[$0] }
        }
        // Only calls that lead to an output have a gradient.
        var matters = Array(repeating: false, count: network.calls.count)
        for output in network.outputs { matters[output] = true }
        for index in network.calls.indices.reversed() where matters[index] {
            for input in network.calls[index].inputs { matters[input] = true }
        }
        var users = Array(repeating: 0, count: network.calls.count)
        for (index, call) in network.calls.enumerated() where matters[index] {
            for input in call.inputs { users[input] += 1 }
        }
        for output in network.outputs { users[output] += 1 }
        for (index, call) in network.calls.enumerated() where matters[index] && reaches[index] {
            for (i, input) in call.inputs.enumerated() where reaches[input] {
                isShared[input] = users[input] > 1
                edges[index][i] = isShared[input] ? reserve(size(input)) : gradients[input]
            }
            gradients[index] =
                isView[index] ? edges[index][0] ?? reserve(size(index)) : reserve(size(index))
        }
    }

    /// Returns the calls of layers that can skip zeros of samples: they read an input's numbers unchanged, as
    /// a vector of at least 64 for each sample, and need no gradient there. (Rescaling with an offset would
    /// change the zeros.)
    func readersOfZeros(of input: Int) -> [Int] {
        let size = network.shapes[input].reduce(1, *)
        guard size >= 64, inputRescaling[input]?.offset ?? 0 == 0 else { return [] }
        return network.calls.indices.filter { index in
            let call = network.calls[index]
            guard type(of: network.layers[call.layer]).skipsZerosOfSamples, let source = call.inputs.first
            else { return false }
            return activations[source] == activations[input] && isSourced(source, by: input)
                && network.shapes[source].count == 1 && edges[index][0] == nil
        }
    }

    /// Returns true if a call reads, directly or through views, the output of a layer that makes many zeros.
    func readsManyZeros(_ call: Int) -> Bool {
        guard var source = network.calls[call].inputs.first else { return false }
        while isView[source], let next = network.calls[source].inputs.first { source = next }
        return network.layers[network.calls[source].layer].makesZeros
    }

    /// Returns true if a call's output is the input itself or a view of it.
    private func isSourced(_ call: Int, by input: Int) -> Bool {
        var current = call
        while current != input {
            guard isView[current], let next = network.calls[current].inputs.first else { return false }
            current = next
        }
        return true
    }

    /// Assigns blocks to all masks. They are small and are not reused.
    mutating func placeMasks() {
        for (index, call) in network.calls.enumerated() {
            switch network.maskUses[index] {
            case .ends: masks.append(nil)
            case .passes: masks.append(call.inputs.first.flatMap { masks[$0] })
            case .takes(let input): masks.append(masks[call.inputs[input]])
            case .makes(let shape): masks.append(reserve(rows * shape.reduce(1, *)))
            }
        }
    }

    mutating func placeScratch() {
        for (index, call) in network.calls.enumerated() {
            let inputs = call.inputs.map { network.shapes[$0] }
            let layer = network.layers[call.layer]
            scratch.append(
                reserve(
                    elsewhere.contains(index)
                        ? 0 : layer.scratch(for: inputs, rows: rows, training: training)))
        }
    }
}
