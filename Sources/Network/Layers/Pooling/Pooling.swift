import Base
import Tensors

public typealias MaxPooling1D = Pooling<OneAxis, PoolingMaximum>
public typealias MaxPooling2D = Pooling<TwoAxes, PoolingMaximum>
public typealias MaxPooling3D = Pooling<ThreeAxes, PoolingMaximum>
public typealias AveragePooling1D = Pooling<OneAxis, PoolingAverage>
public typealias AveragePooling2D = Pooling<TwoAxes, PoolingAverage>
public typealias AveragePooling3D = Pooling<ThreeAxes, PoolingAverage>

/// The operation of a pooling layer: the word in the class name.
public protocol PoolingKind: Sendable {
    static var word: String { get }
    static var averages: Bool { get }
}

public enum PoolingMaximum: PoolingKind {
    public static let word = "Max"
    public static let averages = false
}

public enum PoolingAverage: PoolingKind {
    public static let word = "Average"
    public static let averages = true
}

/// The maximum or the mean of each window, per channel. Cells outside the input are excluded, so that a mean at
/// the border is over fewer numbers.
///
/// Source: Keras' MaxPooling1D … AveragePooling3D, computed as in TensorFlow; a maximum's gradient goes to the
/// first cell with that value.
public struct Pooling<Rank: SpatialRank, Kind: PoolingKind>: StatelessLayer {
    public static var className: String { "\(Kind.word)Pooling\(Rank.axes)D" }
    public var name = "\(Kind.word.lowercased())_pooling\(Rank.axes)d"
    public var trainable = true
    var options: WindowOptions

    public init(from config: inout LayerConfig) throws(CellarError) {
        options = try WindowOptions(
            from: &config, axes: Rank.axes, sizeKey: "pool_size",
            size: PerAxis([2, 2, 2].prefix(Rank.axes), absent: 1),
            stridesOfSize: true, dilates: false)
    }

    public var config: JSONObject {
        options.config(axes: Rank.axes, sizeKey: "pool_size", dilates: false)
    }

    private func image(_ shape: [Int]) throws(CellarError) -> ImageShape {
        try ImageShape(shape, axes: Rank.axes, channelsFirst: options.channelsFirst, subject: subject)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let image = try image(try onlyShape(inputs))
        let windows = try options.windows(on: image, subject: subject)
        try windows.check(channels: image.channels, subject: subject)
        let output = ImageShape(sizes: windows.outputSizes, channels: image.channels)
        let shape = output.shape(axes: Rank.axes, channelsFirst: options.channelsFirst)
        try checkSize(shape, "the output", subject: subject)
        return shape
    }

    /// The windows and channels of a shape. With channels first, each channel is a separate image.
    private func planned(_ shape: [Int]) -> (windows: Windows, channels: Int) {
        do {
            let image = try image(shape)
            return (
                try options.windows(on: image, subject: subject),
                image.split(channelsFirst: options.channelsFirst).channels
            )
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    /// Scratch for two rows of the input image.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let (windows, channels) = planned(inputs[0])
        return 2 * windows.width.input * channels
    }

    public func forward(_ call: CallMemory) {
        let (windows, channels) = planned(call.inputShapes[0])
        pool(
            call.x(), windows, channels: channels, average: Kind.averages, lines: call.scratch, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let (windows, channels) = planned(call.inputShapes[0])
        if Kind.averages {
            poolAverageBackward(call.dy, windows, channels: channels, into: dx)
        } else {
            poolMaxBackward(call.dy, x: call.x(), y: call.y, windows, channels: channels, into: dx)
        }
    }
}
