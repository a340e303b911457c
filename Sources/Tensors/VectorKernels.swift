import CKernels
import Glibc

// Each function checks its sizes and calls the C loop with the same meaning. Sizes are in numbers, not bytes.

/// Copies `rows` rows of `length` numbers: from `x` at `start`, `step` numbers apart, to `y` at `place`, `stride` apart.
public func copyRows(
    _ rows: Int, of length: Int, from x: Floats, start: Int = 0, step: Int, to y: Floats, place: Int = 0,
    stride: Int
) {
    if rows == 0 || length == 0 { return }
    let (x, y) = (
        x[start..<start + (rows - 1) * step + length], y[place..<place + (rows - 1) * stride + length]
    )
    unsafe ck_copy_rows(x.base, step, y.base, stride, rows, length)
}

/// Gathers the given rows of `samples` as floats. Bytes become `byte * scale + offset`.
public func gather(
    _ samples: Samples, rows: ArraySlice<Int>, scale: Float = 1, offset: Float = 0, into out: Floats
) {
    let size = samples.size
    precondition(out.count >= rows.count * size)
    for row in rows { precondition(row >= 0 && row < samples.count) }
    unsafe rows.withUnsafeBufferPointer { rows in
        guard let start = rows.baseAddress else { return }
        unsafe start.withMemoryRebound(to: Int64.self, capacity: rows.count) { start in
            switch samples.storage {
            case .bytes(let all):
                unsafe ck_gather_bytes(all, start, rows.count, size, scale, offset, out.base)
            case .floats(let all): unsafe ck_gather_floats(all, start, rows.count, size, out.base)
            case .texts: preconditionFailure("texts become numbers before they are gathered")
            }
        }
    }
}

/// sum += a
public func add(_ a: Floats, to sum: Floats) {
    precondition(a.count == sum.count)
    unsafe ck_add(a.base, sum.base, a.count)
}

/// y = x * scale + shift
public func scaleShift(_ x: Floats, scale: Float, shift: Float, into y: Floats) {
    precondition(x.count == y.count)
    unsafe ck_scale_shift(x.base, scale, shift, y.base, x.count)
}

/// y = x * scale + shift with a scale and a shift per column; x and y are [rows, columns].
public func scaleShift(_ x: Floats, columnScales: Floats, columnShifts: Floats, into y: Floats) {
    let columns = columnScales.count
    precondition(columnShifts.count == columns && x.count == y.count && x.count % columns == 0)
    unsafe ck_scale_shift_columns(
        x.base, columnScales.base, columnShifts.base, y.base, x.count / columns, columns)
}

/// y = a * b
public func multiplyElements(_ a: Floats, _ b: Floats, into y: Floats) {
    precondition(a.count == b.count && b.count == y.count)
    unsafe ck_multiply(a.base, b.base, y.base, y.count)
}

public func relu(_ y: Floats) { unsafe ck_relu(y.base, y.count) }

/// dx = dy where y > 0, else 0
public func reluBackward(_ dy: Floats, y: Floats, into dx: Floats) {
    precondition(dy.count == y.count && dx.count == y.count)
    unsafe ck_relu_backward(dy.base, y.base, dx.base, y.count)
}

/// dx = dy · (1 − y²)
public func tanhBackward(_ dy: Floats, y: Floats, into dx: Floats) {
    precondition(dy.count == y.count && dx.count == y.count)
    unsafe ck_tanh_backward(dy.base, y.base, dx.base, y.count)
}

/// dx = dy · y · (1 − y)
public func sigmoidBackward(_ dy: Floats, y: Floats, into dx: Floats) {
    precondition(dy.count == y.count && dx.count == y.count)
    unsafe ck_sigmoid_backward(dy.base, y.base, dx.base, y.count)
}

/// y += row, for each row of y [rows, columns]; then y = max(y, 0) if `relu`.
public func addRow(_ row: Floats, to y: Floats, relu: Bool = false) {
    precondition(y.count % row.count == 0)
    if relu {
        unsafe ck_add_row_relu(row.base, y.base, y.count / row.count, row.count)
    } else {
        unsafe ck_add_row(row.base, y.base, y.count / row.count, row.count)
    }
}

/// sums[c] = Σ over rows of x[·, c]
public func columnSums(_ x: Floats, into sums: Floats) {
    precondition(x.count % sums.count == 0)
    unsafe ck_column_sums(x.base, sums.base, x.count / sums.count, sums.count)
}

/// Σ x
public func sum(_ x: Floats) -> Float {
    var sum: Float = 0
    unsafe ck_column_sums(x.base, &sum, x.count, 1)
    return sum
}

/// sums[c] = Σ over rows of (x[·, c] − mean[c])²
public func columnSquares(_ x: Floats, mean: Floats, into sums: Floats) {
    precondition(x.count % sums.count == 0 && mean.count == sums.count)
    unsafe ck_column_squares(x.base, mean.base, sums.base, x.count / sums.count, sums.count)
}

/// sums[c] = Σ over rows of a[·, c] · b[·, c]
public func columnProducts(_ a: Floats, _ b: Floats, into sums: Floats) {
    precondition(a.count % sums.count == 0 && a.count == b.count)
    unsafe ck_column_products(a.base, b.base, sums.base, a.count / sums.count, sums.count)
}

