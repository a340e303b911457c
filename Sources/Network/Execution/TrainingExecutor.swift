import Base
import Tensors

/// Trains a network batch by batch. It is planned once, and steps reuse its memory. The same seed, thread
/// count and machine give the same bits; if threads share layers (`Model.trainsAlikeOnThreads`), the bits do
/// not depend on the thread count either. It may be used by one caller at a time.
public final class TrainingExecutor {
    public let objective: Objective
    public private(set) var optimizer: any Optimizer
    /// The number of steps that the optimizer has made.
    public internal(set) var iterations = 0

    let network: Model
    /// The part that reads texts; nil for a model of numbers.
    let front: TextFront?
    let computed: Model
    let parameters: Parameters
    let slots: [Arena]
    private let plans: [Plan]
    private let evaluators: [OutputEvaluator]
    // The threads that have their own samples, or that share layers.
    private let pool: ThreadPool
    private let helpers: ThreadPool?
    private var trial = SharingTrial()
    /// Batches with a fixed number of parts; each plan computes one of them.
    private let parts: PartedTraining?
    /// True if another process of a parted training has ended. The last step was not made.
    public private(set) var isAbandoned = false
    private let batchSize: Int
    // True if the divisor of losses depends on more than the batch size.
    private let countsRows: Bool
    // The weights that the optimizer updates: all weights except those that calls update with their
    // gradients.
    private let optimized: [Range<Int>]
    private let fuses: Bool
    // The gradients of all trained weights, summed over threads.
    private let gradients: [Floats]
    // The kernels that are updated while their gradients are computed, some rows later than others.
    let deferred: [Plan.DeferredWeight]
    private let penalized: [(weight: Floats, gradient: Floats, regularizer: Regularizer, shape: [Int])]
    /// The frozen weights' penalty in the loss: Keras 2 includes it, Keras 3 does not.
    private let frozenPenalty: Double
    private let constrained: ConstrainedWeights
    /// True for Keras 3's `fit`, where each batch counts alike in the losses of single outputs, the short last one too.
    public var weighsBatchesAlike = false

    /// Creates an executor for a model with one output.
    public convenience init(
        _ network: Model, loss: Loss, metrics: [Metric] = [.accuracy], optimizer: any Optimizer,
        batchSize: Int = 32, threads: Int = 1, seed: Int = 0
    ) throws(CellarError) {
        try self.init(
            network, objective: Objective(loss, metrics: metrics), optimizer: optimizer, batchSize: batchSize,
            threads: threads, seed: seed)
    }

