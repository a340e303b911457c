import Base
import Tensors

/// Per-thread state of a training or inference run.
public final class WorkerState: @unchecked Sendable {
    let index: Int
    /// The threads of all workers. Each computes its own samples.
    let pool: ThreadPool
    /// The threads that share layers (`ColumnSplit`), if there is only one worker.
    let helpers: ThreadPool?
    /// The number of samples of the current batch that this worker computes, and the index of the first one.
    var rows = 0
    var firstRow = 0
    /// The number of samples of the current batch in all workers.
    var batchRows = 0
    /// The indices of this worker's samples in the data, for messages.
    var dataRows: ArraySlice<Int> = []
    var training = false
    /// The number of the training step since the start of the run. With the seed, it determines the random
    /// numbers of layers such as Dropout.
    var iteration = 0
    var seed = 0
    /// The sum of the penalties on activations in the current batch, over samples.
    var addedLoss = 0.0
    /// The first error that a call found in the data of the current batch, such as an id out of range.
    var failure: CellarError?
    /// The learning rate of plain gradient descent, if calls update weights while they compute gradients.
    var fusedRate: Float?

    init(index: Int, pool: ThreadPool, helpers: ThreadPool? = nil) {
        (self.index, self.pool, self.helpers) = (index, pool, helpers)
    }

    /// Returns the error since the last call and clears it.
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
