import Base
import Tensors

public typealias ZeroPadding1D = Border<OneAxis, BorderOfZeros>
public typealias ZeroPadding2D = Border<TwoAxes, BorderOfZeros>
public typealias ZeroPadding3D = Border<ThreeAxes, BorderOfZeros>
public typealias Cropping1D = Border<OneAxis, BorderToCrop>
public typealias Cropping2D = Border<TwoAxes, BorderToCrop>
public typealias Cropping3D = Border<ThreeAxes, BorderToCrop>

/// Whether a layer adds or removes a border; the backward pass of one is the forward pass of the other.
public protocol BorderKind: Sendable {
    static var word: String { get }
    static var key: String { get }
    static var crops: Bool { get }
}

public enum BorderOfZeros: BorderKind {
    public static let (word, key, crops) = ("ZeroPadding", "padding", false)
}

public enum BorderToCrop: BorderKind {
    public static let (word, key, crops) = ("Cropping", "cropping", true)
}

/// Pads an image with zeros or crops its border, with separate sizes before and after on each axis.
///
/// Source: Keras' ZeroPadding1D … ZeroPadding3D, Cropping1D … Cropping3D.
public struct Border<Rank: SpatialRank, Kind: BorderKind>: StatelessLayer {
    public static var className: String { "\(Kind.word)\(Rank.axes)D" }
    public var name = "\(Kind.crops ? "cropping" : "zero_padding")\(Rank.axes)d"
    public var trainable = true
    var before, after: PerAxis<Int>
    var channelsFirst: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        let pairs = try config.borders(Kind.key, axes: Rank.axes)
        before = PerAxis(pairs.map(\.before)[...], absent: 0)
        after = PerAxis(pairs.map(\.after)[...], absent: 0)
        channelsFirst = try config.channelsFirst()
    }

    public var config: JSONObject {
        let pairs = zip(before.last(Rank.axes), after.last(Rank.axes)).map { (before, after) -> JSON in
            .array([.integer(before), .integer(after)])
        }
        // Keras 2.10's layers of one axis accept one pair, and no data_format.
        if Rank.axes == 1 {
            return channelsFirst
                ? [Kind.key: pairs[0], "data_format": .dataFormat(channelsFirst: true)] : [Kind.key: pairs[0]]
        }
        return [Kind.key: .array(pairs), "data_format": .dataFormat(channelsFirst: channelsFirst)]
    }

    private func image(_ shape: [Int]) throws(CellarError) -> ImageShape {
        try ImageShape(shape, axes: Rank.axes, channelsFirst: channelsFirst, subject: subject)
    }

    private func outputImage(_ image: ImageShape) throws(CellarError) -> ImageShape {
        let sizes = PerAxis(
            try size(image.sizes.depth, before.depth, after.depth, "depth"),
            try size(image.sizes.height, before.height, after.height, "height"),
            try size(image.sizes.width, before.width, after.width, "width"))
        return ImageShape(sizes: sizes, channels: image.channels)
    }

    private func size(_ size: Int, _ before: Int, _ after: Int, _ axis: String) throws(CellarError) -> Int {
        guard Kind.crops else { return before + size + after }
        guard before + after < size else {
            throw CellarError(
                "crops \(before) and \(after) of the input's \(axis), which is only \(size)",
                subject: subject,
                key: Kind.key)
        }
        return size - before - after
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try outputImage(try image(try onlyShape(inputs)))
            .shape(axes: Rank.axes, channelsFirst: channelsFirst)
        try checkSize(shape, "the output", subject: subject)
        return shape
    }

    public func isView(training: Bool) -> Bool {
        before == PerAxis(0, 0, 0) && after == PerAxis(0, 0, 0)
    }

    /// The position of the smaller image in the larger one; with channels first, each channel is a separate
    /// image.
    private func box(_ call: CallMemory) -> Box {
        do {
            let image = try image(call.inputShapes[0])
            let output = try outputImage(image)
            let (inner, outer) = Kind.crops ? (output.sizes, image.sizes) : (image.sizes, output.sizes)
            let channels = image.split(channelsFirst: channelsFirst).channels
            return Box(
                inner: (inner.depth, inner.height, inner.width * channels),
                outer: (outer.depth, outer.height, outer.width * channels),
                before: (before.depth, before.height, before.width * channels))
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public func forward(_ call: CallMemory) {
        let box = box(call)
        if Kind.crops { box.take(from: call.x(), into: call.y) } else { box.put(call.x(), into: call.y) }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let box = box(call)
        if Kind.crops { box.put(call.dy, into: dx) } else { box.take(from: call.dy, into: dx) }
    }
}

extension LayerConfig {
    /// Reads the sizes before and after each axis: one number for all, one for each axis, or a pair for each.
    fileprivate mutating func borders(_ key: String, axes: Int) throws(CellarError) -> [(
        before: Int, after: Int
    )] {
        let found = value(key) ?? 1
        func pair(_ json: JSON) -> (before: Int, after: Int)? {
            if let both = json.int { return (both, both) }
            guard let items = json.array, items.count == 2, let a = items[0].int, let b = items[1].int else {
                return nil
            }
            return (a, b)
        }
        // A pair of numbers means before and after on one axis, but height and width on two axes.
        let items =
            found.int != nil ? Array(repeating: found, count: axes) : axes == 1 ? [found] : found.array ?? []
        let pairs = items.compactMap(pair)
        let flat = axes == 1 && found.array?.count == 1 ? found.array?.compactMap(pair) ?? [] : pairs
        guard flat.count == axes, axes == 1 || items.count == axes else {
            throw error(
                "\(key) must be a number, or \(axes == 1 ? "a pair" : "a list of \(axes) numbers or pairs"), but is "
                    + "\(found.text().prefix(60))", key: key)
        }
        guard
            flat.allSatisfy({
                (0...Int(Int32.max)).contains($0.before) && (0...Int(Int32.max)).contains($0.after)
            })
        else { throw error("\(key) is \(found.text().prefix(60)); none may be negative", key: key) }
        return flat
    }
}
