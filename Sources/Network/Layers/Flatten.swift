import Base
import Tensors

/// Samples of any shape become vectors, row-major.
public struct Flatten: Layer {
    public static let className = "Flatten"
    public var name = "flatten"
    public var trainable = true
    public var channelsFirst = false

    public init() {}

    public init(from config: inout LayerConfig) throws(CellarError) {
        let format = try config.string(
            "data_format", default: "channels_last", oneOf: ["channels_last", "channels_first"])
        channelsFirst = format == "channels_first"
    }

    public var config: JSONObject {
        ["data_format": .string(channelsFirst ? "channels_first" : "channels_last")]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        [try onlyShape(inputs).reduce(1, *)]
    }

    public func isView(training: Bool) -> Bool { !channelsFirst }

    // Keras moves the channels (the first axis) last before it flattens.
    public func forward(_ step: Step) {
        eachPair(step) { input, output in step.y[output] = step.x()[input] }
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        eachPair(step) { input, output in dx[input] = step.dy[output] }
    }

    private func eachPair(_ step: Step, _ body: (Int, Int) -> Void) {
        let channels = step.inputShapes[0].first ?? 1
        let places = step.outputSize / channels
        for row in 0..<step.rows {
            for channel in 0..<channels {
                for place in 0..<places {
                    body(
                        (row * channels + channel) * places + place,
                        (row * places + place) * channels + channel)
                }
            }
        }
    }
}
