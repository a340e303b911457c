import CBLAS

/// Which factor of a product is meant transposed.
public enum Transposed { case none, first, second }

/// c = a · b + beta · c, row-major: [m, k] · [k, n] -> [m, n]. A transposed factor lies in memory as [k, m] or [n, k].
public func multiply(
    _ a: Floats, _ b: Floats, into c: Floats, beta: Float = 0, m: Int, n: Int, k: Int,
    transposed: Transposed = .none
) {
    precondition(a.count >= m * k && b.count >= k * n && c.count >= m * n, "[\(m), \(k)] · [\(k), \(n)]")
    guard m > 0 && n > 0 else { return }
    unsafe cblas_sgemm(
        CblasRowMajor, transposed == .first ? CblasTrans : CblasNoTrans,
        transposed == .second ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
        a.base, blasint(transposed == .first ? m : k), b.base, blasint(transposed == .second ? k : n), beta,
        c.base,
        blasint(n))
}

/// OpenBLAS must not start threads of its own inside ours; it is told so before the first product.
package func useOneBLASThread() { openblas_set_num_threads(1) }

/// The name of the kernels that OpenBLAS chose for this processor, as "SkylakeX".
public func blasKernelName() -> String {
    unsafe openblas_get_corename().map { unsafe String(cString: $0) } ?? "unknown"
}
