import Base
import Tensors

public typealias UpSampling1D = UpSampling<OneAxis>
public typealias UpSampling2D = UpSampling<TwoAxes>
public typealias UpSampling3D = UpSampling<ThreeAxes>

/// Enlarges an image by integer factors: each number is repeated, or, on two axes, interpolated linearly.
///
/// Source: Keras' UpSampling1D, UpSampling2D, UpSampling3D.
public struct UpSampling<Rank: SpatialRank>: StatelessLayer {
    public static var className: String { "UpSampling\(Rank.axes)D" }
    public var name = "up_sampling\(Rank.axes)d"
    public var trainable = true
    var size: PerAxis<Int>
    var smooth = false
    var channelsFirst: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        size = try config.sizes(
            "size", axes: Rank.axes, default: PerAxis([2, 2, 2].prefix(Rank.axes), absent: 1))
        channelsFirst = try config.channelsFirst()
        if Rank.axes == 2 { smooth = try config.interpolation(default: "nearest") }
    }

    public var config: JSONObject {
        if Rank.axes == 1 { return ["size": .integer(size.width)] }
        var json: JSONObject = [
            "size": .sizes(size, axes: Rank.axes), "data_format": .dataFormat(channelsFirst: channelsFirst),
        ]
        if Rank.axes == 2 { json["interpolation"] = smooth ? "bilinear" : "nearest" }
        return json
    }

    private func image(_ shape: [Int]) throws(CellarError) -> ImageShape {
        try ImageShape(shape, axes: Rank.axes, channelsFirst: channelsFirst, subject: subject)
    }

    private func enlarged(_ sizes: PerAxis<Int>) -> PerAxis<Int> {
        PerAxis(sizes.depth * size.depth, sizes.height * size.height, sizes.width * size.width)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let image = try image(try onlyShape(inputs))
        let shape = ImageShape(sizes: enlarged(image.sizes), channels: image.channels)
            .shape(axes: Rank.axes, channelsFirst: channelsFirst)
        try checkSize(shape, "the output", subject: subject)
        return shape
    }

    private func resampling(_ call: CallMemory) -> Resampling {
        do {
            let image = try image(call.inputShapes[0])
            return Resampling(
                from: image.sizes, to: enlarged(image.sizes),
                channels: image.split(channelsFirst: channelsFirst).channels, smooth: smooth)
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public func forward(_ call: CallMemory) { resampling(call).forward(call.x(), into: call.y) }

    public func backward(_ call: CallMemory) {
        if let dx = call.dx() { resampling(call).backward(call.dy, into: dx) }
    }
}

extension LayerConfig {
    /// Reads the interpolation: true for linear, false for nearest.
    mutating func interpolation(default standard: String) throws(CellarError) -> Bool {
        let known = ["nearest", "bilinear"]
        let word = try string("interpolation", default: standard)
        guard known.contains(word) else {
            throw error(
                "interpolation \"\(word)\" is not supported; known are \(known.joined(separator: ", "))",
                key: "interpolation")
        }
        return word == "bilinear"
    }
}
