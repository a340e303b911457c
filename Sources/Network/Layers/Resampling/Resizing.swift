import Base
import Tensors

/// A layer whose output pictures all have one size.
protocol PicturesOfOneSize: StatelessLayer {
    var height: Int { get }
    var width: Int { get }
    var channelsFirst: Bool { get }
}

extension PicturesOfOneSize {
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        let image = try ImageShape(input, axes: 2, channelsFirst: channelsFirst, subject: subject)
        let shape = ImageShape(sizes: PerAxis(1, height, width), channels: image.channels)
            .shape(axes: 2, channelsFirst: channelsFirst)
        try checkSize(shape, "the output", subject: subject)
        return shape
    }
}

/// Resizes pictures by interpolation or nearest-neighbour sampling; with `crop_to_aspect_ratio`, they are first
/// cropped to the largest central region with the target's aspect ratio, to avoid distortion.
///
/// Source: Keras' Resizing; the region is computed as in its `smart_resize`, in float32.
public struct Resizing: PicturesOfOneSize {
    public static let className = "Resizing"
    public var name = "resizing"
    public var trainable = true
    public var height, width: Int
    var smooth, crops, channelsFirst: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        height = try config.int("height")
        width = try config.int("width")
        smooth = try config.interpolation(default: "bilinear")
        crops = try config.bool("crop_to_aspect_ratio", default: false)
        channelsFirst = try config.channelsFirst()
        for key in ["pad_to_aspect_ratio", "antialias"] where try config.bool(key, default: false) {
            throw config.error("\(key) is not supported", key: key)
        }
        config.ignore("fill_mode", "fill_value")
    }

    public var config: JSONObject {
        var json: JSONObject = [
            "height": .integer(height), "width": .integer(width),
            "interpolation": smooth ? "bilinear" : "nearest", "crop_to_aspect_ratio": .bool(crops),
        ]
        if channelsFirst { json["data_format"] = .dataFormat(channelsFirst: true) }
        return json
    }

    private func fit(_ call: CallMemory) -> PictureFit {
        PictureFit(
            call.inputShapes[0], height: height, width: width, channelsFirst: channelsFirst, crops: crops,
            smooth: smooth)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        crops ? rows * inputs[0].reduce(1, *) : 0
    }

    public func forward(_ call: CallMemory) {
        fit(call).forward(call.x(), into: call.y, scratch: call.scratch)
    }

    public func backward(_ call: CallMemory) {
        if let dx = call.dx() { fit(call).backward(call.dy, into: dx, scratch: call.scratch) }
    }
}

/// Crops pictures to their center; smaller pictures are first enlarged as in Resizing with
/// `crop_to_aspect_ratio`.
///
/// Source: Keras' CenterCrop.
public struct CenterCrop: PicturesOfOneSize {
    public static let className = "CenterCrop"
    public var name = "center_crop"
    public var trainable = true
    public var height, width: Int
    var channelsFirst: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        height = try config.int("height")
        width = try config.int("width")
        channelsFirst = try config.channelsFirst()
    }

    public var config: JSONObject {
        var json: JSONObject = ["height": .integer(height), "width": .integer(width)]
        if channelsFirst { json["data_format"] = .dataFormat(channelsFirst: true) }
        return json
    }

    private func fit(_ call: CallMemory) -> PictureFit {
        PictureFit(
            call.inputShapes[0], height: height, width: width, channelsFirst: channelsFirst, crops: true,
            smooth: true, keepsSize: true)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        rows * inputs[0].reduce(1, *)
    }

    public func forward(_ call: CallMemory) {
        fit(call).forward(call.x(), into: call.y, scratch: call.scratch)
    }

    public func backward(_ call: CallMemory) {
        if let dx = call.dx() { fit(call).backward(call.dy, into: dx, scratch: call.scratch) }
    }
}

/// Crops a picture to a central region and resizes it.
private struct PictureFit {
    let box: Box?
    let resampling: Resampling?

    /// - crops: only the central region with the target's aspect ratio is used.
    /// - keepsSize: if the picture is large enough, its center is taken without resizing.
    init(
        _ shape: [Int], height: Int, width: Int, channelsFirst: Bool, crops: Bool, smooth: Bool,
        keepsSize: Bool = false
    ) {
        let sizes = channelsFirst ? (shape[1], shape[2]) : (shape[0], shape[1])
        let channels = channelsFirst ? 1 : shape[2]
        var part = sizes
        if keepsSize && sizes.0 >= height && sizes.1 >= width {
            part = (height, width)
        } else if crops {
            // Computed in float32 and truncated to integers, as in Keras.
            part.0 = min(sizes.0, Int(Float(sizes.1 * height) / Float(width)))
            part.1 = min(sizes.1, Int(Float(sizes.0 * width) / Float(height)))
            part = (max(part.0, 1), max(part.1, 1))
        }
        box =
            part == sizes
            ? nil
            : Box(
                inner: (1, part.0, part.1 * channels), outer: (1, sizes.0, sizes.1 * channels),
                before: (0, (sizes.0 - part.0) / 2, (sizes.1 - part.1) / 2 * channels))
        resampling =
            part == (height, width)
            ? nil
            : Resampling(
                from: PerAxis(1, part.0, part.1), to: PerAxis(1, height, width), channels: channels,
                smooth: smooth)
    }

    func forward(_ x: Floats, into y: Floats, scratch: Floats) {
        guard let box else { return resampling.map { $0.forward(x, into: y) } ?? y.copy(from: x) }
        guard let resampling else { return box.take(from: x, into: y) }
        let part = scratch.prefix(x.count / box.outerCount * box.innerCount)
        box.take(from: x, into: part)
        resampling.forward(part, into: y)
    }

    func backward(_ dy: Floats, into dx: Floats, scratch: Floats) {
        guard let box else { return resampling.map { $0.backward(dy, into: dx) } ?? dx.copy(from: dy) }
        guard let resampling else { return box.put(dy, into: dx) }
        let part = scratch.prefix(dx.count / box.outerCount * box.innerCount)
        resampling.backward(dy, into: part)
        box.put(part, into: dx)
    }
}
