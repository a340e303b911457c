import Base
import Tensors

public typealias GlobalMaxPooling1D = GlobalPooling<OneAxis, PoolingMaximum>
public typealias GlobalMaxPooling2D = GlobalPooling<TwoAxes, PoolingMaximum>
public typealias GlobalMaxPooling3D = GlobalPooling<ThreeAxes, PoolingMaximum>
public typealias GlobalAveragePooling1D = GlobalPooling<OneAxis, PoolingAverage>
public typealias GlobalAveragePooling2D = GlobalPooling<TwoAxes, PoolingAverage>
public typealias GlobalAveragePooling3D = GlobalPooling<ThreeAxes, PoolingAverage>

/// The maximum or the mean of each channel over all positions: pooling with one window. The mean over time
/// ignores masked steps.
///
/// Source: Keras' GlobalMaxPooling1D … GlobalAveragePooling3D.
public struct GlobalPooling<Rank: SpatialRank, Kind: PoolingKind>: StatelessLayer {
    public static var className: String { "Global\(Kind.word)Pooling\(Rank.axes)D" }
    public var name = "global_\(Kind.word.lowercased())_pooling\(Rank.axes)d"
    public var trainable = true
    public var keepsAxes: Bool
    var channelsFirst: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        channelsFirst = try config.channelsFirst()
        keepsAxes = try config.bool("keepdims", default: false)
    }

    public var config: JSONObject {
        ["data_format": .dataFormat(channelsFirst: channelsFirst), "keepdims": .bool(keepsAxes)]
    }

    private func image(_ shape: [Int]) throws(CellarError) -> ImageShape {
        try ImageShape(shape, axes: Rank.axes, channelsFirst: channelsFirst, subject: subject)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let image = try image(try onlyShape(inputs))
        guard keepsAxes else { return [image.channels] }
        return ImageShape(sizes: PerAxis(1, 1, 1), channels: image.channels)
            .shape(axes: Rank.axes, channelsFirst: channelsFirst)
    }

    private func planned(_ shape: [Int]) -> (windows: Windows, channels: Int) {
        do {
            let image = try image(shape)
            func whole(_ size: Int) -> WindowAxis {
                WindowAxis(input: size, window: size, stride: 1, output: 1)
            }
            return (
                Windows(
                    depth: whole(image.sizes.depth), height: whole(image.sizes.height),
                    width: whole(image.sizes.width)), image.split(channelsFirst: channelsFirst).channels
            )
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public static var hasMaskArgument: Bool { Rank.axes == 1 && Kind.averages }
    public var usesMasks: Bool { Self.hasMaskArgument }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let (windows, channels) = planned(inputs[0])
        return 2 * windows.width.input * channels
    }

    public func forward(_ call: CallMemory) {
        if let mask = maskOfMean(call) { return maskedMean(call, mask) }
        let (windows, channels) = planned(call.inputShapes[0])
        pool(
            call.x(), windows, channels: channels, average: Kind.averages, lines: call.scratch, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        if let mask = maskOfMean(call) { return maskedMeanBackward(call, mask, into: dx) }
        let (windows, channels) = planned(call.inputShapes[0])
        if Kind.averages {
            poolAverageBackward(call.dy, windows, channels: channels, into: dx)
        } else {
            poolMaxBackward(call.dy, x: call.x(), y: call.y, windows, channels: channels, into: dx)
        }
    }

    /// The mask [rows, steps] of a mean over time.
    private func maskOfMean(_ call: CallMemory) -> Floats? {
        guard Self.hasMaskArgument, let mask = call.mask() else { return nil }
        let steps = call.inputShapes[0][channelsFirst ? 1 : 0]
        return mask.count == call.rows * steps ? mask : nil
    }

    private func maskedMean(_ call: CallMemory, _ mask: Floats) {
        call.y.fill(0)
        eachMasked(call, mask) { input, output, share in call.y[output] += share * call.x()[input] }
    }

    private func maskedMeanBackward(_ call: CallMemory, _ mask: Floats, into dx: Floats) {
        eachMasked(call, mask) { input, output, share in dx[input] = share * call.dy[output] }
    }

    /// Calls `body` for each number with the channel to which it belongs and its weight in the mean. If all
    /// steps are masked, the weight is 0 / 0, as in Keras.
    private func eachMasked(_ call: CallMemory, _ mask: Floats, _ body: (Int, Int, Float) -> Void) {
        let shape = call.inputShapes[0]
        let (steps, channels) = channelsFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
        for row in 0..<call.rows {
            let kept = sum(mask[row * steps..<(row + 1) * steps])
            for time in 0..<steps {
                let share = mask[row * steps + time] / kept
                for channel in 0..<channels {
                    let place = channelsFirst ? channel * steps + time : time * channels + channel
                    body(row * steps * channels + place, row * channels + channel, share)
                }
            }
        }
    }
}