    public init(
        _ network: Model, objective: Objective, optimizer: any Optimizer, batchSize: Int = 32,
        threads: Int = 1, seed: Int = 0, parts: PartedTraining? = nil
    ) throws(CellarError) {
        try objective.check(network)
        try network.requireWeights()
        try network.requireGradients()
        let front = try TextFront(network)
        self.front = front
        let effective = objective.ignoringFromLogits(behind: network)
        let (computed, onLogits) = try (front?.numeric ?? network).withLossesOnLogits(effective.losses)
        if parts != nil { try PartedTraining.check(computed, objective) }
        self.parts = parts
        let threads = parts == nil ? threads : 1
        let splits = parts == nil ? computed.columnSplits(threads: threads) : []
        let sharing = min(threads, splits.map(\.units.count).max() ?? 1)
        guard let pool = ThreadPool(count: splits.isEmpty ? threads : 1), let all = ThreadPool(count: sharing)
        else { throw CellarError("the system gives no \(threads) threads") }
        let helpers = all.count > 1 ? all : nil
        (self.network, self.objective, self.optimizer, self.pool) = (network, objective, optimizer, pool)
        (self.computed, self.helpers) = (computed, helpers)
        self.batchSize = max(batchSize, 1)
        var panels = computed.layers.map { _ in 1 }
        for split in splits { panels[computed.calls[split.first].layer] = split.units.count }
        let parameters = try Parameters(of: computed, panels: panels)
        self.parameters = parameters
        try checkMemory(
            numbers: parameters.trainable.count * optimizer.slotNames.count,
            for: "the state of \(optimizer.className)")
        slots = optimizer.slotNames.indices.map { slot in
            let arena = Arena(count: parameters.trainable.count)
            let value = optimizer.initialValue(ofSlot: slot)
            if value != 0 { arena.all.fill(value) }
            return arena
        }
        frozenPenalty = objective.isNewer ? 0 : computed.penalty(ofTrained: false)
        constrained = ConstrainedWeights(computed, parameters)
        // Each thread computes its share of a batch, rounded up.
        let shares = parts == nil ? pool.count : PartedTraining.count
        let rows = (max(batchSize, 1) + shares - 1) / shares
        let plans = try (0..<(parts?.own.count ?? pool.count)).map { (index) throws(CellarError) in
            let worker = WorkerState(index: parts == nil ? index : 0, pool: pool, helpers: helpers)
            worker.seed = seed
            return try Plan(
                computed, parameters: parameters, rows: rows, training: true, worker: worker, splits: splits)
        }
        self.plans = plans
        evaluators = plans.map {
            OutputEvaluator(computed, effective, plan: $0, rows: rows, onLogits: onLogits)
        }
        countsRows = objective.losses.enumerated().contains { index, loss in
            loss?.countsRows(hasMask: computed.maskShapes[computed.outputs[index]] != nil) ?? false
        }
        guard let gradients = plans[0].gradients else { preconditionFailure("a training plan has gradients") }
        var penalized: [(Floats, Floats, Regularizer, [Int])] = []
        for layer in computed.layers.indices {
            let windows = zip(parameters.weights(of: layer), parameters.windows(of: layer, in: gradients))
            for (spec, (weight, gradient)) in zip(computed.weightSpecs[layer], windows) {
                if let regularizer = spec.regularizer, let gradient {
                    penalized.append((weight, gradient, regularizer, spec.shape))
                }
            }
        }
        self.penalized = penalized
        self.gradients = computed.layers.indices.flatMap {
            parameters.windows(of: $0, in: gradients).compactMap { $0 }
        }
        let options = optimizer.general
        // An update in the backward pass cannot clip gradients, or apply weight decay or a penalty.
        let isPlain =
            pool.count == 1 && parts == nil && penalized.isEmpty && !options.clips
            && options.weightDecay == nil
        fuses = optimizer.isPlainDescent && isPlain
        deferred =
            isPlain && constrained.isEmpty
            ? plans[0].deferUpdates(
                optimizer, batchSize: self.batchSize, parameters: parameters, slots: slots) : []
        optimized = parameters.ranges(
            without: (fuses ? plans[0].fuseUpdates() : []) + deferred.map(\.index))
    }

    /// The current learning rate if a schedule sets it, otherwise the constant rate (before Keras 2.10's
    /// `decay` is applied).
    public var learningRate: Double {
        get {
            optimizer.general.schedule.map { Double($0.rate(after: iterations)) } ?? optimizer.learningRate
        }
        set { optimizer.learningRate = newValue }
    }

    public func trainBatch(_ samples: [Samples], _ targets: Targets, rows: ArraySlice<Int>) -> BatchResult {
        trainBatch(samples, [targets], rows: rows)
    }

