import Glibc

/// Runs closures from several threads in ticket order.
@safe final class OrderedGate {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var next = 0

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone and returns its ticket, counted from 0.
    func take(_ body: () -> Void) -> Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        body()
        next += 1
        return next - 1
    }

    /// Runs `body` after the bodies of all lower tickets. Each ticket must be used once.
    func wait(for ticket: Int, _ body: () -> Void) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while next != ticket { unsafe pthread_cond_wait(changed, mutex) }
        body()
        next += 1
        unsafe pthread_cond_broadcast(changed)
    }
}
