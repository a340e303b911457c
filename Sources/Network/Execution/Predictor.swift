import Base
import Tensors

/// Runs a network forward, as at inference. It is planned once, for batches of up to `batchSize` samples, and then
/// allocates nothing but its results. One caller at a time.
public final class Predictor {
    public let network: Model
    private let parameters: Parameters
    private let plans: [Plan]
    private let pool: ThreadPool
    private let batchSize: Int

    /// - batchSize: samples that are computed at once by each thread.
    public init(_ network: Model, batchSize: Int = 256, threads: Int = 1) throws(CellarError) {
        try network.requireWeights()
        guard let pool = ThreadPool(count: threads) else {
            throw CellarError("the system gives no \(threads) threads")
        }
        (self.network, self.pool, self.batchSize) = (network, pool, max(batchSize, 1))
        let parameters = try Parameters(of: network)
        self.parameters = parameters
        plans = try (0..<pool.count).map { (index) throws(CellarError) in
            try Plan(
                network, parameters: parameters, rows: max(batchSize, 1), training: false,
                worker: WorkerState(index: index, pool: pool))
        }
    }

    /// The outputs for all samples: one tensor [count, shape] for each of the network's outputs. There must be as many
    /// inputs as the network has, of its shapes (or of as many numbers) and of one count.
    public func predict(_ samples: [Samples]) throws(CellarError) -> [Tensor] {
        let count = try check(samples)
        var results = network.outputShapes.map { Array(repeating: Float(0), count: count * $0.reduce(1, *)) }
        let rows = Array(0..<count)
        for start in stride(from: 0, to: count, by: batchSize * pool.count) {
            try run(
                samples, rows: rows[start..<min(start + batchSize * pool.count, count)], at: start,
                into: &results)
        }
        return zip(network.outputShapes, results).map { Tensor(shape: [count] + $0, values: $1) }
    }

    /// The output for one of the samples, for a network of one input and one output: put into `result`, which has room
    /// for it. Nothing is allocated.
    public func predictOne(_ samples: Samples, row: Int, into result: inout [Float]) throws(CellarError) {
        let plan = plans[0]
        guard network.inputs.count == 1, network.outputs.count == 1 else {
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

    /// The part of a batch that one thread computes: neighbours, as even as can be.
    static func share(of rows: ArraySlice<Int>, thread: Int, among count: Int) -> ArraySlice<Int> {
        let first = rows.startIndex
        return rows[first + rows.count * thread / count..<first + rows.count * (thread + 1) / count]
    }
}
