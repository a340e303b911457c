import CKernels

// Optimizer steps, one pass over flat parameters. The optimizers in Network document the formulas.

/// a += g²; w −= lr · g / √(a + ε), or with ε outside of the root
public func stepAdagrad(
    _ w: Floats, gradient g: Floats, sum a: Floats, learningRate: Float, epsilon: Float,
    epsilonOutsideRoot: Bool
) {
    precondition(w.count == g.count && a.count == g.count)
    unsafe ck_adagrad(w.base, g.base, a.base, learningRate, epsilon, epsilonOutsideRoot ? 1 : 0, w.count)
}

/// a = ρa + (1−ρ)g²; u = g · √(d + ε) / √(a + ε); d = ρd + (1−ρ)u²; w −= lr · u
public func stepAdadelta(
    _ w: Floats, gradient g: Floats, squares a: Floats, updates d: Floats, learningRate: Float, rho: Float,
    epsilon: Float
) {
    precondition(w.count == g.count && a.count == g.count && d.count == g.count)
    unsafe ck_adadelta(w.base, g.base, a.base, d.base, learningRate, rho, epsilon, w.count)
}

/// m += (g − m)(1 − β₁); u = max(β₂·u, |g|); w −= alpha · m / (u + ε)
public func stepAdamax(
    _ w: Floats, gradient g: Floats, m: Floats, largest u: Floats, alpha: Float, beta1: Float, beta2: Float,
    epsilon: Float
) {
    precondition(w.count == g.count && m.count == g.count && u.count == g.count)
    unsafe ck_adamax(w.base, g.base, m.base, u.base, alpha, 1 - beta1, beta2, epsilon, w.count)
}

/// m and v as Adam's; w −= lr · (momentumFactor · m + gradientFactor · g) / (√(v / correction) + ε)
public func stepNadam(
    _ w: Floats, gradient g: Floats, m: Floats, v: Floats, learningRate: Float, beta1: Float, beta2: Float,
    momentumFactor: Float, gradientFactor: Float, correction: Float, epsilon: Float
) {
    precondition(w.count == g.count && m.count == g.count && v.count == g.count)
    unsafe ck_nadam(
        w.base, g.base, m.base, v.base, learningRate, 1 - beta1, 1 - beta2, momentumFactor, gradientFactor,
        correction, epsilon, w.count)
}

/// a' = a + g²; z += g + 2·s·w − (a'^−p − a^−p) / lr · w; w = (clip(z, −l1, l1) − z) / (a'^−p / lr + 2·l2)
public func stepFtrl(
    _ w: Floats, gradient g: Floats, sum a: Floats, linear z: Floats, learningRate: Float, power: Float,
    l1: Float, l2: Float, l2Shrinkage: Float
) {
    precondition(w.count == g.count && a.count == g.count && z.count == g.count)
    unsafe ck_ftrl(w.base, g.base, a.base, z.base, learningRate, power, l1, l2, l2Shrinkage, w.count)
}

/// x = min(max(x, −limit), limit)
public func clip(_ x: Floats, to limit: Float) { unsafe ck_clip(x.base, limit, x.count) }

/// Σ x², in float64.
public func squaredLength(_ x: Floats) -> Double { unsafe ck_squared_length(x.base, x.count) }
