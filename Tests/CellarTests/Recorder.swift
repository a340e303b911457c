import Base
import Cellar
import Synchronization

/// Keeps what work reports, and cancels it after the first block if `cancels`.
final class Recorder: Sendable {
    private struct Seen {
        var warnings: [String] = []
        var failures: [CellarError] = []
        var samples: [Int] = []
    }

    private let seen = Mutex(Seen())
    let cancels: Bool

    init(cancels: Bool = false) { self.cancels = cancels }

    var warnings: [String] { seen.withLock { $0.warnings } }
    var failures: [CellarError] { seen.withLock { $0.failures } }
    var samples: [Int] { seen.withLock { $0.samples } }

    var progress: ProgressReporter {
        ProgressReporter(
            warn: { warning in self.seen.withLock { $0.warnings.append(warning) } },
            report: { event in
                self.seen.withLock { seen in
                    switch event {
                    case .samplesDone(let count): seen.samples.append(count)
                    case .failed(let error): seen.failures.append(error)
                    default: break
                    }
                }
            },
            isCancelled: { self.cancels && !self.samples.isEmpty })
    }
}
