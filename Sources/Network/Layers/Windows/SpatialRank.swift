import Base

/// The number of axes on which a layer's windows move, which is the number in Keras' class name. Each layer has
/// one implementation, which computes on three axes; absent leading axes have size 1.
public protocol SpatialRank: Sendable {
    static var axes: Int { get }
}

public enum OneAxis: SpatialRank { public static let axes = 1 }
public enum TwoAxes: SpatialRank { public static let axes = 2 }
public enum ThreeAxes: SpatialRank { public static let axes = 3 }

/// One value for each of three axes; with fewer axes, the last ones are used.
public struct PerAxis<Value> {
    public var depth, height, width: Value

    public init(_ depth: Value, _ height: Value, _ width: Value) {
        (self.depth, self.height, self.width) = (depth, height, width)
    }

    /// Creates it from the values of the last axes, with `absent` for the axes before them.
    public init(_ last: ArraySlice<Value>, absent: Value) {
        precondition((1...3).contains(last.count))
        let end = last.endIndex
        self.init(
            last.count > 2 ? last[end - 3] : absent, last.count > 1 ? last[end - 2] : absent, last[end - 1])
    }

    /// The values of the last `axes`.
    public func last(_ axes: Int) -> [Value] { Array([depth, height, width].suffix(axes)) }

    /// Applies a closure to each axis; the closure also receives the axis' name for messages.
    func map<Other>(_ transform: (Value, String) throws(CellarError) -> Other) throws(CellarError)
        -> PerAxis<Other>
    {
        PerAxis<Other>(
            try transform(depth, "depth"), try transform(height, "height"), try transform(width, "width"))
    }
}

extension PerAxis: Sendable where Value: Sendable {}
extension PerAxis: Equatable where Value: Equatable {}

extension PerAxis where Value == Int {
    /// The number of cells of an image. Overflow must have been ruled out: sizes in files are untrusted.
    var product: Int { depth * height * width }
}

extension LayerConfig {
    /// Reads an integer for each axis, with `absent` for axes that do not exist; a single number applies to all
    /// axes.
    mutating func sizes(
        _ key: String, axes: Int, default standard: PerAxis<Int>? = nil,
        absent: Int = 1, in range: ClosedRange<Int> = 1...Int(Int32.max)
    ) throws(CellarError) -> PerAxis<Int> {
        guard let found = try ints(key) else {
            guard let standard else { throw error("\(key) is missing", key: key) }
            return standard
        }
        let list = found.count == 1 ? Array(repeating: found[0], count: axes) : found
        guard list.count == axes else {
            throw error("\(key) must be a number or a list of \(axes), but is \(found)", key: key)
        }
        guard list.allSatisfy(range.contains) else {
            throw error(
                "\(key) is \(found); each must be from \(range.lowerBound) to \(range.upperBound)", key: key)
        }
        return PerAxis(list[...], absent: absent)
    }

    /// Reads whether images have their channels first.
    mutating func channelsFirst() throws(CellarError) -> Bool {
        try string("data_format", default: "channels_last", oneOf: ["channels_last", "channels_first"])
            == "channels_first"
    }
}

extension JSON {
    static func sizes(_ sizes: PerAxis<Int>, axes: Int) -> JSON {
        .array(sizes.last(axes).map { .integer($0) })
    }
    static func dataFormat(channelsFirst: Bool) -> JSON {
        .string(channelsFirst ? "channels_first" : "channels_last")
    }
}
