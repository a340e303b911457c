import CKernels

/// The windows along one axis: `window` elements, `dilation` apart, at a distance of `stride`. The first
/// window begins `before` elements before the input.
public struct WindowAxis: Equatable, Sendable {
    public var input, window, stride, dilation, before, output: Int

    public init(input: Int, window: Int, stride: Int, dilation: Int = 1, before: Int = 0, output: Int) {
        (self.input, self.window, self.stride, self.dilation) = (input, window, stride, dilation)
        (self.before, self.output) = (before, output)
    }

    /// A missing axis.
    public static let none = WindowAxis(input: 1, window: 1, stride: 1, output: 1)

    /// The number of elements from the first to the last of a window, inclusive.
    public var span: Int { (window - 1) * dilation + 1 }
    /// The number of padding elements after the input.
    public var after: Int { max((output - 1) * stride + span - before - input, 0) }
    public var padded: Int { before + input + after }

    var c: ck_axis {
        ck_axis(
            input: input, output: output, window: window, stride: stride, dilation: dilation, before: before)
    }
}

/// Windows on three axes. With fewer axes, the last ones are used.
public struct Windows: Equatable, Sendable {
    public var depth, height, width: WindowAxis

    public init(depth: WindowAxis = .none, height: WindowAxis = .none, width: WindowAxis) {
        (self.depth, self.height, self.width) = (depth, height, width)
    }

    /// The number of input positions, windows (output positions), cells per window, and padded input
    /// positions.
    public var inputs: Int { depth.input * height.input * width.input }
    public var outputs: Int { depth.output * height.output * width.output }
    public var cells: Int { depth.window * height.window * width.window }
    public var padded: Int { depth.padded * height.padded * width.padded }
    var isPadded: Bool { padded != inputs }

    var c: ck_windows { ck_windows(depth: depth.c, height: height.c, width: width.c) }

    /// The position of the input in the padded input.
    func box(channels: Int) -> Box {
        Box(
            inner: (depth.input, height.input, width.input * channels),
            outer: (depth.padded, height.padded, width.padded * channels),
            before: (depth.before, height.before, width.before * channels))
    }
}

/// An array [depth, height, length] inside a larger one, for padding and cropping.
public struct Box: Equatable, Sendable {
    public let innerCount, outerCount: Int
    private let inner, outer, before: (Int, Int, Int)

    public init(inner: (Int, Int, Int), outer: (Int, Int, Int), before: (Int, Int, Int)) {
        precondition(inner.0 + before.0 <= outer.0 && inner.1 + before.1 <= outer.1)
        precondition(inner.2 + before.2 <= outer.2)
        (self.inner, self.outer, self.before) = (inner, outer, before)
        (innerCount, outerCount) = (inner.0 * inner.1 * inner.2, outer.0 * outer.1 * outer.2)
    }

    public static func == (a: Box, b: Box) -> Bool {
        a.inner == b.inner && a.outer == b.outer && a.before == b.before
    }

    private var c: ck_box {
        ck_box(inner: inner, outer: outer, before: before)
    }

    /// Copies each box of `inner` and surrounds it with zeros.
    public func put(_ inner: Floats, into outer: Floats) {
        let (box, rows) = (c, inner.count / innerCount)
        precondition(inner.count == rows * innerCount && outer.count == rows * outerCount)
        unsafe withUnsafePointer(to: box) { box in
            for row in 0..<rows {
                unsafe ck_put_in_box(inner.base + row * innerCount, box, outer.base + row * outerCount)
            }
        }
    }

    /// Copies the middle of each box of `outer`.
    public func take(from outer: Floats, into inner: Floats) {
        let (box, rows) = (c, inner.count / innerCount)
        precondition(inner.count == rows * innerCount && outer.count == rows * outerCount)
        unsafe withUnsafePointer(to: box) { box in
            for row in 0..<rows {
                unsafe ck_take_from_box(outer.base + row * outerCount, box, inner.base + row * innerCount)
            }
        }
    }
}
