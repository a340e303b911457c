import Base
import Tensors

/// Dot-product attention (Luong et al., 2015): scores = scale · q · kᵀ; or, with a `score_mode` of concat,
/// concat_score_weight · Σ tanh(scale · (q + k)). Weights: scale (if `use_scale`), concat_score_weight (if
/// concat), each a single number.
public struct Attention: DenseAttention {
    public static let className = "Attention"
    public var name = "attention"
    public var trainable = true
    public var useScale = false
    public var concatenates = false
    public var dropout = 0.0
    private(set) var maskJoin = MaskJoin.all
    public var useCausalMask = false
    public var returnsScores = false

    public init(useScale: Bool = false, concatenates: Bool = false, dropout: Double = 0) {
        (self.useScale, self.concatenates, self.dropout) = (useScale, concatenates, dropout)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        useScale = try config.bool("use_scale", default: false)
        concatenates = try config.string("score_mode", default: "dot", oneOf: ["dot", "concat"]) == "concat"
        dropout = try config.double("dropout", default: 0, in: 0...1)
        // The name in releases before it became an option of the call.
        useCausalMask = try config.bool("causal", default: false)
        maskJoin = config.maskJoin() ?? .all
        config.ignore("seed")
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "use_scale": .bool(useScale), "score_mode": concatenates ? "concat" : "dot",
        ]
        if dropout > 0 { config["dropout"] = .number(dropout) }
        return config
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        (useScale ? [WeightSpec("scale", shape: [], initializer: .ones)] : [])
            + (concatenates ? [WeightSpec("concat_score_weight", shape: [], initializer: .ones)] : [])
    }

    private func scale(_ weights: [Floats]) -> Float { useScale ? weights[0][0] : 1 }
    private var concatenationWeight: Int { useScale ? 1 : 0 }

    func score(_ group: AttentionGroup, weights: [Floats], into scores: Floats) {
        if concatenates {
            tanhScores(
                group.q, group.k, scale: nil, inner: scale(weights), into: scores, width: group.width)
            scaleShift(scores, scale: weights[concatenationWeight][0], shift: 0, into: scores)
        } else {
            products(group, into: scores, scale: scale(weights))
        }
    }

    private func products(_ group: AttentionGroup, into scores: Floats, scale: Float) {
        transpose(group.k, rows: group.keys, columns: group.width, into: group.room)
        multiply(
            group.q, group.room, into: scores, m: group.queries, n: group.keys, k: group.width,
            epilogue: Epilogue(alpha: scale))
    }

    private func dot(_ a: Floats, _ b: Floats) -> Float {
        var sum: Float = 0
        for i in 0..<a.count { sum += a[i] * b[i] }
        return sum
    }

    func scoreBackward(_ dscores: Floats, _ group: AttentionGroup, _ call: CallMemory) {
        let scale = scale(call.weights)
        let dScale = useScale ? call.weightGradients[0] : nil
        guard concatenates else {
            if let dScale {
                products(group, into: group.scoreRoom, scale: 1)
                dScale[0] += dot(dscores, group.scoreRoom)
            }
            multiply(
                dscores, group.k, into: group.dq, m: group.queries, n: group.width, k: group.keys,
                epilogue: Epilogue(alpha: scale))
            multiply(
                dscores, group.q, into: group.dk, m: group.keys, n: group.width, k: group.queries,
                transposed: true, epilogue: Epilogue(alpha: scale))
            return
        }
        if let gradient = call.weightGradients[concatenationWeight] {
            tanhScores(
                group.q, group.k, scale: nil, inner: scale, into: group.scoreRoom, width: group.width)
            gradient[0] += dot(dscores, group.scoreRoom)
        }
        scaleShift(dscores, scale: call.weights[concatenationWeight][0], shift: 0, into: dscores)
        tanhScoresBackward(
            dscores, group.q, group.k, scale: nil, inner: scale, dq: group.dq, dk: group.dk, dScale: nil,
            dInner: dScale, width: group.width)
    }
}

/// Additive attention (Bahdanau et al., 2015): scores = Σ scale · tanh(q + k). Weight: scale [features], if
/// `use_scale`.
public struct AdditiveAttention: DenseAttention {
    public static let className = "AdditiveAttention"
    public var name = "additive_attention"
    public var trainable = true
    public var useScale = true
    public var dropout = 0.0
    private(set) var maskJoin = MaskJoin.all
    public var useCausalMask = false
    public var returnsScores = false

    public init(useScale: Bool = true, dropout: Double = 0) {
        (self.useScale, self.dropout) = (useScale, dropout)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        useScale = try config.bool("use_scale", default: true)
        dropout = try config.double("dropout", default: 0, in: 0...1)
        useCausalMask = try config.bool("causal", default: false)
        maskJoin = config.maskJoin() ?? .all
        config.ignore("seed")
    }

    public var config: JSONObject {
        var config: JSONObject = ["use_scale": .bool(useScale)]
        if dropout > 0 { config["dropout"] = .number(dropout) }
        return config
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        useScale ? [WeightSpec("scale", shape: [inputs[0].last ?? 1], initializer: .glorotUniform)] : []
    }

    func score(_ group: AttentionGroup, weights: [Floats], into scores: Floats) {
        tanhScores(
            group.q, group.k, scale: useScale ? weights[0] : nil, inner: 1, into: scores, width: group.width)
    }

    func scoreBackward(_ dscores: Floats, _ group: AttentionGroup, _ call: CallMemory) {
        tanhScoresBackward(
            dscores, group.q, group.k, scale: useScale ? call.weights[0] : nil, inner: 1, dq: group.dq,
            dk: group.dk, dScale: useScale ? call.weightGradients[0] : nil, dInner: nil, width: group.width)
    }
}
