import Base
import Network

/// Every place of space repeated, or with what lies between two places in a straight line.
func exportUpSampling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let factors = try call.perAxis("size", picture, default: [2])
    let interpolation = try call.config.string("interpolation", default: "nearest")
    let graph = call.graph
    let scales = graph.floats([1, 1] + factors.map { Float($0) }, shape: [factors.count + 2])
    switch interpolation {
    case "nearest":
        return call.output(
            graph.node(
                "Resize", [picture.name, "", scales],
                [
                    "mode": .string("nearest"), "coordinate_transformation_mode": .string("asymmetric"),
                    "nearest_mode": .string("floor"),
                ]), picture.layout)
    case "bilinear":
        return call.output(
            graph.node(
                "Resize", [picture.name, "", scales],
                ["mode": .string("linear"), "coordinate_transformation_mode": .string("half_pixel")]),
            picture.layout)
    default:
        throw call.error("uses \"\(interpolation)\" interpolation, which ONNX export does not support yet")
    }
}

/// Brought to one size, whatever it was; the middle of the target's proportions first, where that is asked for.
func exportResizing(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let target = [try call.config.int("height"), try call.config.int("width")]
    var name = picture.name
    if try call.config.bool("crop_to_aspect_ratio", default: false) {
        let part = try call.middle(of: picture, for: target)
        name = call.graph.middle(name, of: picture.sizes, part)
    }
    let smooth = try call.config.string("interpolation", default: "bilinear") == "bilinear"
    return call.output(call.graph.resized(name, to: target, smooth: smooth), picture.layout)
}

/// The middle, where the picture is large enough; else the largest part of the target's proportions, enlarged.
func exportCenterCrop(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let target = [try call.config.int("height"), try call.config.int("width")]
    let part = try call.middle(of: picture, for: target)
    if zip(picture.sizes, target).allSatisfy({ $0 >= $1 }) {
        return call.output(call.graph.middle(picture.name, of: picture.sizes, target), picture.layout)
    }
    let middle = call.graph.middle(picture.name, of: picture.sizes, part)
    return call.output(call.graph.resized(middle, to: target, smooth: true), picture.layout)
}

extension ExportedCall {
    /// The size of the largest part of the target's proportions: in float32 and cut to whole numbers, as Keras has it.
    fileprivate func middle(of picture: SpatialInput, for target: [Int]) throws(CellarError) -> [Int] {
        guard !picture.free.contains(true) else {
            throw error("crops pictures of a free size, which ONNX export does not support yet")
        }
        let (height, width) = (picture.sizes[0], picture.sizes[1])
        return [
            max(min(height, Int(Float(width * target[0]) / Float(target[1]))), 1),
            max(min(width, Int(Float(height * target[1]) / Float(target[0]))), 1),
        ]
    }
}

extension GraphBuilder {
    fileprivate func middle(_ x: String, of sizes: [Int], _ part: [Int]) -> String {
        let starts = zip(sizes, part).map { ($0 - $1) / 2 }
        return node(
            "Slice", [x, ints(starts), ints(zip(starts, part).map { $0 + $1 }), ints([2, 3])])
    }

    fileprivate func resized(_ x: String, to size: [Int], smooth: Bool) -> String {
        // The sizes of all four axes; the batch is unchanged.
        let front = node("Shape", [x], ["start": .int(0), "end": .int(2)])
        let sizes = concatenate([front, ints(size)], axis: 0)
        return node(
            "Resize", [x, "", "", sizes],
            [
                "mode": .string(smooth ? "linear" : "nearest"),
                "coordinate_transformation_mode": .string("half_pixel"),
                "nearest_mode": .string("round_prefer_ceil"),
            ])
    }
}
