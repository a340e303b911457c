import Tensors

/// What an optimizer remembers between steps: restoring it continues training as if it had never stopped.
public struct OptimizerState: Equatable, Sendable {
    public var iterations: Int
    /// For each slot, in the optimizer's order: one tensor for each trained weight, in the network's order.
    public var slots: [[Tensor]]
    public init(iterations: Int, slots: [[Tensor]]) { (self.iterations, self.slots) = (iterations, slots) }
}

/// Trains a network with one output, batch by batch. It is planned once and allocates nothing per step. The same seed,
/// thread count and machine give the same bits. One caller at a time.
public final class TrainingExecutor {
    public let loss: Loss
    public private(set) var optimizer: any Optimizer
    /// Steps since the optimizer began.
    public private(set) var iterations = 0

    private let network: Model
    private let computed: Model
    private let parameters: Parameters
    private let slots: [Arena]
    private let plans: [Plan]
    private let team: Team
    private let batchSize: Int
    private let onLogits: Bool
    // What the optimizer goes over: all, or what is left when kernels are updated with their gradients.
    private let optimized: [Range<Int>]
    private let fuses: Bool
    private let penalized: [(weight: Floats, gradient: Floats, regularizer: Regularizer)]
    private let constrained: ConstrainedWeights

    public init(
        _ network: Model, loss: Loss, optimizer: any Optimizer, batchSize: Int = 32, threads: Int = 1,
        seed: Int = 0
    ) throws(ConfigError) {
        guard network.outputs.count == 1 else {
            throw ConfigError("training a model with \(network.outputs.count) outputs is not supported")
        }
        try network.requireWeights()
        try network.requireGradients()
        guard let team = Team(count: threads) else {
            throw ConfigError("the system gives no \(threads) threads")
        }
        (self.network, self.loss, self.optimizer, self.team) = (network, loss, optimizer, team)
        self.batchSize = max(batchSize, 1)
        (computed, onLogits) = try Self.withLossOnLogits(network, loss)
        let parameters = Parameters(of: computed)
        self.parameters = parameters
        constrained = ConstrainedWeights(computed, parameters)
        slots = optimizer.slotNames.map { _ in Arena(count: parameters.trainable.count) }
        // Each thread computes its share of a batch, rounded up.
        let rows = (max(batchSize, 1) + team.count - 1) / team.count
        let computed = computed
        plans = (0..<team.count).map {
            let lane = Lane(index: $0, team: team)
            lane.seed = seed
            return Plan(computed, parameters: parameters, rows: rows, training: true, lane: lane)
        }
        guard let gradients = plans[0].gradients else { preconditionFailure("a training plan has gradients") }
        var penalized: [(Floats, Floats, Regularizer)] = []
        for layer in computed.layers.indices {
            let windows = zip(parameters.weights(of: layer), parameters.windows(of: layer, in: gradients))
            for (spec, (weight, gradient)) in zip(computed.weightSpecs[layer], windows) {
                if let regularizer = spec.regularizer, let gradient {
                    penalized.append((weight, gradient, regularizer))
                }
            }
        }
        self.penalized = penalized
        fuses = optimizer.isPlainDescent && team.count == 1 && penalized.isEmpty
        optimized = parameters.ranges(without: fuses ? plans[0].fuse() : [])
    }

    /// Takes the last softmax or sigmoid off where the loss is better computed on the logits behind it.
    private static func withLossOnLogits(_ network: Model, _ loss: Loss) throws(ConfigError) -> (Model, Bool)
    {
        let last = network.calls[network.outputs[0]].layer
        let isUsedOnce = network.calls.count { $0.layer == last } == 1
        guard !loss.fromLogits else { return (network, loss.naturalActivation != nil) }
        guard isUsedOnce, let activation = loss.naturalActivation,
            network.layers[last].finalActivation == activation
        else { return (network, false) }
        var layers = network.layers
        layers[last] = layers[last].withoutActivation()
        let computed = try network.replacing(layers: layers)
        return (computed, true)
    }

    public var learningRate: Double {
        get { optimizer.learningRate }
        set { optimizer.learningRate = newValue }
    }

    /// An error where the samples or targets do not fit the network.
    public func check(_ samples: [Samples], _ targets: Targets) throws(ConfigError) {
        guard samples.count == network.inputs.count else {
            throw ConfigError("the model has \(network.inputs.count) inputs, but \(samples.count) are given")
        }
        for (samples, shape) in zip(samples, network.inputShapes) {
            guard samples.size == shape.reduce(1, *) else {
                throw ConfigError(
                    "the model takes samples of shape \(shape), but the data's are \(samples.shape)")
            }
            guard samples.count == targets.count else {
                throw ConfigError("there are \(samples.count) samples, but \(targets.count) labels")
            }
        }
        try loss.check(targets, width: network.outputShapes[0].reduce(1, *))
    }

