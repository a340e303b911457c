import Base
import Glibc
import Synchronization

/// The first SIGINT or SIGTERM ends the work after its current step; the second one ends the process at once.
enum Interruption {
    private static let count = Atomic<Int>(0)
    private static let work = Atomic<Int>(0)

    /// The work that the first signal lets end by itself.
    enum Work: Int {
        /// A training, of which the current batch is ended.
        case training
        /// A sweep, of which the trials that are being trained are ended.
        case sweep
        /// A training in a process of mpirun, of which only the first one says what happens.
        case member
        /// A trial in a sweep's worker. A terminal sends Ctrl-C to the workers too, but the sweep decides what becomes of it.
        case trial
    }

    static var isAsked: Bool { count.load(ordering: .relaxed) > 0 }

    static func listen(during work: Work) {
        // Made here, as a signal handler must not make a global.
        _ = isAsked
        Interruption.work.store(work.rawValue, ordering: .relaxed)
        // SIGTERM ends a worker: its coordinator, or a scheduler, sends it to that end.
        let kinds = work == .trial ? [SIGINT] : [SIGINT, SIGTERM]
        // A program that starts this one may have left these signals blocked.
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for kind in kinds { unsafe sigaddset(&set, kind) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        for kind in kinds {
            signal(kind) { _ in
                guard Interruption.count.add(1, ordering: .relaxed).newValue == 1 else {
                    removeUnfinishedFiles()
                    _exit(130)
                }
                let text: StaticString
                switch Interruption.work.load(ordering: .relaxed) {
                case Work.training.rawValue:
                    text = "\nEnding after this batch; once more quits at once.\n"
                case Work.sweep.rawValue:
                    text = "\nEnding after the trials that are being trained; once more quits at once.\n"
                default: return
                }
                unsafe _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            }
        }
    }
}
