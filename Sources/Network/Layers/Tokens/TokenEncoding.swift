import Base
import Tensors

/// The output format of CategoryEncoding, Discretization and IntegerLookup. Source: Keras' `output_mode`.
struct TokenEncoding: Equatable, Sendable {
    enum Mode: String, Sendable, CaseIterable {
        /// The tokens themselves.
        case int
        /// A vector for each token, with a 1 at the token's index.
        case oneHot = "one_hot"
        /// One vector for all tokens of the last axis: 1 for each token that occurs, or (in mode count) the
        /// number of occurrences.
        case multiHot = "multi_hot"
        case count
        /// The number of occurrences times a weight of the token.
        case tfIdf = "tf_idf"
    }

    var mode: Mode
    /// The number of different tokens.
    var depth: Int

    func outputShape(_ input: [Int]) -> [Int] {
        switch mode {
        case .int: input
        case .oneHot: (input.last == 1 ? input.dropLast() : input) + [depth]
        case .multiHot, .count, .tfIdf: input.dropLast() + [depth]
        }
    }

    /// Returns the encoding of tokens, `size` in a row; -1 is no token.
    func encode(_ tokens: [Int], size: Int, weights: [Float]?) -> [Float] {
        if mode == .int { return tokens.map { Float(max($0, 0)) } }
        let together = mode == .oneHot ? 1 : size
        var numbers = [Float](repeating: 0, count: tokens.count / together * depth)
        for (index, token) in tokens.enumerated() where token >= 0 {
            let place = index / together * depth + token
            switch mode {
            case .count: numbers[place] += 1
            case .tfIdf: numbers[place] += weights?[token] ?? 0
            default: numbers[place] = 1
            }
        }
        return numbers
    }

    /// Writes the encoding of inputs [.., n]; `number` returns the token of an input, or nil if it has none.
    ///
    /// - weights: The amount that each input adds to the count of its token, instead of 1.
    func write(_ call: CallMemory, weights: Floats? = nil, number: (Float, _ sample: Int) -> Int?) {
        let (x, y) = (call.x(), call.y)
        let perSample = max(x.count / max(call.rows, 1), 1)
        guard mode != .int else {
            for i in 0..<x.count { y[i] = number(x[i], i / perSample).map(Float.init) ?? 0 }
            return
        }
        y.fill(0)
        let together = mode == .oneHot ? 1 : call.inputShapes[0].last ?? 1
        for i in 0..<x.count {
            guard let token = number(x[i], i / perSample) else { continue }
            let place = i / together * depth + token
            if let weights { y[place] += weights[i] } else { y[place] = mode == .count ? y[place] + 1 : 1 }
        }
    }
}

extension LayerConfig {
    /// - hasWeights: True for a layer with the mode tf_idf.
    mutating func tokenMode(
        default standard: TokenEncoding.Mode, isInt: Bool, hasWeights: Bool = false
    ) throws(CellarError) -> TokenEncoding.Mode {
        let modes = TokenEncoding.Mode.allCases.filter {
            (isInt || $0 != .int) && (hasWeights || $0 != .tfIdf)
        }
        let found = value("output_mode")?.string?.replacing("-", with: "_")
        if found == "tf_idf", !hasWeights {
            throw error("output_mode tf_idf is not supported", key: "output_mode")
        }
        // Older releases used another name for it.
        let word = found == "binary" ? "multi_hot" : found ?? standard.rawValue
        guard let mode = modes.first(where: { $0.rawValue == word }) else {
            throw error(
                "output_mode is \"\(word)\"; known are \(modes.map(\.rawValue).joined(separator: ", "))",
                key: "output_mode")
        }
        if try bool("sparse", default: false) {
            throw error("gives out sparse tensors, which is not supported", key: "sparse")
        }
        return mode
    }
}

extension Layer {
    /// The shape of the encoding; throws if it would make samples too large.
    func encodedShape(_ encoding: TokenEncoding, _ inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        guard !input.isEmpty else { throw CellarError("needs an input with a last axis", subject: subject) }
        let shape = encoding.outputShape(input)
        try checkSize(shape, "the output", subject: subject)
        return shape
    }
}
