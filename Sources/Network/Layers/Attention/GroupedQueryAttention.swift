import Base
import Tensors

/// MultiHeadAttention in which several query heads share one head of key and value (Ainslie et al., 2023).
/// Keras 3 only, where it is called GroupQueryAttention.
///
/// Weights, each followed by a bias: query kernel [d, num_query_heads, head_dim], key and value kernel [e,
/// num_key_value_heads, head_dim], output kernel [num_query_heads, head_dim, d]. It is computed as a
/// MultiHeadAttention whose key and value kernels repeat each head for all query heads that use it.
public struct GroupedQueryAttention: Layer {
    public static let className = "GroupedQueryAttention"
    public static let inputNames = ["query", "value", "key"]
    public var name = "grouped_query_attention"
    public var trainable = true
    private var attention: MultiHeadAttention
    private let sharedHeads: Int

    public init(from config: inout LayerConfig) throws(CellarError) {
        let sizes = 1...1 << 20
        let heads = try config.int("num_query_heads", in: sizes)
        sharedHeads = try config.int("num_key_value_heads", in: sizes)
        guard heads % sharedHeads == 0 else {
            throw config.error(
                "num_query_heads (\(heads)) must be a multiple of num_key_value_heads (\(sharedHeads))",
                key: "num_key_value_heads")
        }
        attention = MultiHeadAttention(heads: heads, keySize: try config.int("head_dim", in: sizes))
        attention.dropout = try config.double("dropout", default: 0, in: 0...1)
        attention.replacesMaskedScores = true
        attention.useBias = try config.bool("use_bias", default: true)
        if config.value("sliding_window") != nil {
            attention.slidingWindow = try config.int("sliding_window")
        }
        attention.kernel = try config.weight("kernel", initializer: .glorotUniform)
        attention.bias = try config.weight("bias", initializer: .zeros)
        if try config.bool("use_gate", default: false) {
            throw config.error("use_gate is true, which is not supported", key: "use_gate")
        }
        try config.refuse("activity_regularizer")
        config.ignore("flash_attention", "seed")
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "head_dim": .integer(attention.keySize), "num_query_heads": .integer(attention.heads),
            "num_key_value_heads": .integer(sharedHeads), "dropout": .number(attention.dropout),
            "use_bias": .bool(attention.useBias),
        ]
        if let window = attention.slidingWindow { config["sliding_window"] = .integer(window) }
        attention.kernel.write("kernel", to: &config)
        attention.bias.write("bias", to: &config)
        config["activity_regularizer"] = .null
        return config
    }

    public var callOptions: JSONObject { attention.callOptions }
    public mutating func take(callOptions: JSONObject) throws(CellarError) {
        attention.useCausalMask = try causalMask(from: callOptions, subject: subject)
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }
    public var usesMasks: Bool { true }
    public var dependsOnTraining: Bool { attention.dropout > 0 }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.allSatisfy({ $0.count == 2 }) else {
            throw CellarError(
                "takes query, value and perhaps key of [steps, features], but their shapes are \(inputs)",
                subject: subject)
        }
        do {
            return try attention.outputShape(for: inputs)
        } catch {
            throw CellarError(error.message, subject: subject, key: error.place.key)
        }
    }

    /// Whether a weight belongs to the key or the value.
    fileprivate func isShared(_ weight: Int) -> Bool {
        let projection = weight / (attention.useBias ? 2 : 1)
        return projection == 1 || projection == 2
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        attention.weights(for: inputs).enumerated().map { index, spec in
            var spec = spec
            // [.., heads, size]
            if isShared(index) { spec.shape[spec.shape.count - 2] = sharedHeads }
            return spec
        }
    }

    /// Keras stores these objects under private names.
    public func weightGroups(count: Int) -> [WeightGroup] {
        attention.weightGroups(count: count).map { WeightGroup(path: "_" + $0.path, count: $0.count) }
    }

    // MARK: Memory

    /// The attention's own scratch, and its expanded kernels and biases of key and value with their gradients.
    private struct GroupedQueryWorkspace {
        let own: Range<Int>
        let weights, gradients: [Range<Int>?]
        let count: Int
    }

    private func layout(_ inputs: [[Int]], rows: Int, training: Bool) -> GroupedQueryWorkspace {
        var layout = ArenaLayout()
        let own = layout.reserve(attention.scratch(for: inputs, rows: rows, training: training))
        let counts = attention.weights(for: inputs).enumerated().map { isShared($0) ? $1.count : nil }
        let weights = counts.map { count in count.map { layout.reserve($0) } }
        let gradients = counts.map { count in training ? count.map { layout.reserve($0) } : nil }
        return GroupedQueryWorkspace(own: own, weights: weights, gradients: gradients, count: layout.count)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        layout(inputs, rows: rows, training: training).count
    }

    public func makeCall(_ memory: CallMemory) -> any LayerCall {
        let layout = layout(memory.inputShapes, rows: memory.capacity, training: memory.isForTraining)
        var windows = memory.windows
        for (index, place) in layout.weights.enumerated() {
            if let place { windows.weights[index] = memory.scratch[place] }
        }
        for (index, place) in layout.gradients.enumerated()
        where windows.weightGradients.indices.contains(index) {
            if windows.weightGradients[index] != nil, let place {
                windows.weightGradients[index] = memory.scratch[place]
            }
        }
        windows.scratch = memory.scratch[layout.own]
        let inner = memory.inner(
            attention, inputShapes: memory.inputShapes, outputShape: memory.outputShape, windows: windows)
        return GroupedQueryCall(self, memory, attention.makeCall(inner))
    }

    /// Calls `body` with the range of each head of [.., heads, size] and the range of the head that it shares.
    fileprivate func eachHead(_ count: Int, _ body: (_ head: Range<Int>, _ shared: Range<Int>) -> Void) {
        let (size, repeats) = (attention.keySize, attention.heads / sharedHeads)
        for index in 0..<count / size {
            let (row, head) = (index / attention.heads, index % attention.heads)
            let shared = row * sharedHeads + head / repeats
            body(index * size..<(index + 1) * size, shared * size..<(shared + 1) * size)
        }
    }
}

/// Runs the attention with each shared head copied to all heads that share it.
private final class GroupedQueryCall: LayerCall {
    let memory: CallMemory
    private let layer: GroupedQueryAttention
    private let inner: any LayerCall

    init(_ layer: GroupedQueryAttention, _ memory: CallMemory, _ inner: any LayerCall) {
        (self.layer, self.memory, self.inner) = (layer, memory, inner)
    }

    func forward() {
        for (index, weight) in memory.weights.enumerated() where layer.isShared(index) {
            let target = inner.memory.weights[index]
            layer.eachHead(target.count) { head, shared in target[head].copy(from: weight[shared]) }
        }
        inner.forward()
    }

    func backward() {
        inner.backward()
        for (index, gradient) in memory.weightGradients.enumerated() where layer.isShared(index) {
            guard let gradient, let part = inner.memory.weightGradients[index] else { continue }
            gradient.fill(0)
            layer.eachHead(part.count) { head, shared in add(part[head], to: gradient[shared]) }
        }
    }
}
