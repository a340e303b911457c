import Base
import Tensors

/// Encodes tokens as vectors of size `num_tokens`: one-hot, multi-hot or counts. A number that is not a token
/// is an error.
public struct CategoryEncoding: StatelessLayer {
    public static let className = "CategoryEncoding"
    public static let propagatesGradients = false
    public var name = "category_encoding"
    public var trainable = true
    private var encoding: TokenEncoding

    public init(from config: inout LayerConfig) throws(CellarError) {
        let key = config.object["num_tokens"] == nil ? "max_tokens" : "num_tokens"
        encoding = TokenEncoding(
            mode: try config.tokenMode(default: .multiHot, isInt: false), depth: try config.int(key))
    }

    public var config: JSONObject {
        ["num_tokens": .integer(encoding.depth), "output_mode": .string(encoding.mode.rawValue)]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try encodedShape(encoding, inputs)
    }

    public func forward(_ call: CallMemory) {
        encoding.write(call) { number, sample in
            guard number > -1, number < Float(encoding.depth) else {
                call.fail(sample: sample) {
                    "tokens must be whole numbers from 0 to \(encoding.depth - 1), but \($0) has \(number)"
                }
                return nil
            }
            return min(Int(number), encoding.depth - 1)
        }
    }

    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}
