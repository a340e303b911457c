import Base
import Tensors

/// Multi-head attention (Vaswani et al., 2017): query, key and value are projected to `num_heads` smaller ones
/// each, softmax(q · kᵀ / √key_dim) · v is computed for every head, and the heads are projected to the output.
///
/// The inputs are query [.., d], value [.., e] and optionally key; attention is computed over `attention_axes`,
/// by default all axes but the last. Weights, each followed by a bias: query kernel [d, heads, key_dim], key
/// kernel, value kernel [e, heads, value_dim], output kernel [heads, value_dim, output].
///
/// A mask of the value or the key hides keys. A mask of the query hides all keys from the masked queries, and
/// is passed on.
public struct MultiHeadAttention: LayerOfSeveralOutputs, StatelessLayer {
    public static let className = "MultiHeadAttention"
    public static let inputNames = ["query", "value", "key"]
    public var name = "multi_head_attention"
    public var trainable = true
    public var heads, keySize: Int
    public var valueSize: Int
    public var dropout = 0.0
    public var useBias = true
    /// The output's last axes; nil for the last axis of the query.
    public var outputAxes: [Int]?
    /// Axes of the whole batch, where 0 is the sample; nil for all axes between it and the last.
    public var attentionAxes: [Int]?
    /// The distance from the query at and beyond which keys are masked; nil for no limit.
    public var slidingWindow: Int?
    public var kernel = WeightOptions(.glorotUniform)
    public var bias = WeightOptions(.zeros)
    public var useCausalMask = false
    /// Until Keras 2.10, masks of the inputs had no effect, and ended.
    private(set) var ignoresMask = false
    /// The option by which a file reader tells that the layer ends the masks of its inputs. No file contains it.
    public static let endsMasksKey = "ends_masks"
    public private(set) var endsMasksOfInputs = false
    /// The option by which a file reader tells that the scores of masked keys are replaced (see `AttentionMask.Hiding`). No file
    /// contains it.
    public static let replacesScoresKey = "replaces_masked_scores"
    public internal(set) var replacesMaskedScores = false
    /// Whether the attention weights [heads, queries, keys] are a second output.
    public var returnsScores = false

    public init(heads: Int, keySize: Int, valueSize: Int? = nil) {
        (self.heads, self.keySize, self.valueSize) = (heads, keySize, valueSize ?? keySize)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let sizes = 1...1 << 20
        heads = try config.int("num_heads", in: sizes)
        keySize = try config.int("key_dim", in: sizes)
        // Keras treats a 0 like an absent key.
        let value = try config.int("value_dim", default: 0, in: 0...1 << 20)
        valueSize = value == 0 ? keySize : value
        dropout = try config.double("dropout", default: 0, in: 0...1)
        useBias = try config.bool("use_bias", default: true)
        if let axes = try config.ints("output_shape"), !axes.isEmpty {
            guard axes.allSatisfy({ $0 > 0 }), axes.reduce(1.0, { $0 * Double($1) }) <= 0x1p31 else {
                throw config.error("output_shape must be sizes of axes, but is \(axes)", key: "output_shape")
            }
            outputAxes = axes
        }
        if let axes = try config.ints("attention_axes"), !axes.isEmpty { attentionAxes = axes }
        if config.object["sliding_window"]?.isNull == false {
            slidingWindow = try config.int("sliding_window")
        }
        ignoresMask = try config.bool("ignores_mask", default: false)
        replacesMaskedScores = try config.bool(Self.replacesScoresKey, default: false)
        endsMasksOfInputs = try config.bool(Self.endsMasksKey, default: false)
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        bias = try config.weight("bias", initializer: .zeros)
        if try config.bool("use_gate", default: false) {
            throw config.error("use_gate is true, which is not supported", key: "use_gate")
        }
        try config.refuse("activity_regularizer")
        config.ignore(
            "query_shape", "key_shape", "value_shape", "softmax_robust_masking", "flash_attention", "seed",
            "sliding_window")
    }

    public var config: JSONObject {
        func list(_ axes: [Int]?) -> JSON { axes.map { .array($0.map { .integer($0) }) } ?? .null }
        var config: JSONObject = [
            "num_heads": .integer(heads), "key_dim": .integer(keySize), "value_dim": .integer(valueSize),
            "dropout": .number(dropout), "use_bias": .bool(useBias), "output_shape": list(outputAxes),
            "attention_axes": list(attentionAxes),
        ]
        if let slidingWindow { config["sliding_window"] = .integer(slidingWindow) }
        kernel.write("kernel", to: &config)
        bias.write("bias", to: &config)
        config["activity_regularizer"] = .null
        return config
    }

