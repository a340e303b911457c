import CommandSupport
import Trainer

/// Shows a run on standard error, as Keras does.
final class Progress: FitObserver {
    private var bar = ProgressBar()

    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {
        bar.begin(epoch: epoch, of: epochs, steps: steps)
    }

    func batchEnded(_ step: Int, _ values: @autoclosure () -> EpochLogs) {
        bar.update(step: step, Self.values(values()))
    }

    func epochEnded(_ logs: EpochLogs) { bar.end(Self.values(logs)) }

    func note(_ line: String) { printError(line) }

    func interrupt() { bar.interrupt() }

    private static func values(_ logs: EpochLogs) -> ProgressBar.Values {
        logs.entries.map { (name: $0.name, value: $0.value) }
    }
}