    /// Makes one step on the samples in `rows`, at most `batchSize`. The result's loss is computed before the
    /// step.
    ///
    /// - weights: One factor of the loss for each sample of the data.
    public func trainBatch(
        _ samples: [Samples], _ targets: [Targets], weights: [Float]? = nil, rows: ArraySlice<Int>
    ) -> BatchResult {
        if let helpers { helpers.isSharing = trial.begin() }
        defer { if helpers != nil { trial.end() } }
        let rate = optimizer.learningRate(after: iterations)
        if fuses { plans[0].worker.fusedRate = rate }
        defer { plans[0].worker.fusedRate = nil }
        if !deferred.isEmpty {
            let size = optimizer.stepSize(rate: rate, iteration: iterations + 1)
            for weight in deferred { weight.updates.begin(stepSize: size) }
        }
        var result: BatchResult
        if let parts {
            guard
                let sum = parts.sum(
                    plans.compactMap { $0.gradients?.all },
                    compute(parts, samples, targets, weights, rows: rows))
            else {
                isAbandoned = true
                return BatchResult()
            }
            result = sum
        } else {
            result = run(samples, targets, weights, rows: rows, training: true)
        }
        guard let total = plans[0].gradients else { return result }
        if result.failure != nil {
            // No step is made if the results are invalid.
            for weight in deferred { weight.updates.end() }
            return result
        }
        if parts == nil {
            for plan in plans.dropFirst() { if let part = plan.gradients { add(part.all, to: total.all) } }
        }
        countBatch(&result, rows: rows.count)
        result.lossSum += frozenPenalty * Double(rows.count)
        for (weight, gradient, regularizer, shape) in penalized {
            result.lossSum += regularizer.penalty(weight, shape: shape) * Double(rows.count)
            regularizer.addGradient(of: weight, shape: shape, to: gradient)
        }
        iterations += 1
        optimizer.begin(iteration: iterations)
        var optimizer = self.optimizer
        if optimizer.general.changesRate { optimizer.learningRate = Double(rate) }
        flushingDenormals {
            optimizer.general.clip(gradients)
            optimizer.general.decay(parameters.trainable.all, rate: rate)
            func step(_ range: Range<Int>) {
                optimizer.step(
                    parameters.trainable.slice(range), gradient: total.slice(range),
                    slots: slots.map { $0.slice(range) }, iteration: iterations)
            }
            for range in optimized { step(range) }
            for weight in deferred {
                // In a batch with few zeros, the call computes only the gradient.
                if !weight.updates.hasStepped { step(weight.range) }
                weight.updates.end()
            }
            constrained.apply()
        }
        return result
    }

    public func evaluate(_ samples: [Samples], _ targets: Targets) -> BatchResult {
        evaluate(samples, [targets])
    }

    /// Computes the losses and metrics over all samples in inference mode, as Keras' `evaluate` does.
    public func evaluate(_ samples: [Samples], _ targets: [Targets], weights: [Float]? = nil) -> BatchResult {
        var total = BatchResult()
        let rows = Array(0..<(samples.first?.count ?? 0))
        for start in stride(from: 0, to: rows.count, by: batchSize) {
            let batch = rows[start..<min(start + batchSize, rows.count)]
            var result =
                parts == nil
                ? run(samples, targets, weights, rows: batch, training: false)
                : evaluateInParts(samples, targets, weights, rows: batch)
            countBatch(&result, rows: batch.count)
            total.add(result)
        }
        total.lossSum += frozenPenalty * Double(rows.count)
        for (weight, _, regularizer, shape) in penalized {
            total.lossSum += regularizer.penalty(weight, shape: shape) * Double(rows.count)
        }
        return total
    }

    private func countBatch(_ result: inout BatchResult, rows: Int) {
        guard weighsBatchesAlike, result.outputLossSums.count == objective.losses.count else { return }
        result.batches = 1
        for (index, loss) in objective.losses.enumerated() where loss?.isOneValue ?? false {
            result.outputLossSums[index] /= Double(rows)
        }
    }

    private func run(
        _ samples: [Samples], _ targets: [Targets], _ weights: [Float]?, rows: ArraySlice<Int>, training: Bool
    ) -> BatchResult {
        precondition(rows.count <= batchSize, "a batch of \(rows.count) in a plan for \(batchSize)")
        let batch = batch(targets, weights, rows, training: training)
        pool.run { thread in
            let share = Predictor.share(of: rows, thread: thread, among: pool.count)
            compute(share, of: rows, batch, samples, plan: thread)
        }
        var total = BatchResult()
        for (plan, evaluator) in zip(plans, evaluators).prefix(pool.count) {
            total.add(evaluator.result)
            total.lossSum += plan.worker.addedLoss
            if let failure = plan.worker.takeFailure() { total.failure = total.failure ?? failure }
        }
        return total
    }

