import CKernels

// Loops of individual layer classes. As in VectorKernels, each function checks its sizes and calls the C
// loop.

/// y = x above the threshold, at most `highest`; slope · (x − threshold) elsewhere. y may be x.
public func rectify(_ x: Floats, slope: Float, threshold: Float, highest: Float, into y: Floats) {
    precondition(x.count == y.count)
    unsafe ck_rectify(x.base, y.base, x.count, slope, threshold, highest)
}

/// dx = dy times the slope of `rectify` at x
public func rectifyBackward(
    _ dy: Floats, x: Floats, slope: Float, threshold: Float, highest: Float, into dx: Floats
) {
    precondition(dy.count == x.count && dx.count == x.count)
    unsafe ck_rectify_backward(dy.base, x.base, dx.base, x.count, slope, threshold, highest)
}

/// y = a − b
public func subtract(_ a: Floats, _ b: Floats, into y: Floats) {
    precondition(a.count == b.count && b.count == y.count)
    unsafe ck_subtract(a.base, b.base, y.base, y.count)
}

/// y = max(y, a)
public func maximum(_ a: Floats, with y: Floats) {
    precondition(a.count == y.count)
    unsafe ck_maximum(a.base, y.base, y.count)
}

/// y = min(y, a)
public func minimum(_ a: Floats, with y: Floats) {
    precondition(a.count == y.count)
    unsafe ck_minimum(a.base, y.base, y.count)
}

/// dx = dy where x equals y, else 0. Sets dy to 0 there, so that the gradient goes to the first of several
/// equal values.
public func route(_ dy: Floats, where x: Floats, is y: Floats, into dx: Floats) {
    precondition(x.count == y.count && dy.count == y.count && dx.count == y.count)
    unsafe ck_route(x.base, y.base, dy.base, dx.base, y.count)
}

/// The scaling of rows.
public enum RowScaling: Sendable {
    /// (x − mean) / √(variance + ε)
    case standard
    /// x / √(mean of squares + ε)
    case rootMeanSquare
    /// x / √max(sum of squares, ε)
    case length

    fileprivate var c: ck_scaling {
        switch self {
        case .standard: CK_STANDARD
        case .rootMeanSquare: CK_RMS
        case .length: CK_LENGTH
        }
    }
}

/// Computes x̂ for each row of `width` numbers; `inverses` receives one factor per row. xhat may be x.
public func scaleRows(
    _ x: Floats, width: Int, epsilon: Float, _ scaling: RowScaling, into xhat: Floats, inverses: Floats
) {
    precondition(x.count == xhat.count && x.count == inverses.count * width)
    unsafe ck_scale_rows(x.base, xhat.base, inverses.base, inverses.count, width, epsilon, scaling.c)
}

/// Computes the gradient at x from the gradient at x̂, possibly in place.
public func scaleRowsBackward(
    _ dxhat: Floats, xhat: Floats, inverses: Floats, width: Int, epsilon: Float, _ scaling: RowScaling,
    into dx: Floats
) {
    precondition(dxhat.count == xhat.count && dx.count == xhat.count && xhat.count == inverses.count * width)
    unsafe ck_scale_rows_backward(
        dxhat.base, xhat.base, inverses.base, dx.base, inverses.count, width, epsilon, scaling.c)
}
