import CKernels

/// Adam on the kernel of a layer that skips zeros, together with the kernel's gradient. A row that no sample of a batch
/// touches has no gradient, but its weights still move, since m and v only decay. These steps are done when the row is
/// touched next, all at once: the same bits, and a third of the kernel is neither read nor written. A row that was never
/// touched does not move at all.
///
/// One step: `begin`, `prepare`, then either `step` or, for a batch without zeros, Adam over all of the kernel, and `end`.
@safe public final class DeferredAdam: @unchecked Sendable {
    /// The most samples of a step.
    public static let largestBatch = 64

    private let rows: Int
    private var kernel: ck_adam_rows
    /// Finished steps, though not for every row.
    private var finished = 0
    /// Between `begin` and `end`.
    public private(set) var isStepping = false
    /// Whether the current step has been computed.
    public private(set) var hasStepped = false

    /// - w, m, v: the kernel [rows, columns] and its slots, with `stride` numbers from row to row. Their arenas must live
    ///   as long.
    public init(
        w: Floats, m: Floats, v: Floats, rows: Int, columns: Int, stride: Int, beta1: Float, beta2: Float,
        epsilon: Float
    ) {
        precondition(rows > 0 && columns <= stride && w.count >= (rows - 1) * stride + columns)
        precondition(m.count == w.count && v.count == w.count)
        self.rows = rows
        let done = UnsafeMutablePointer<Int32>.allocate(capacity: rows)
        unsafe done.initialize(repeating: -1, count: rows)
        unsafe kernel = ck_adam_rows()
        unsafe (kernel.w, kernel.m, kernel.v, kernel.done) = (w.base, m.base, v.base, done)
        unsafe (kernel.n, kernel.stride) = (columns, stride)
        unsafe kernel.options = ck_adam_options(
            one_minus_beta1: 1 - beta1, one_minus_beta2: 1 - beta2, epsilon: epsilon)
    }

    deinit { unsafe kernel.done.deallocate() }

    /// Starts anew after `steps` steps: the slots may hold anything.
    public func reset(steps: Int) {
        finished = steps
        unsafe kernel.done.update(repeating: Int32(steps), count: rows)
    }

    /// Begins a step of the size `alpha`.
    public func begin(alpha: Float) {
        let slot = (finished + 1) % CK_ADAM_STEPS
        unsafe withUnsafeMutableBytes(of: &kernel.alphas) {
            unsafe $0.storeBytes(of: alpha, toByteOffset: slot * MemoryLayout<Float>.stride, as: Float.self)
        }
        (isStepping, hasStepped) = (true, false)
    }

    /// Brings the rows that a batch touches, or all, up to the last finished step.
    public func prepare(for places: NonzeroPlaces?) {
        unsafe ck_adam_catch_up(&kernel, rows, places?.touched, Int32(finished))
    }

    /// The gradient xᵀ · d, and with it the step of the rows that the batch touches. d's rows are `dStride` apart.
    public func step(_ x: Floats, _ d: Floats, dStride: Int, _ places: NonzeroPlaces) {
        let count = x.count / rows
        precondition(places.columns == rows && count <= DeferredAdam.largestBatch && x.count == count * rows)
        unsafe precondition(dStride >= kernel.n && d.count >= (count - 1) * dStride + kernel.n)
        unsafe ck_adam_touched(
            &kernel, count, rows, x.base, places.touched, d.base, dStride, Int32(finished + 1))
        hasStepped = true
    }

    /// Ends the step. Without a call of `step`, the whole kernel was stepped by the optimizer.
    public func end() {
        isStepping = false
        finished += 1
        if !hasStepped { reset(steps: finished) }
        if finished % CK_ADAM_STEPS == 0 { prepare(for: nil) }
    }
}
