import CKernels

/// Adam for the kernel of a layer that skips zeros, combined with the kernel's gradient. A row that no sample
/// of a batch touches has no gradient, but its weights still change, because m and v decay. It makes up for
/// all missed steps when it is touched next. The bits are the same, and a third of the kernel is neither read
/// nor written. A row that was never touched does not change.
///
/// One step: `begin`, `prepare`, then `step` or, for a batch without zeros, Adam over the whole kernel, then
/// `end`.
@safe public final class DeferredAdam: @unchecked Sendable {
    /// The maximum number of samples in a step.
    public static let largestBatch = 64

    private let rows: Int
    private var kernel: ck_adam_rows
    /// The number of finished steps, although some rows may be behind.
    private var finished = 0
    /// True between `begin` and `end`.
    public private(set) var isStepping = false
    /// True if the current step is computed already.
    public private(set) var hasStepped = false

    /// - Parameter w, m, v: The kernel [rows, columns] and its slots, with `stride` numbers per row. Their
    ///   arenas must outlive this object.
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

    /// Marks the slots as changed elsewhere, after `steps` steps.
    public func reset(steps: Int) {
        finished = steps
        unsafe kernel.done.update(repeating: Int32(steps), count: rows)
    }

    /// Begins a step with the step size `alpha`.
    public func begin(alpha: Float) {
        let slot = (finished + 1) % CK_ADAM_STEPS
        unsafe withUnsafeMutableBytes(of: &kernel.alphas) {
            unsafe $0.storeBytes(of: alpha, toByteOffset: slot * MemoryLayout<Float>.stride, as: Float.self)
        }
        (isStepping, hasStepped) = (true, false)
    }

    /// Brings the rows that a batch touches, or all rows, up to the last finished step.
    public func prepare(for places: NonzeroPlaces?) {
        unsafe ck_adam_catch_up(&kernel, rows, places?.touched, Int32(finished))
    }

    /// Computes the gradient xᵀ · d and applies the step to the touched rows. The row stride of d is
    /// `dStride`.
    public func step(_ x: Floats, _ d: Floats, dStride: Int, _ places: NonzeroPlaces) {
        let count = x.count / rows
        precondition(places.columns == rows && count <= DeferredAdam.largestBatch && x.count == count * rows)
        unsafe precondition(dStride >= kernel.n && d.count >= (count - 1) * dStride + kernel.n)
        unsafe ck_adam_touched(
            &kernel, count, rows, x.base, places.touched, d.base, dStride, Int32(finished + 1))
        hasStepped = true
    }

    /// Ends the step. Without `step`, the whole kernel must have been updated elsewhere.
    public func end() {
        isStepping = false
        finished += 1
        if !hasStepped { reset(steps: finished) }
        if finished % CK_ADAM_STEPS == 0 { prepare(for: nil) }
    }
}
