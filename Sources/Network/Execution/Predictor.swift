import Base
import Tensors

/// Runs the forward pass of a network in inference mode. It is planned once, for batches of up to `batchSize`
/// samples, and then allocates only its results. It may be used by one caller at a time.
public final class Predictor {
    public let network: Model
    /// The part that reads texts; nil for a model of numbers.
    private let front: TextFront?
    private let computed: Model
    private let parameters: Parameters
    private let plans: [Plan]
    private let pool: ThreadPool
    private let batchSize: Int

    /// - batchSize: The number of samples that each thread computes at once.
    public init(_ network: Model, batchSize: Int = 256, threads: Int = 1) throws(CellarError) {
        try network.requireWeights()
        guard let pool = ThreadPool(count: threads) else {
            throw CellarError("the system gives no \(threads) threads")
        }
        (self.network, self.pool, self.batchSize) = (network, pool, max(batchSize, 1))
        let front = try TextFront(network)
        let computed = front?.numeric ?? network
        (self.front, self.computed) = (front, computed)
        let parameters = try Parameters(of: computed)
        self.parameters = parameters
        plans = try (0..<pool.count).map { (index) throws(CellarError) in
            try Plan(
                computed, parameters: parameters, rows: max(batchSize, 1), training: false,
                worker: WorkerState(index: index, pool: pool))
        }
    }

    /// Returns the outputs for all samples: one tensor [count, shape] for each output of the network. There
    /// must be one array for each input of the network, with the input's shape (or as many numbers), and all
    /// of the same count.
    public func predict(_ samples: [Samples]) throws(CellarError) -> [Tensor] {
        let count = try check(samples)
        let samples = try front?.numbers(of: samples) ?? samples
        var results = network.outputShapes.map { Array(repeating: Float(0), count: count * $0.reduce(1, *)) }
        let rows = Array(0..<count)
        for start in stride(from: 0, to: count, by: batchSize * pool.count) {
            try run(
                samples, rows: rows[start..<min(start + batchSize * pool.count, count)], at: start,
                into: &results)
        }
        return zip(network.outputShapes, results).map { Tensor(shape: [count] + $0, values: $1) }
    }

    /// Writes the output for one sample to `result`, which must have its size. Only for a network with one
    /// input and one output. Nothing is allocated.
    public func predictOne(_ samples: Samples, row: Int, into result: inout [Float]) throws(CellarError) {
        let plan = plans[0]
        guard network.inputs.count == 1, network.outputs.count == 1, front == nil, !samples.areTexts else {
            throw CellarError(
                "the model has \(network.inputs.count) inputs and \(network.outputs.count) outputs; one each is "
                    + "wanted here")
        }
        guard samples.size == plan.inputWidth() else {
            throw CellarError(
                "the model takes samples of shape \(network.inputShapes[0]), but these are \(samples.shape)")
        }
        guard samples.count > row, row >= 0, result.count >= plan.outputWidth() else {
            throw CellarError(
                "there is no sample \(row) of \(samples.count), or no room for \(plan.outputWidth()) numbers in "
                    + "\(result.count)")
        }
        (plan.worker.rows, plan.worker.batchRows, plan.worker.firstRow) = (1, 1, row)
        plan.worker.dataRows = []
        plan.forward(samples, row: row)
        try plan.worker.checkFailure()
        plan.output().copy(into: &result, at: 0)
    }

    private func check(_ samples: [Samples]) throws(CellarError) -> Int {
        guard samples.count == network.inputs.count else {
            throw CellarError("the model has \(network.inputs.count) inputs, but \(samples.count) are given")
        }
        for (samples, shape) in zip(samples, network.inputShapes) where samples.size != shape.reduce(1, *) {
            throw CellarError("the model takes samples of shape \(shape), but these are \(samples.shape)")
        }
        try network.checkKinds(samples)
        let counts = Set(samples.map(\.count))
        guard counts.count == 1, let count = counts.first else {
            throw CellarError("the inputs have different numbers of samples: \(samples.map(\.count))")
        }
        return count
    }

    private func run(
        _ samples: [Samples], rows: ArraySlice<Int>, at start: Int, into results: inout [[Float]]
    ) throws(CellarError) {
        pool.run { thread in
            let share = Predictor.share(of: rows, thread: thread, among: pool.count)
            plans[thread].worker.rows = share.count
            plans[thread].worker.batchRows = rows.count
            plans[thread].worker.dataRows = share
            if !share.isEmpty { plans[thread].forward(samples, rows: share) }
        }
        for plan in plans { try plan.worker.checkFailure() }
        var at = start
        for plan in plans {
            for output in results.indices {
                let values = plan.output(output)
                values.copy(into: &results[output], at: at * plan.outputWidth(output))
            }
            at += plan.worker.rows
        }
    }

    /// Returns the part of a batch that one thread computes: contiguous rows, divided as evenly as possible.
    static func share(of rows: ArraySlice<Int>, thread: Int, among count: Int) -> ArraySlice<Int> {
        let first = rows.startIndex
        return rows[first + rows.count * thread / count..<first + rows.count * (thread + 1) / count]
    }
}
