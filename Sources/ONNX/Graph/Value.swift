import Network

/// The order of a tensor's axes in the graph: Keras', or with the channels (Keras' last axis) right behind the batch, as
/// ONNX' convolutions want it.
enum AxisOrder { case keras, channelsFirst }

/// What a call computes, on its way through the graph. It is there in one layout, and in the other as soon as somebody
/// asks for it: a chain of convolutions asks for one only, and has no transposes between its nodes.
final class Value {
    /// In Keras' order, without the batch.
    let shape: [Int]
    /// Axes of `shape` whose size depends on the data.
    let free: Set<Int>
    /// The layout in which it was computed.
    let native: AxisOrder
    /// Which steps count: the name of a tensor of booleans, in Keras' order.
    var mask: Mask = .none

    enum Mask {
        case none
        /// [batch, steps], or with more axes behind.
        case tensor(String, rank: Int)
        /// There is one, but the graph does not compute it: the layer that it comes from.
        case lost(String)
    }

    private var names: [AxisOrder: String]
    private let graph: GraphBuilder

    init(_ name: String, _ layout: AxisOrder = .keras, shape: [Int], free: Set<Int> = [], graph: GraphBuilder)
    {
        (self.shape, self.free, self.graph) = (shape, free, graph)
        // Where there is one axis, both are the same.
        native = shape.count > 1 ? layout : .keras
        names = shape.count > 1 ? [layout: name] : [.keras: name, .channelsFirst: name]
    }

    var rank: Int { shape.count }
    var isMasked: Bool { if case .none = mask { false } else { true } }

    /// The tensor in a layout.
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
    /// Where a sample's axis lies in a tensor with the batch in front.
    func axis(_ axis: Int, rank: Int) -> Int {
        switch self {
        case .keras: axis + 1
        case .channelsFirst: axis == rank - 1 ? 1 : axis + 2
        }
    }

    /// One thing for each of a sample's axes, put into the order of the layout; the batch is left out.
    func ordered<Thing>(_ things: [Thing]) -> [Thing] {
        self == .keras ? things : things.suffix(1) + things.dropLast()
    }
}