/// sums[c] = Σ over rows of a[·, c], products[c] = Σ over rows of a[·, c] · b[·, c]
public func columnSums(_ a: Floats, into sums: Floats, products b: Floats, into products: Floats) {
    precondition(a.count % sums.count == 0 && a.count == b.count && products.count == sums.count)
    unsafe ck_column_sums_products(
        a.base, b.base, sums.base, products.base, a.count / sums.count, sums.count)
}

/// xhat = (x − mean) · inverse, and y = xhat · scale + shift, by columns
public func normalize(
    _ x: Floats, mean: Floats, inverse: Floats, into xhat: Floats, scale: Floats, shift: Floats,
    into y: Floats
) {
    let columns = mean.count
    precondition(x.count == xhat.count && x.count == y.count && x.count % columns == 0)
    precondition(inverse.count == columns && scale.count == columns && shift.count == columns)
    unsafe ck_normalize(
        x.base, mean.base, inverse.base, scale.base, shift.base, xhat.base, y.base, x.count / columns, columns
    )
}

/// dx = factor · (dy − meanDy − xhat · meanDyXhat), by columns
public func normalizeBackward(
    _ dy: Floats, xhat: Floats, factor: Floats, meanDy: Floats, meanDyXhat: Floats, into dx: Floats
) {
    let columns = factor.count
    precondition(dy.count == xhat.count && dy.count == dx.count && dy.count % columns == 0)
    precondition(meanDy.count == columns && meanDyXhat.count == columns)
    unsafe ck_normalize_backward(
        dy.base, xhat.base, factor.base, meanDy.base, meanDyXhat.base, dx.base, dy.count / columns, columns)
}

/// Softmax and cross-entropy of logits z [rows, width] with the classes of `samples`. z becomes
/// probabilities; `gradient` receives (p − target) · each. Returns the sum of the losses and the number of
/// correct predictions.
public func softmaxCrossEntropy(
    _ z: Floats, width: Int, classes: [Int32], samples: ArraySlice<Int>, each: Float, gradient: Floats?
) -> (loss: Double, correct: Double) {
    precondition(z.count == samples.count * width && gradient?.count ?? z.count == z.count)
    for sample in samples { precondition(sample >= 0 && sample < classes.count) }
    var (loss, correct) = (0.0, 0.0)
    unsafe samples.withUnsafeBufferPointer { samples in
        guard let start = samples.baseAddress else { return }
        unsafe start.withMemoryRebound(to: Int64.self, capacity: samples.count) { start in
            unsafe ck_softmax_cross_entropy(
                z.base, gradient?.base, samples.count, width, classes, start, each, &loss, &correct)
        }
    }
    return (loss, correct)
}

/// w −= lr · g
public func stepSGD(_ w: Floats, gradient g: Floats, learningRate: Float) {
    precondition(w.count == g.count)
    unsafe ck_sgd(w.base, g.base, learningRate, w.count)
}

/// v = momentum · v − lr · g; w += v, or with Nesterov w += momentum · v − lr · g
public func stepMomentum(
    _ w: Floats, gradient g: Floats, velocity v: Floats, learningRate: Float, momentum: Float, nesterov: Bool
) {
    precondition(w.count == g.count && v.count == g.count)
    unsafe ck_momentum(w.base, g.base, v.base, learningRate, momentum, nesterov ? 1 : 0, w.count)
}

/// From this value on, Adam's divisors are large enough for a reciprocal estimate with a Newton step instead
/// of a division.
public let smallestQuickEpsilon: Float = 1e-12

/// m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= alpha · m / (√v + ε), with max(v) so far where `largest` is given
public func stepAdam(
    _ w: Floats, gradient g: Floats, m: Floats, v: Floats, largest: Floats?, alpha: Float, beta1: Float,
    beta2: Float,
    epsilon: Float
) {
    precondition(w.count == g.count && m.count == g.count && v.count == g.count)
    precondition(largest.map { $0.count == g.count } ?? true)
    var options = ck_adam_options(one_minus_beta1: 1 - beta1, one_minus_beta2: 1 - beta2, epsilon: epsilon)
    if largest == nil && epsilon >= smallestQuickEpsilon {
        unsafe ck_adam(w.base, g.base, m.base, v.base, w.count, alpha, &options)
    } else {
        unsafe ck_adam_exact(w.base, g.base, m.base, v.base, largest?.base, alpha, &options, w.count)
    }
}

/// v = ρv + (1−ρ)g²; w −= lr · g / √v, with the mean gradient taken off v and momentum where their slots are given
public func stepRMSprop(
    _ w: Floats, gradient g: Floats, v: Floats, meanGradient: Floats?, velocity: Floats?, learningRate: Float,
    rho: Float, momentum: Float, epsilon: Float, epsilonOutsideRoot: Bool
) {
    precondition(w.count == g.count && v.count == g.count)
    precondition((meanGradient?.count ?? w.count) == w.count && (velocity?.count ?? w.count) == w.count)
    unsafe ck_rmsprop(
        w.base, g.base, v.base, meanGradient?.base, velocity?.base, learningRate, rho, momentum, epsilon,
        epsilonOutsideRoot ? 1 : 0, w.count)
}

func boxMuller(radius: Float, angle: Float) -> Float { (-2 * log(radius)).squareRoot() * cos(angle) }