    /// Computes the gradients and results of this process' parts of a batch.
    private func compute(
        _ parts: PartedTraining, _ samples: [Samples], _ targets: [Targets], _ weights: [Float]?,
        rows: ArraySlice<Int>
    ) -> [BatchResult] {
        precondition(rows.count <= batchSize, "a batch of \(rows.count) in a plan for \(batchSize)")
        let batch = batch(targets, weights, rows, training: true)
        let own = parts.own
        pool.run { _ in
            for plan in plans.indices {
                let share = Predictor.share(
                    of: rows, thread: own.lowerBound + plan, among: PartedTraining.count)
                compute(share, of: rows, batch, samples, plan: plan)
            }
        }
        return plans.indices.map(result)
    }

    /// Evaluates all parts of a batch, one after another: the loss is that of the whole batch, as without parts.
    private func evaluateInParts(
        _ samples: [Samples], _ targets: [Targets], _ weights: [Float]?, rows: ArraySlice<Int>
    ) -> BatchResult {
        let batch = batch(targets, weights, rows, training: false)
        var total = BatchResult()
        for part in 0..<PartedTraining.count {
            let share = Predictor.share(of: rows, thread: part, among: PartedTraining.count)
            pool.run { _ in compute(share, of: rows, batch, samples, plan: 0) }
            total.add(result(ofPlan: 0))
        }
        return total
    }

    /// The result of the last part that a plan computed.
    private func result(ofPlan index: Int) -> BatchResult {
        var result = evaluators[index].result
        result.lossSum += plans[index].worker.addedLoss
        result.failure = plans[index].worker.takeFailure()
        return result
    }

    private func batch(
        _ targets: [Targets], _ weights: [Float]?, _ rows: ArraySlice<Int>, training: Bool
    ) -> Batch {
        Batch(
            targets: targets, weights: weights, count: rows.count, training: training,
            hasBinaryTargets: zip(objective.losses, targets).map { loss, targets in
                loss?.isHinge ?? false && targets.areBinary(rows)
            })
    }

    /// Computes a share of a batch.
    private func compute(
        _ share: ArraySlice<Int>, of rows: ArraySlice<Int>, _ batch: Batch, _ samples: [Samples],
        plan index: Int
    ) {
        let (plan, evaluator) = (plans[index], evaluators[index])
        plan.worker.rows = share.count
        plan.worker.firstRow = share.startIndex - rows.startIndex
        plan.worker.batchRows = rows.count
        plan.worker.dataRows = share
        plan.worker.training = batch.training
        plan.worker.iteration = iterations
        plan.worker.addedLoss = 0
        plan.forward(samples, rows: share)
        if countsRows {
            evaluator.count(batch, samples: share)
            pool.wait()
        }
        evaluator.evaluate(batch, samples: share, others: countsRows ? evaluators : nil)
        if batch.training { plan.backward() }
    }

    /// Computes the gradient of the mean loss over the samples in `rows`, in training mode, without a step.
    /// Used by the tests of every layer.
    func gradients(_ samples: [Samples], _ targets: Targets, rows: ArraySlice<Int>) -> (
        loss: Double, tensors: [Tensor]
    ) {
        gradients(samples, [targets], rows: rows)
    }

    func gradients(
        _ samples: [Samples], _ targets: [Targets], weights: [Float]? = nil, rows: ArraySlice<Int>
    ) -> (loss: Double, tensors: [Tensor]) {
        let result = run(samples, targets, weights, rows: rows, training: true)
        guard let total = plans[0].gradients else { return (0, []) }
        for plan in plans.dropFirst() { if let part = plan.gradients { add(part.all, to: total.all) } }
        return (result.lossSum / Double(result.count), parameters.tensors(in: total, of: computed))
    }

    /// The names of an epoch's values in the history.
    public var logNames: [String] { objective.logNames(outputs: network.outputNames) }

    /// The loss of the first output that has one.
    public var loss: Loss { objective.loss ?? Loss(.meanSquaredError) }
}
