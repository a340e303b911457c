import Cellar
import CommandSupport
import Synchronization

/// Shows a run on standard error, as Keras does.
final class TrainingBar: Sendable {
    private let bar = Mutex(ProgressBar())

    func show(_ event: ProgressEvent) {
        bar.withLock { bar in
            switch event {
            case .epochBegan(let epoch, let epochs, let steps):
                bar.begin(epoch: epoch, of: epochs, steps: steps)
            case .batchEnded(let step, let values): bar.update(step: step, values)
            case .epochEnded(let values): bar.end(values)
            case .note(let line): printError(line)
            default: break
            }
        }
    }

    /// Goes to a new line where a bar stands unfinished.
    func interrupt() { bar.withLock { $0.interrupt() } }
}
