import Network

/// The order of a tensor's axes in the graph: Keras' order, or with the channels (Keras' last axis) directly
/// after the batch, as ONNX' convolutions require.
enum AxisOrder { case keras, channelsFirst }

/// The result of a call. It is stored in one axis order and transposed to the other on demand, so that a
/// chain of convolutions needs no transposes between its nodes.
final class Value {
    /// In Keras' order, without the batch.
    let shape: [Int]
    /// The dynamic axes of `shape`.
    let free: Set<Int>
    /// The layout in which it was computed.
    let native: AxisOrder
    /// Which steps count: the name of a tensor of booleans, in Keras' order.
    var mask: Mask = .none

    enum Mask {
        case none
        /// [batch, steps], or with more trailing axes.
        case tensor(String, rank: Int)
        /// A mask that the graph does not compute: the path of its layer.
        case lost(String)
    }

    /// The tensors of a call with several outputs, which are read one by one.
    var parts: [String] = []

    private var names: [AxisOrder: String]
    private let graph: GraphBuilder

    init(_ name: String, _ layout: AxisOrder = .keras, shape: [Int], free: Set<Int> = [], graph: GraphBuilder)
    {
        (self.shape, self.free, self.graph) = (shape, free, graph)
        // With one axis, both orders are equal.
        native = shape.count > 1 ? layout : .keras
        names = shape.count > 1 ? [layout: name] : [.keras: name, .channelsFirst: name]
    }

    var rank: Int { shape.count }
    var isMasked: Bool { if case .none = mask { false } else { true } }

    /// Returns the name of the tensor in an axis order.
    func name(_ layout: AxisOrder = .keras) -> String {
        if let name = names[layout] { return name }
        let order = Array(0...rank)
        let name: String
        switch layout {
        case .channelsFirst: name = graph.transpose(self.name(.keras), [0, rank] + order[1..<rank])
        case .keras: name = graph.transpose(self.name(.channelsFirst), [0] + order[2...] + [1])
        }
        names[layout] = name
        return name
    }
}

extension AxisOrder {
    /// Returns the position of a sample's axis in a tensor with a batch axis.
    func axis(_ axis: Int, rank: Int) -> Int {
        switch self {
        case .keras: axis + 1
        case .channelsFirst: axis == rank - 1 ? 1 : axis + 2
        }
    }

    /// Reorders per-axis values from Keras' order to this axis order; the batch is not included.
    func ordered<Thing>(_ things: [Thing]) -> [Thing] {
        self == .keras ? things : things.suffix(1) + things.dropLast()
    }
}
