import Base
import Tensors

/// The index of the bin of a value: the number of `bin_boundaries` that are less than or equal to it.
public struct Discretization: StatelessLayer {
    public static let className = "Discretization"
    public static let propagatesGradients = false
    public var name = "discretization"
    public var trainable = true
    private var boundaries: [Double]
    private var encoding: TokenEncoding

    public init(boundaries: [Double], name: String) {
        (self.boundaries, encoding) = (boundaries, TokenEncoding(mode: .int, depth: boundaries.count + 1))
        self.name = name
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let found = try config.doubles("bin_boundaries"), !found.isEmpty else {
            throw config.error(
                "has no bin_boundaries, and the file has no weights of adapt() to compute them from. Save the whole model, or write them into the config",
                key: "bin_boundaries")
        }
        guard found.allSatisfy(\.isFinite), zip(found, found.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw config.error("bin_boundaries must be finite numbers that rise", key: "bin_boundaries")
        }
        boundaries = found
        encoding = TokenEncoding(
            mode: try config.tokenMode(default: .int, isInt: true), depth: found.count + 1)
        config.ignore("num_bins", "epsilon")
    }

    public var config: JSONObject {
        [
            "dtype": encoding.mode == .int ? "int64" : "float32",
            "bin_boundaries": .array(boundaries.map { .number($0) }),
            "output_mode": .string(encoding.mode.rawValue),
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try encodedShape(encoding, inputs)
    }

    public func forward(_ call: CallMemory) {
        encoding.write(call) { number, _ in
            // Finds the first boundary above the number. A NaN is above all boundaries, as in TensorFlow.
            var (low, high) = (0, boundaries.count)
            while low < high {
                let middle = (low + high) / 2
                if Float(boundaries[middle]) > number { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}