    /// One step on the samples of those rows, at most `batchSize`. The result's loss is from before the step.
    public func trainBatch(_ samples: [Samples], _ targets: Targets, rows: ArraySlice<Int>) -> BatchResult {
        if fuses { plans[0].lane.fusedRate = Float(optimizer.learningRate) }
        defer { plans[0].lane.fusedRate = nil }
        var result = run(samples, targets, rows: rows, training: true)
        guard let total = plans[0].gradients else { return result }
        for plan in plans.dropFirst() { if let part = plan.gradients { add(part.all, to: total.all) } }
        for (weight, gradient, regularizer) in penalized {
            result.lossSum += regularizer.penalty(weight) * Double(rows.count)
            regularizer.addGradient(of: weight, to: gradient)
        }
        iterations += 1
        flushingDenormals {
            for range in optimized {
                optimizer.step(
                    parameters.trainable.slice(range), gradient: total.slice(range),
                    slots: slots.map { $0.slice(range) }, iteration: iterations)
            }
            constrained.apply()
        }
        return result
    }

    /// Loss and accuracy over all samples in inference mode, as Keras' `evaluate`.
    public func evaluate(_ samples: [Samples], _ targets: Targets) -> BatchResult {
        var total = BatchResult()
        let rows = Array(0..<targets.count)
        for start in stride(from: 0, to: rows.count, by: batchSize) {
            let part = run(
                samples, targets, rows: rows[start..<min(start + batchSize, rows.count)], training: false)
            total.lossSum += part.lossSum
            total.correct += part.correct
            total.count += part.count
        }
        for (weight, _, regularizer) in penalized {
            total.lossSum += regularizer.penalty(weight) * Double(rows.count)
        }
        return total
    }

    private func run(_ samples: [Samples], _ targets: Targets, rows: ArraySlice<Int>, training: Bool)
        -> BatchResult
    {
        precondition(rows.count <= batchSize, "a batch of \(rows.count) in a plan for \(batchSize)")
        let (loss, onLogits) = (loss, onLogits)
        team.run { thread in
            let plan = plans[thread]
            let share = Predictor.share(of: rows, thread: thread, among: team.count)
            plan.lane.rows = share.count
            plan.lane.firstRow = share.startIndex - rows.startIndex
            plan.lane.batchRows = rows.count
            plan.lane.training = training
            plan.lane.iteration = iterations
            plan.lane.addedLoss = 0
            plan.forward(samples, rows: share)
            plan.result = loss.evaluate(
                plan.output(), width: plan.outputWidth(), logits: onLogits, targets: targets, samples: share,
                batchRows: rows.count, gradient: training ? plan.outputGradient() : nil)
            if training { plan.backward() }
        }
        var total = BatchResult()
        for plan in plans {
            total.lossSum += plan.result.lossSum + plan.lane.addedLoss
            total.correct += plan.result.correct
            total.count += plan.result.count
        }
        return total
    }

    /// The gradient of the mean loss over those rows, in training mode, without a step: for tests of every layer.
    func gradients(_ samples: [Samples], _ targets: Targets, rows: ArraySlice<Int>) -> (
        loss: Double, tensors: [Tensor]
    ) {
        let result = run(samples, targets, rows: rows, training: true)
        guard let total = plans[0].gradients else { return (0, []) }
        for plan in plans.dropFirst() { if let part = plan.gradients { add(part.all, to: total.all) } }
        return (result.lossSum / Double(result.count), parameters.tensors(in: total, of: computed))
    }

    /// The network with the weights as they are now.
    public var trainedNetwork: Model { parameters.snapshot(of: network) }

    public var optimizerState: OptimizerState {
        OptimizerState(iterations: iterations, slots: slots.map { parameters.tensors(in: $0, of: computed) })
    }

    /// Continues where another run stopped.
    public func restore(_ state: OptimizerState) throws(ConfigError) {
        guard state.slots.count == slots.count else {
            throw ConfigError(
                "\(optimizer.className) keeps \(slots.count) arrays for each weight, but the state has \(state.slots.count)"
            )
        }
        for (tensors, slot) in zip(state.slots, slots) {
            try parameters.load(tensors, into: slot, of: computed)
        }
        iterations = state.iterations
    }

    /// All weights at one moment, to come back to.
    public struct Checkpoint: Sendable {
        fileprivate let trainable, fixed: [Float]
    }

    public var checkpoint: Checkpoint {
        Checkpoint(trainable: parameters.trainable.all.array, fixed: parameters.fixed.all.array)
    }

    public func restore(_ checkpoint: Checkpoint) {
        parameters.trainable.all.copy(from: checkpoint.trainable)
        parameters.fixed.all.copy(from: checkpoint.fixed)
    }
}
