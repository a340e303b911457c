import Base
import Tensors

/// What the steps of one thread share while they run.
public final class Lane: @unchecked Sendable {
    let index: Int
    /// The lanes' threads: each computes its own samples.
    let team: Team
    /// Threads that share layers (`ColumnSplit`), where there is only one lane.
    let helpers: Team?
    /// Samples of the current batch that this lane computes, and where they begin in the batch.
    var rows = 0
    var firstRow = 0
    /// Samples of the current batch in all lanes.
    var batchRows = 0
    /// Where this lane's samples stand in the data, for messages.
    var dataRows: ArraySlice<Int> = []
    var training = false
    /// Numbers the training steps from the start of the run: with the seed it determines what Dropout draws.
    var iteration = 0
    var seed = 0
    /// What layers add to the loss of the current batch: penalties on activations, summed over samples.
    var addedLoss = 0.0
    /// What a layer found wrong with the numbers of the current batch, such as an id that no table has.
    var failure: CellarError?
    /// The learning rate of plain gradient descent, while kernels are updated as their gradients are computed.
    var fusedRate: Float?

    init(index: Int, team: Team, helpers: Team? = nil) {
        (self.index, self.team, self.helpers) = (index, team, helpers)
    }

    /// What a layer has found wrong since the last call.
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
