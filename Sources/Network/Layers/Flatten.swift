import Base
import Tensors

/// Flattens samples of any shape into vectors, in row-major order.
public struct Flatten: StatelessLayer {
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

    public static var isCheap: Bool { true }
    public var keepsNumbers: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        [try onlyShape(inputs).reduce(1, *)]
    }

    public func isView(training: Bool) -> Bool { !channelsFirst }

    // Keras moves the channels (the first axis) to the end before it flattens.
    public func forward(_ call: CallMemory) {
        eachPair(call) { input, output in call.y[output] = call.x()[input] }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        eachPair(call) { input, output in dx[input] = call.dy[output] }
    }

    private func eachPair(_ call: CallMemory, _ body: (Int, Int) -> Void) {
        let channels = call.inputShapes[0].first ?? 1
        let places = call.outputSize / channels
        for row in 0..<call.rows {
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
