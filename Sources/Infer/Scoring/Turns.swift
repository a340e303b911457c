import Glibc

/// Numbers as at a counter: several threads come, and each is served when its number is called.
@safe final class Turns {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var called = 0

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

    /// Serves whoever comes, one at a time, and returns the number under which it was done, counted from 0.
    func take(_ body: () -> Void) -> Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        body()
        called += 1
        return called - 1
    }

    /// Waits until all lower numbers are done, and is then served. Each number must come once.
    func wait(for number: Int, _ body: () -> Void) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while called != number { unsafe pthread_cond_wait(changed, mutex) }
        body()
        called += 1
        unsafe pthread_cond_broadcast(changed)
    }
}
