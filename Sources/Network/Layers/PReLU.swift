import Base
import Tensors

/// x above 0, `alpha · x` elsewhere, with a learned alpha (He et al., 2015). Weight: alpha, of the input's
/// shape, with size 1 along the shared axes.
public struct PReLU: StatelessLayer {
    public static let className = "PReLU"
    public var name = "p_re_lu"
    public var trainable = true
    public var alpha = WeightOptions(.zeros)
    /// The shared axes, counted with the batch as axis 0; nil if every position has a separate alpha.
    public var sharedAxes: [Int]?

    public init(sharedAxes: [Int]? = nil) { self.sharedAxes = sharedAxes }

    public init(from config: inout LayerConfig) throws(CellarError) {
        alpha = try config.weight("alpha", initializer: .zeros)
        sharedAxes = try config.ints("shared_axes")
    }

    public var config: JSONObject {
        var config: JSONObject = [:]
        alpha.write("alpha", to: &config)
        config["shared_axes"] = sharedAxes.map { .array($0.map { .integer($0) }) } ?? .null
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        for axis in sharedAxes ?? [] where !(1...max(shape.count, 1)).contains(axis) {
            throw CellarError(
                "shared_axes has \(axis), but the input's axes, after the batch, are 1 to \(shape.count)",
                subject: subject, key: "shared_axes")
        }
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    private func alphaShape(_ input: [Int]) -> [Int] {
        input.indices.map { sharedAxes?.contains($0 + 1) == true ? 1 : input[$0] }
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        [alpha.spec("alpha", shape: alphaShape(inputs[0]))]
    }

    private func view(_ shape: [Int]) -> StridedView {
        StridedView(broadcasting: alphaShape(shape), to: shape)
    }

    /// Scratch for an alpha for every position of a sample; while training, also for its gradient.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        (training ? 2 : 1) * inputs[0].reduce(1, *)
    }

    public func forward(_ call: CallMemory) {
        let (x, y, size) = (call.x(), call.y, call.outputSize)
        let alphas = call.scratch.prefix(size)
        view(call.outputShape).read(call.weights[0], into: alphas)
        for row in 0..<call.rows {
            for i in 0..<size {
                let value = x[row * size + i]
                y[row * size + i] = value > 0 ? value : alphas[i] * value
            }
        }
    }

    public func backward(_ call: CallMemory) {
        let (x, dy, size) = (call.x(), call.dy, call.outputSize)
        let (alphas, slopes) = (call.scratch.prefix(size), call.scratch[size..<2 * size])
        if let dx = call.dx() {
            for row in 0..<call.rows {
                for i in 0..<size {
                    let (value, d) = (x[row * size + i], dy[row * size + i])
                    // At exactly 0 the slope is 0: Keras computes relu(x) − alpha · relu(−x).
                    dx[row * size + i] = value > 0 ? d : value < 0 ? alphas[i] * d : 0
                }
            }
        }
        guard let gradient = call.weightGradients[0] else { return }
        slopes.fill(0)
        for row in 0..<call.rows {
            for i in 0..<size { slopes[i] += min(x[row * size + i], 0) * dy[row * size + i] }
        }
        gradient.fill(0)
        view(call.outputShape).add(slopes, to: gradient)
    }
}
