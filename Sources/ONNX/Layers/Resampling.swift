import Network

/// Every place of space repeated, or with what lies between two places in a straight line.
func exportUpSampling(_ call: inout LayerCall) throws(ConfigError) -> Value {
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
        throw call.error("interpolates by \"\(interpolation)\", which ONNX export cannot do yet")
    }
}
