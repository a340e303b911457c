/// Parallel coordinates: a vertical axis for each dimension, and a line over all of them for each item.
public struct ParallelPlot: Equatable, Sendable {
    public struct Dimension: Equatable, Sendable {
        public enum Values: Equatable, Sendable {
            /// NaN where an item has no value.
            case numbers([Double], isLogarithmic: Bool = false)
            /// Nil where an item has no value.
            case names([String?])
        }
        public var name: String
        /// One for each item.
        public var values: Values

        public init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }
    }

    public struct Item: Equatable, Sendable {
        public var name: String
        public var paint: Paint
        public var isDashed: Bool
        public init(_ name: String, paint: Paint, isDashed: Bool = false) {
            (self.name, self.paint, self.isDashed) = (name, paint, isDashed)
        }
    }

    public var items: [Item]
    public var dimensions: [Dimension]

    public init(items: [Item], dimensions: [Dimension]) {
        (self.items, self.dimensions) = (items, dimensions)
    }
}
