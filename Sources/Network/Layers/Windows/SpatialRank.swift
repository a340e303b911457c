import Base

/// On how many axes a layer's windows move: the number in Keras' class name. A layer is written once for all of them, and
/// computed on three, the missing ones of size 1 in front.
public protocol SpatialRank: Sendable {
    static var axes: Int { get }
}

public enum OneAxis: SpatialRank { public static let axes = 1 }
public enum TwoAxes: SpatialRank { public static let axes = 2 }
public enum ThreeAxes: SpatialRank { public static let axes = 3 }

/// One value for each of three axes; what has fewer axes has its own last.
public struct PerAxis<Value> {
    public var depth, height, width: Value

    public init(_ depth: Value, _ height: Value, _ width: Value) {
        (self.depth, self.height, self.width) = (depth, height, width)
    }

    /// From the values of the last axes, `absent` for those in front of them.
    public init(_ last: ArraySlice<Value>, absent: Value) {
        precondition((1...3).contains(last.count))
        let end = last.endIndex
        self.init(
            last.count > 2 ? last[end - 3] : absent, last.count > 1 ? last[end - 2] : absent, last[end - 1])
    }

    /// The values of the last `axes`.
    public func last(_ axes: Int) -> [Value] { Array([depth, height, width].suffix(axes)) }

    /// The same for each axis; the closure also gets a message's word for it.
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
    /// The size of an image, if it fits an Int: sizes of files are not trusted.
    var product: Int { depth * height * width }
}

extension LayerConfig {
    /// A whole number for each axis, `absent` for those that are not there; a single one counts for all.
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

    /// True where images have their channels in front.
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
