import Base
import Tensors

public typealias GlobalMaxPooling1D = GlobalPooling<OneAxis, PoolingMaximum>
public typealias GlobalMaxPooling2D = GlobalPooling<TwoAxes, PoolingMaximum>
public typealias GlobalMaxPooling3D = GlobalPooling<ThreeAxes, PoolingMaximum>
public typealias GlobalAveragePooling1D = GlobalPooling<OneAxis, PoolingAverage>
public typealias GlobalAveragePooling2D = GlobalPooling<TwoAxes, PoolingAverage>
public typealias GlobalAveragePooling3D = GlobalPooling<ThreeAxes, PoolingAverage>

/// The largest number or the mean of each channel over all places: pooling with one window. The mean over time leaves
/// masked steps out.
///
/// Source: Keras' GlobalMaxPooling1D … GlobalAveragePooling3D.
public struct GlobalPooling<Rank: SpatialRank, Kind: PoolingKind>: Layer {
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

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let (windows, channels) = planned(inputs[0])
        return 2 * windows.width.input * channels
    }

    public func forward(_ step: Step) {
        if let mask = maskOfMean(step) { return maskedMean(step, mask) }
        let (windows, channels) = planned(step.inputShapes[0])
        pool(
            step.x(), windows, channels: channels, average: Kind.averages, lines: step.scratch, into: step.y)
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        if let mask = maskOfMean(step) { return maskedMeanBackward(step, mask, into: dx) }
        let (windows, channels) = planned(step.inputShapes[0])
        if Kind.averages {
            poolAverageBackward(step.dy, windows, channels: channels, into: dx)
        } else {
            poolMaxBackward(step.dy, x: step.x(), y: step.y, windows, channels: channels, into: dx)
        }
    }

    /// A mask [rows, steps] of the mean over time.
    private func maskOfMean(_ step: Step) -> Floats? {
        guard Rank.axes == 1, Kind.averages, let mask = step.mask() else { return nil }
        let steps = step.inputShapes[0][channelsFirst ? 1 : 0]
        return mask.count == step.rows * steps ? mask : nil
    }

    private func maskedMean(_ step: Step, _ mask: Floats) {
        step.y.fill(0)
        eachMasked(step, mask) { input, output, share in step.y[output] += share * step.x()[input] }
    }

    private func maskedMeanBackward(_ step: Step, _ mask: Floats, into dx: Floats) {
        eachMasked(step, mask) { input, output, share in dx[input] = share * step.dy[output] }
    }

    /// Each number with the channel it goes to, and its share of the mean. Where all is masked, it is 0 / 0, as in Keras.
    private func eachMasked(_ step: Step, _ mask: Floats, _ body: (Int, Int, Float) -> Void) {
        let shape = step.inputShapes[0]
        let (steps, channels) = channelsFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
        for row in 0..<step.rows {
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
