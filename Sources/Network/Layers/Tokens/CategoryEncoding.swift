import Base
import Tensors

/// Encodes tokens as vectors of size `num_tokens`: one-hot, multi-hot or counts. A number that is not a token
/// is an error. Counts may have weights, as a second input.
public struct CategoryEncoding: StatelessLayer {
    public static let className = "CategoryEncoding"
    public static let propagatesGradients = false
    public var name = "category_encoding"
    public var trainable = true
    private var encoding: TokenEncoding

    /// Adds the weights of each token up, in a second input.
    public init(weightedCountsOf tokens: Int, name: String) {
        encoding = TokenEncoding(mode: .count, depth: tokens)
        self.name = name
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let key = config.object["num_tokens"] == nil ? "max_tokens" : "num_tokens"
        encoding = TokenEncoding(
            mode: try config.tokenMode(default: .multiHot, isInt: false), depth: try config.int(key))
    }

    public var config: JSONObject {
        ["num_tokens": .integer(encoding.depth), "output_mode": .string(encoding.mode.rawValue)]
    }

    public static var inputNames: [String] { ["inputs", "count_weights"] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        if inputs.count == 2, encoding.mode == .count, inputs[0] == inputs[1] {
            return try encodedShape(encoding, [inputs[0]])
        }
        return try encodedShape(encoding, inputs)
    }

    public func forward(_ call: CallMemory) {
        encoding.write(call, weights: call.inputCount == 2 ? call.x(1) : nil) { number, sample in
            guard number > -1, number < Float(encoding.depth) else {
                call.fail(sample: sample) {
                    "tokens must be whole numbers from 0 to \(encoding.depth - 1), but \($0) has \(number)"
                }
                return nil
            }
            return min(Int(number), encoding.depth - 1)
        }
    }

    public func backward(_ call: CallMemory) {
        for input in 0..<call.inputCount { call.dx(input)?.fill(0) }
    }
}
