import Base
import Tensors

/// Replaces each number by a vector: row `id` of the table embeddings [input_dim, output_dim].
///
/// As in Keras, ids are truncated to integers, and with `mask_zero` an id of 0 is padding. An id that is not in
/// the table is an error, as in TensorFlow on the CPU.
public struct Embedding: StatelessLayer {
    public static let className = "Embedding"
    public var name = "embedding"
    public var trainable = true
    public var inputSize, outputSize: Int
    public var maskZero = false
    public var embeddings = WeightOptions(Initializer("RandomUniform", ["minval": -0.05, "maxval": 0.05]))

    public var activityPenalty: ActivityPenalty?

    public init(inputSize: Int, outputSize: Int, maskZero: Bool = false) {
        (self.inputSize, self.outputSize, self.maskZero) = (inputSize, outputSize, maskZero)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        inputSize = try config.int("input_dim")
        outputSize = try config.int("output_dim")
        guard Double(inputSize) * Double(outputSize) <= 0x1p31 else {
            throw config.error(
                "has a table of \(inputSize) by \(outputSize): more weights than a layer can have")
        }
        maskZero = try config.bool("mask_zero", default: false)
        embeddings = try config.weight("embeddings", initializer: embeddings.initializer)
        activityPenalty = try config.activityPenalty()
        try config.refuse("lora_rank", "quantization_config")
        if try config.bool("sparse", default: false) {
            throw config.error("gives out sparse tensors, which is not supported", key: "sparse")
        }
        config.ignore("input_length", "lora_alpha")
    }

    public var config: JSONObject {
        var config: JSONObject = ["input_dim": .integer(inputSize), "output_dim": .integer(outputSize)]
        embeddings.write("embeddings", to: &config)
        config["activity_regularizer"] = activityPenalty?.json ?? .null
        config["mask_zero"] = .bool(maskZero)
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try onlyShape(inputs) + [outputSize]
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { maskZero ? .makes(inputs[0]) : .ends }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        [embeddings.spec("embeddings", shape: [inputSize, outputSize])]
    }

    /// Ids are below this: from 2²⁴ on, several whole numbers have one float.
    private var idLimit: Int { min(inputSize, 1 << 24) }

    /// The range of the row with this id; nil if there is none.
    private func row(_ number: Float) -> Range<Int>? {
        // Truncated like TensorFlow's cast to integers: −0.5 is 0. A NaN has no row.
        guard number > -1, number < Float(idLimit) else { return nil }
        let row = Int(number)
        return row * outputSize..<(row + 1) * outputSize
    }

    public func forward(_ call: CallMemory) {
        let (x, y, table) = (call.x(), call.y, call.weights[0])
        let perSample = max(x.count / max(call.rows, 1), 1)
        for place in 0..<x.count {
            let target = y[place * outputSize..<(place + 1) * outputSize]
            if let row = row(x[place]) {
                target.copy(from: table[row])
            } else {
                target.fill(0)
                call.fail(sample: place / perSample) {
                    "ids must be whole numbers from 0 to \(idLimit - 1), but \($0) has \(x[place]). Is the data made for "
                        + "another vocabulary?"
                }
            }
        }
        if call.isForTraining { activityPenalty?.forward(call, room: call.scratch) }
        guard let mask = call.outputMask else { return }
        for place in 0..<x.count { mask[place] = x[place] != 0 ? 1 : 0 }
    }

    public func backward(_ call: CallMemory) {
        activityPenalty?.backward(call, room: call.scratch)
        // Ids have no gradient.
        call.dx()?.fill(0)
        guard let gradient = call.weightGradients[0] else { return }
        let (x, dy) = (call.x(), call.dy)
        gradient.fill(0)
        for place in 0..<x.count {
            guard let row = row(x[place]) else { continue }
            add(dy[place * outputSize..<(place + 1) * outputSize], to: gradient[row])
        }
    }
}
