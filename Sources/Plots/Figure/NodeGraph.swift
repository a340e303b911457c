/// Boxes with texts in layers, connected by arrows from earlier to later ones.
public struct NodeGraph: Equatable, Sendable {
    public struct GraphNode: Equatable, Sendable {
        /// The first line in bold.
        public var lines: [String]
        public var paint: Paint
        /// Filled, to stand out.
        public var isEmphasized: Bool
        public init(_ lines: [String], paint: Paint = .series(0), isEmphasized: Bool = false) {
            (self.lines, self.paint, self.isEmphasized) = (lines, paint, isEmphasized)
        }
    }

    public struct GraphEdge: Equatable, Sendable {
        /// Indexes of nodes.
        public var from, to: Int
        public var label: String
        public var isDashed: Bool
        public init(from: Int, to: Int, label: String = "", isDashed: Bool = false) {
            (self.from, self.to, self.label, self.isDashed) = (from, to, label, isDashed)
        }
    }

    public var nodes: [GraphNode]
    public var edges: [GraphEdge]

    public init(nodes: [GraphNode], edges: [GraphEdge]) { (self.nodes, self.edges) = (nodes, edges) }
}