    public var callOptions: JSONObject {
        attentionOptions(causal: useCausalMask, scores: returnsScores)
    }

    public mutating func take(callOptions: JSONObject) throws(CellarError) {
        (useCausalMask, returnsScores) = try attentionOptions(from: callOptions, subject: subject)
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { ignoresMask ? .ends : .passes }
    public var usesMasks: Bool { !ignoresMask }
    public mutating func followKeras3() { endsMasksOfInputs = true }
    public func reasonNotWritable(receivesMask: () -> Bool) -> String? {
        ignoresMask && receivesMask()
            ? "is from a Keras version in which it ignores masks; newer versions do not" : nil
    }
    public var dependsOnTraining: Bool { dropout > 0 }

    // MARK: Shapes

    /// The attention axes, without the batch: 0 is the first axis of a sample.
    func axes(rank: Int) throws(CellarError) -> [Int] {
        guard let attentionAxes else { return Array(0..<rank - 1) }
        let axes = attentionAxes.map { ($0 < 0 ? $0 + rank + 1 : $0) - 1 }
        guard axes.allSatisfy({ (0..<rank - 1).contains($0) }), Set(axes).count == axes.count else {
            throw CellarError(
                "attention_axes \(attentionAxes) must be different axes from 1 to \(rank - 1): neither samples nor features",
                subject: subject, key: "attention_axes")
        }
        return axes.sorted()
    }

    public var outputCount: Int { returnsScores ? 2 : 1 }
    public func outputCarriesMask(_ output: Int) -> Bool { output == 0 }

    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        let shape = try attendedShape(inputs)
        guard returnsScores else { return [shape] }
        try checkScores(inputs[0])
        return [shape, [heads, inputs[0][0], inputs[1][0]]]
    }

    private func attendedShape(_ inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 2 || inputs.count == 3 else {
            throw CellarError(
                "takes query, value and perhaps key, but \(inputs.count) inputs are wired to it",
                subject: subject)
        }
        let (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])
        guard query.count >= 2, value.count == query.count, key.dropLast() == value.dropLast() else {
            throw CellarError(
                "takes a query [.., d], a value [.., e] and a key of as many steps as the value, but they are \(query), "
                    + "\(value) and \(key)", subject: subject)
        }
        let attention = try axes(rank: query.count)
        for axis in 0..<query.count - 1 where !attention.contains(axis) && query[axis] != value[axis] {
            throw CellarError(
                "query \(query) and value \(value) must agree in the axes that attention does not go over",
                subject: subject)
        }
        guard query.count == 2 || !useCausalMask && slidingWindow == nil else {
            throw CellarError(
                "has a causal mask or a window over samples of shape \(query); that is supported for [steps, features]",
                subject: subject)
        }
        let output: [Int] = outputAxes ?? query.suffix(1)
        let widest: Int = max(query.last ?? 1, value.last ?? 1, key.last ?? 1, output.reduce(1, *))
        guard Double(widest) * Double(heads) * Double(max(keySize, valueSize)) <= 0x1p31 else {
            throw CellarError("needs more weights than a layer can have", subject: subject)
        }
        return query.dropLast() + output
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let output = outputAxes ?? inputs[0].suffix(1)
        let widths = [inputs[0], inputs[inputs.count - 1], inputs[1]].map { $0.last ?? 1 }
        let projections: [(String, kernel: [Int], bias: [Int])] = [
            ("query", [widths[0], heads, keySize], [heads, keySize]),
            ("key", [widths[1], heads, keySize], [heads, keySize]),
            ("value", [widths[2], heads, valueSize], [heads, valueSize]),
            ("attention_output", [heads, valueSize] + output, Array(output)),
        ]
        return projections.flatMap { name, kernel, bias in
            [self.kernel.spec("\(name)/kernel", shape: kernel)]
                + (useBias ? [self.bias.spec("\(name)/bias", shape: bias)] : [])
        }
    }

    public func weightGroups(count: Int) -> [WeightGroup] {
        ["query_dense", "key_dense", "value_dense", "output_dense"].map {
            WeightGroup(path: $0, count: count / 4)
        }
    }

    // MARK: Passes

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        MultiHeadLayout(MultiHeadSizes(self, inputs), rows: rows, training: training).count
    }

    public func forward(_ call: CallMemory) { MultiHeadPass(call, self).forward() }
    public func backward(_ call: CallMemory) { MultiHeadPass(call, self).backward() }
}
