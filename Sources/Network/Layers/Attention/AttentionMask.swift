import Tensors

/// The keys that a query may attend to: the combination of the inputs' masks, a causal mask and a sliding
/// window.
///
/// The score of a masked key becomes −10⁹, or is decreased by it (see `Hiding`), so that a query attends to masked keys only if
/// all of its keys are masked.
struct AttentionMask {
    /// A mask of [rows, size] and the number of positions per sample; several positions may share one mask
    /// value.
    struct Part {
        let numbers: Floats
        let size, positions: Int

        init?(_ call: CallMemory, _ input: Int, positions: Int) {
            guard let numbers = call.mask(input) else { return nil }
            (self.numbers, self.positions) = (numbers, positions)
            size = numbers.count / max(call.rows, 1)
        }

        func hides(_ row: Int, _ position: Int) -> Bool {
            numbers[row * size + position * size / positions] == 0
        }
    }

    /// The change of the score of a masked key.
    enum Hiding {
        /// The number takes its place: MultiHeadAttention from Keras 3.7 on. A query whose keys are all masked attends to all of
        /// them equally.
        case by(Float)
        /// The number is added in float32, where the sum with -1e9 is rounded to a multiple of 64: in all others. A query whose
        /// keys are all masked attends to all of them equally where the scores are small.
        case adding(Float)
    }

    var queries, keys, values: Part?
    /// Whether a query attends only to keys that are not later than itself.
    var isCausal = false
    /// The distance from the query at and beyond which keys are masked; nil for no limit.
    var window: Int?

    var isEmpty: Bool { queries == nil && keys == nil && values == nil && !isCausal && window == nil }

    /// Hides the masked elements of scores [queries, keys]; `query(t)` and `key(s)` are positions in the sample.
    func hide(
        _ scores: Floats, _ hiding: Hiding, row: Int, keys count: Int, query: (Int) -> Int, key: (Int) -> Int
    ) {
        guard !isEmpty, count > 0 else { return }
        let (value, adds) =
            switch hiding {
            case .by(let value): (value, false)
            case .adding(let value): (value, true)
            }
        for t in 0..<scores.count / count {
            let line = scores[t * count..<(t + 1) * count]
            if queries?.hides(row, query(t)) == true {
                for s in 0..<count { line[s] = adds ? line[s] + value : value }
                continue
            }
            for s in 0..<count {
                let far = window.map { abs(t - s) >= $0 } ?? false
                if far || isCausal && s > t || values?.hides(row, key(s)) == true
                    || keys?.hides(row, key(s)) == true
                {
                    line[s] = adds ? line[s] + value : value
                }
            }
        }
    }
}

/// Dropout of attention weights, drawn by index: the backward pass draws the same factors again instead of
/// storing them.
struct AttentionDropout {
    let rate: Double
    let random: CountedRandomNumbers

    init?(_ call: CallMemory, rate: Double) {
        guard call.training, rate > 0 else { return nil }
        (self.rate, random) = (rate, call.worker.random(for: call.index))
    }

    /// y = x · factors, where `place` is the index of x[0] among all attention weights of the batch.
    func apply(_ x: Floats, at place: Int, into y: Floats) {
        let keep = rate < 1 ? Float(1 / (1 - rate)) : 0
        for i in 0..<x.count { y[i] = random.uniform(place + i) < Float(rate) ? 0 : x[i] * keep }
    }
}
