import CKernels

/// A fixed set of threads for data-parallel work. The calling thread is number 0; the others are made once and sleep between
/// two runs.
@safe public final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer
    public let count: Int
    // Each thread's part of a sum, for the others to read between two waits.
    private var contributions: [Floats?]

    /// Nil if the system cannot create the threads.
    public init?(count: Int) {
        guard let pool = unsafe ck_team_create(Int32(max(count, 1))) else { return nil }
        (unsafe self.pool, self.count) = (unsafe pool, max(count, 1))
        contributions = Array(repeating: nil, count: self.count)
    }

    deinit { unsafe ck_team_destroy(pool) }

    /// Runs `body(0)` to `body(count - 1)`, each in its thread, and returns when all have.
    /// Meanwhile numbers below 1.2e-38 count as zero, as in TensorFlow: the moments of weights that are no longer
    /// touched would decay into them, and arithmetic there is some hundred times slower.
    public func run(_ body: (Int) -> Void) {
        flushingDenormals { runAll(body) }
    }

    private func runAll(_ body: (Int) -> Void) {
        if count == 1 { return body(0) }
        unsafe call(ck_team_run, body)
    }

    /// Runs `body(0)` to `body(count - 1)`, each of which may run in any thread, and returns when all have.
    /// Each has a thread of its own, unless that one does not begin in time or `isSharing` is false. Not within a run.
    public func share(_ body: (Int) -> Void) {
        if count > 1 && isSharing {
            unsafe call(ck_team_share, body)
        } else {
            for part in 0..<count { body(part) }
        }
    }

    /// Whether `share` uses the other threads now.
    public var isSharing = true

    private func call(
        _ function: (
            OpaquePointer, @convention(c) (UnsafeMutableRawPointer?, Int32) -> Void, UnsafeMutableRawPointer?
        ) -> Void,
        _ body: (Int) -> Void
    ) {
        withoutActuallyEscaping(body) { body in
            var context = body
            unsafe withUnsafeMutablePointer(to: &context) { pointer in
                unsafe function(
                    pool,
                    { context, index in
                        guard let body = unsafe context?.assumingMemoryBound(to: ((Int) -> Void).self) else {
                            return
                        }
                        unsafe body.pointee(Int(index))
                    }, pointer)
            }
        }
    }

    /// A barrier within a run: waits for every thread.
    public func wait() { unsafe ck_team_wait(pool) }

    /// Within a run: computes in `total` the sum of all threads' `part`, added in the order of the threads, so that the result
    /// is reproducible. `total` is the thread's own memory, other than `part`.
    public func sum(_ part: Floats, into total: Floats, thread: Int) {
        if count == 1 { return total.copy(from: part) }
        contributions[thread] = part
        wait()
        total.fill(0)
        for case let part? in contributions { add(part, to: total) }
        wait()
    }
}

/// Runs `body` while this thread treats numbers below 1.2e-38 as zero.
public func flushingDenormals(_ body: () -> Void) {
    let before = ck_flush_denormals()
    defer { ck_restore_denormals(before) }
    body()
}
