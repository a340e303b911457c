import Base
import Tensors

/// Per-thread state of a training or inference run.
public final class WorkerState: @unchecked Sendable {
    let index: Int
    /// The threads of all workers: each computes its own samples.
    let pool: ThreadPool
    /// Threads that share layers (`ColumnSplit`), where there is only one worker.
    let helpers: ThreadPool?
    /// Samples of the current batch that this worker computes, and their start in the batch.
    var rows = 0
    var firstRow = 0
    /// Samples of the current batch in all workers.
    var batchRows = 0
    /// This worker's samples as rows of the data, for messages.
    var dataRows: ArraySlice<Int> = []
    var training = false
    /// Number of the training step since the start of the run: with the seed it determines what Dropout draws.
    var iteration = 0
    var seed = 0
    /// What calls add to the loss of the current batch: penalties on activations, summed over samples.
    var addedLoss = 0.0
    /// The first error that a call found in the numbers of the current batch, such as an id out of range.
    var failure: CellarError?
    /// The learning rate of plain gradient descent, while calls update weights as they compute gradients.
    var fusedRate: Float?

    init(index: Int, pool: ThreadPool, helpers: ThreadPool? = nil) {
        (self.index, self.pool, self.helpers) = (index, pool, helpers)
    }

    /// Returns the error since the last call, and clears it.
    func takeFailure() -> CellarError? {
        defer { failure = nil }
        return failure
    }

    func checkFailure() throws(CellarError) {
        if let failure = takeFailure() { throw failure }
    }

    func random(for call: Int) -> CountedRandomNumbers {
        CountedRandomNumbers(seed: seed, stream: call, step: iteration)
    }
}
