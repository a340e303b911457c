import Base
import Trainer

/// A run without a network, whose weights are the number of the epoch.
final class FakeRun: TrainingRun {
    var learningRate = 0.3
    var weights = 0
    var stopped: String?
    var saved: [String] = []
    var registered: [String] = []
    var notes: [String] = []

    func stop(_ reason: String) { stopped = reason }
    func rememberWeights(after epoch: Int) -> RememberedWeights {
        let kept = weights
        return RememberedWeights(epoch: epoch) { [unowned self] in self.weights = kept }
    }
    func weights(afterEarlier epoch: Int) -> RememberedWeights? {
        RememberedWeights(epoch: epoch) { [unowned self] in self.weights = epoch }
    }
    func restore(_ remembered: RememberedWeights) { remembered.restore() }
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError) {
        saved.append(path)
    }
    func checkpointSaved(_ path: String) throws(CellarError) { registered.append(path) }
    func note(_ line: String) { notes.append(line) }
}
