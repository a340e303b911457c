import Base
import Trainer

/// A run without a network, whose weights are the number of the epoch.
final class FakeRun: TrainingRun {
    var learningRate = 0.3
    var weights = 0
    var stopped: String?
    var saved: [String] = []
    var notes: [String] = []

    func stop(_ reason: String) { stopped = reason }
    func rememberWeights() -> () -> Void {
        let kept = weights
        return { [unowned self] in self.weights = kept }
    }
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError) {
        saved.append(path)
    }
    func note(_ line: String) { notes.append(line) }
}
