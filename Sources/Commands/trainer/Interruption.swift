import Base
import Glibc
import Synchronization

/// The first SIGINT or SIGTERM ends training after the batch; the second one ends the process at once.
enum Interruption {
    private static let count = Atomic<Int>(0)

    static var isAsked: Bool { count.load(ordering: .relaxed) > 0 }

    static func listen() {
        // Made here, as a signal handler must not make a global.
        _ = isAsked
        // A program that starts this one may have left these signals blocked.
        var kinds = sigset_t()
        unsafe sigemptyset(&kinds)
        for kind in [SIGINT, SIGTERM] { unsafe sigaddset(&kinds, kind) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &kinds, nil)
        for kind in [SIGINT, SIGTERM] {
            signal(kind) { _ in
                guard Interruption.count.add(1, ordering: .relaxed).newValue == 1 else {
                    removeUnfinishedFiles()
                    _exit(130)
                }
                let text: StaticString = "\nEnding after this batch; once more quits at once.\n"
                unsafe _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            }
        }
    }
}
