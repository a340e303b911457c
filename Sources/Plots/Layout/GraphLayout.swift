/// Places the nodes of a graph in layers from top to bottom, each below all that point to it.
struct GraphLayout {
    private let graph: NodeGraph
    private let width: Double
    private(set) var height = 0.0
    private var places: [DrawnArea]

    private static let size = 11.5
    private static let lineHeight = 15.0
    private static let layerGap = 50.0
    private static let nodeGap = 24.0

    init(_ graph: NodeGraph, width: Double) {
        (self.graph, self.width) = (graph, width)
        places = graph.nodes.map { _ in DrawnArea(0, 0, 0, 0) }
        var y = 4.0
        var order: [Int: Double] = [:]
        for layer in layers() {
            // Below its parents, so that arrows cross little.
            func wish(_ node: Int) -> Double {
                let parents = graph.edges.filter { $0.to == node }.compactMap { order[$0.from] }
                return parents.isEmpty ? Double(node) * 1e-3 : parents.reduce(0, +) / Double(parents.count)
            }
            let sorted = layer.map { (node: $0, wish: wish($0)) }.sorted {
                ($0.wish, $0.node) < ($1.wish, $1.node)
            }
            for row in rows(sorted.map(\.node)) {
                let sizes = row.map(nodeSize)
                let total = sizes.reduce(0) { $0 + $1.width } + Self.nodeGap * Double(row.count - 1)
                var x = max(0, (width - total) / 2)
                for (node, size) in zip(row, sizes) {
                    places[node] = DrawnArea(x, y, size.width, size.height)
                    order[node] = x + size.width / 2
                    x += size.width + Self.nodeGap
                }
                y += (sizes.map(\.height).max() ?? 0) + Self.layerGap
            }
        }
        height = max(0, y - Self.layerGap + 4)
    }

    private func nodeSize(_ node: Int) -> (width: Double, height: Double) {
        let lines = graph.nodes[node].lines
        let widest =
            lines.enumerated().map { FontMetrics.width($1, size: Self.size, isBold: $0 == 0) }.max() ?? 0
        return (min(widest, min(width - 24, 260)) + 20, Double(max(lines.count, 1)) * Self.lineHeight + 12)
    }

    /// The longest way from a node without parents. In a cycle the count ends after as many rounds as there are nodes.
    private func layers() -> [[Int]] {
        var depth = graph.nodes.map { _ in 0 }
        var changed = true
        var rounds = 0
        while changed, rounds < graph.nodes.count {
            (changed, rounds) = (false, rounds + 1)
            for edge in graph.edges where depth[edge.to] < depth[edge.from] + 1 {
                depth[edge.to] = min(depth[edge.from] + 1, graph.nodes.count - 1)
                changed = true
            }
        }
        let most = depth.max() ?? -1
        return most < 0 ? [] : (0...most).map { layer in depth.indices.filter { depth[$0] == layer } }
    }

    /// A layer in as many rows as its nodes need.
    private func rows(_ layer: [Int]) -> [[Int]] {
        var rows: [[Int]] = [[]]
        var used = 0.0
        for node in layer {
            let wide = nodeSize(node).width + Self.nodeGap
            if used + wide - Self.nodeGap > width, !(rows.last?.isEmpty ?? true) {
                rows.append([])
                used = 0
            }
            rows[rows.count - 1].append(node)
            used += wide
        }
        return rows.filter { !$0.isEmpty }
    }

    func draw(at origin: PlotPoint) -> [DrawingCommand] {
        var lines: [DrawingCommand] = []
        var texts: [DrawingCommand] = []
        var taken: [DrawnArea] = []
        for edge in graph.edges {
            let (from, to) = (places[edge.from], places[edge.to])
            let start = PlotPoint(origin.x + from.middleX, origin.y + from.bottom)
            let end = PlotPoint(origin.x + to.middleX, origin.y + to.y)
            lines += arrow(start, end, isDashed: edge.isDashed)
            guard !edge.label.isEmpty else { continue }
            let label = FontMetrics.fitted(edge.label, to: 140, size: 10)
            let wide = FontMetrics.width(label, size: 10)
            var at = labelPlace(of: edge, start, end)
            // Out of the way of the labels before it.
            for other in taken
            where (other.x - at.x).magnitude < wide / 2 + other.width / 2 + 4
                && (other.y - at.y).magnitude < 13
            {
                at.y = other.y + 14
            }
            taken.append(DrawnArea(at.x, at.y, wide, 0))
            texts.append(
                .rectangle(
                    DrawnArea(at.x - wide / 2 - 4, at.y - 8, wide + 8, 15), radius: 3, fill: .background,
                    stroke: nil))
            texts.append(
                .text(
                    DrawnText(
                        label, at: PlotPoint(at.x, at.y + 3), size: 10, paint: .muted, anchor: .middle,
                        maximum: wide + 6)))
        }
        return lines + texts + graph.nodes.indices.flatMap { box($0, origin) }
    }

    /// A point on the arrow: where arrows meet at one end, nearer to the other.
    private func labelPlace(of edge: NodeGraph.GraphEdge, _ start: PlotPoint, _ end: PlotPoint) -> PlotPoint {
        let meets = graph.edges.count { $0.to == edge.to } > 1
        let parts = graph.edges.count { $0.from == edge.from } > 1
        let share = meets == parts ? 0.5 : meets ? 0.3 : 0.68
        let along = share * share * (3 - 2 * share)
        return PlotPoint(start.x + (end.x - start.x) * along, start.y + (end.y - start.y) * share)
    }

    private func arrow(_ start: PlotPoint, _ end: PlotPoint, isDashed: Bool) -> [DrawingCommand] {
        let tip = PlotPoint(end.x, end.y - 1)
        let bend = max(12, (end.y - start.y) / 2)
        let path: [PathElement] = [
            .move(start),
            .curve(
                PlotPoint(start.x, start.y + bend), PlotPoint(end.x, end.y - bend),
                PlotPoint(end.x, end.y - 5)),
        ]
        let head: [PathElement] = [
            .move(tip), .line(PlotPoint(tip.x - 4, tip.y - 7)), .line(PlotPoint(tip.x + 4, tip.y - 7)),
            .close,
        ]
        return [
            .path(path, fill: nil, stroke: DrawnStroke(.muted, 1.2, dashes: isDashed ? [4, 3] : [])),
            .path(head, fill: .muted, stroke: nil),
        ]
    }

    private func box(_ index: Int, _ origin: PlotPoint) -> [DrawingCommand] {
        let node = graph.nodes[index]
        let place = places[index]
        let area = DrawnArea(origin.x + place.x, origin.y + place.y, place.width, place.height)
        var commands: [DrawingCommand] = [
            .rectangle(
                area, radius: 5, fill: node.isEmphasized ? .ramp(3) : .background,
                stroke: DrawnStroke(node.paint, node.isEmphasized ? 2.2 : 1.4))
        ]
        for (row, line) in node.lines.enumerated() {
            let isBold = row == 0
            let text = FontMetrics.fitted(line, to: area.width - 12, size: Self.size, isBold: isBold)
            let y = area.y + 6 + Double(row) * Self.lineHeight + 11
            commands.append(
                .text(
                    DrawnText(
                        text, at: PlotPoint(area.middleX, y), size: Self.size,
                        paint: isBold || node.isEmphasized ? .foreground : .muted, anchor: .middle,
                        isBold: isBold, maximum: area.width - 10)))
        }
        return commands
    }
}
