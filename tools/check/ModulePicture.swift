/// docs/modules.svg: the modules of Package.swift as boxes in the rows of docs/modules.txt, and their dependencies as
/// arrows, without those that follow from others. The layout is Sugiyama's: a long arrow gets a bend in each row that it
/// crosses, boxes and bends are ordered by the mean of their neighbours, then moved towards them.
struct ModulePicture {
    private struct Node {
        var name: String?  // nil: a bend
        var detail = ""
        var row: Int
        var x = 0.0
        var width = 10.0
    }

    private var nodes: [Node] = []
    private var rows: [[Int]] = []
    /// Chains of nodes, from a module over bends to the module that it depends on.
    private var arrows: [[Int]] = []
    private var above: [[Int]] = []
    private var below: [[Int]] = []

    init(_ manifest: Manifest, layers: Layers) {
        let targets = manifest.targets.filter { !$0.isTest }
        let byName = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
        var index: [String: Int] = [:]
        let last = layers.row.values.max() ?? 0
        rows = Array(repeating: [], count: last + 1)
        // A module that modules.txt does not have yet goes above all that it depends on.
        func row(_ name: String) -> Int {
            layers.row[name]
                ?? max(0, (byName[name]?.modules.filter { byName[$0] != nil }.map(row).min() ?? last + 1) - 1)
        }
        for target in targets {
            index[target.name] = nodes.count
            let packages = target.products.joined(separator: ", ")
            let width = max(Double(target.name.count) * 8.6, Double(packages.count) * 6.2) + 20
            add(Node(name: target.name, detail: packages, row: row(target.name), width: width))
        }
        func reach(_ name: String) -> Set<String> {
            (byName[name]?.modules ?? []).reduce(into: []) { $0.formUnion(reach($1).union([$1])) }
        }
        for target in targets {
            let indirect = target.modules.reduce(into: Set<String>()) { $0.formUnion(reach($1)) }
            for name in target.modules where !indirect.contains(name) {
                guard let from = index[target.name], let to = index[name] else { continue }
                var chain = [from]
                for row in (nodes[from].row + 1)..<max(nodes[from].row + 1, nodes[to].row) {
                    chain.append(nodes.count)
                    add(Node(row: row))
                }
                arrows.append(chain + [to])
            }
        }
        (above, below) = (Array(repeating: [], count: nodes.count), Array(repeating: [], count: nodes.count))
        for chain in arrows {
            for (from, to) in zip(chain, chain.dropFirst()) {
                below[from].append(to)
                above[to].append(from)
            }
        }
        order()
        place()
    }

    private mutating func add(_ node: Node) {
        rows[node.row].append(nodes.count)
        nodes.append(node)
    }

    /// Finds an order in each row with few crossings.
    private mutating func order() {
        var position = Array(repeating: 0.0, count: nodes.count)
        func number(_ rows: [[Int]]) {
            for row in rows { for (place, node) in row.enumerated() { position[node] = Double(place) } }
        }
        func crossings() -> Int {
            var count = 0
            for row in rows {
                let edges = row.flatMap { node in below[node].map { (position[node], position[$0]) } }
                for (i, a) in edges.enumerated() {
                    for b in edges[..<i] where (a.0 - b.0) * (a.1 - b.1) < 0 { count += 1 }
                }
            }
            return count
        }
        number(rows)
        var best = (rows, crossings())
        for sweep in 0..<40 {
            let down = sweep % 2 == 0
            let neighbours = down ? above : below
            for row in down ? Array(rows.indices) : rows.indices.reversed() {
                let means = rows[row].map { node in
                    neighbours[node].isEmpty
                        ? position[node]
                        : neighbours[node].map { position[$0] }.reduce(0, +) / Double(neighbours[node].count)
                }
                // Stable: equal means keep their order, or the other one in every second pair of sweeps.
                let ranked = means.indices.sorted {
                    (means[$0], sweep % 4 < 2 ? $0 : -$0) < (means[$1], sweep % 4 < 2 ? $1 : -$1)
                }
                rows[row] = ranked.map { rows[row][$0] }
                number([rows[row]])
            }
            let count = crossings()
            if count < best.1 { best = (rows, count) }
        }
        rows = best.0
    }

    /// Moves the nodes of each row towards the mean of their neighbours, as near as their widths allow.
    private mutating func place() {
        for row in rows {
            var x = 0.0
            for node in row {
                nodes[node].x = x + nodes[node].width / 2
                x += nodes[node].width + 14
            }
        }
        for sweep in 0..<60 {
            for row in sweep % 2 == 0 ? rows : rows.reversed() {
                // Least squares in the given order: neighbours that would overlap move as one block.
                var blocks: [(sum: Double, weight: Double, count: Int)] = []
                var offsets: [Double] = []
                for (place, node) in row.enumerated() {
                    let step = place == 0 ? 0 : (nodes[row[place - 1]].width + nodes[node].width) / 2 + 14
                    offsets.append((offsets.last ?? 0) + step)
                    let near = above[node] + below[node]
                    let wanted =
                        near.isEmpty
                        ? nodes[node].x : near.map { nodes[$0].x }.reduce(0, +) / Double(near.count)
                    let weight = nodes[node].name == nil ? 4.0 : 1
                    blocks.append(((wanted - offsets[place]) * weight, weight, 1))
                    while blocks.count > 1, let b = blocks.last, case let a = blocks[blocks.count - 2],
                        a.sum / a.weight > b.sum / b.weight
                    {
                        blocks.removeLast(2)
                        blocks.append((a.sum + b.sum, a.weight + b.weight, a.count + b.count))
                    }
                }
                var place = 0
                for block in blocks {
                    for _ in 0..<block.count {
                        nodes[row[place]].x = block.sum / block.weight + offsets[place]
                        place += 1
                    }
                }
            }
        }
    }

    func svg() -> String {
        let (boxHeight, rowHeight, margin) = (38.0, 84.0, 16.0)
        let left = nodes.map { $0.x - $0.width / 2 }.min() ?? 0
        let width = (nodes.map { $0.x + $0.width / 2 }.max() ?? 0) - left + 2 * margin
        let height = Double(rows.count - 1) * rowHeight + boxHeight + 2 * margin
        func n(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        func x(_ node: Node) -> Double { node.x - left + margin }
        func y(_ node: Node) -> Double { Double(node.row) * rowHeight + margin }
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(width)) \(n(height))" \
            font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="14" text-anchor="middle">
              <title>The modules of Cellar: each depends on those that its arrows point to, and on what they depend on</title>
              <style>
                .box { fill: #fff; stroke: #7b2d43; stroke-width: 1.4 }
                .arrow { fill: none; stroke: #777; stroke-width: 1.2; marker-end: url(#tip) }
                .small { font-size: 10.5px; fill: #555 }
                text { fill: #222 }
              </style>
              <defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
            <path d="M0 1L10 5L0 9z" fill="#777"/></marker></defs>
              <rect width="100%" height="100%" rx="8" fill="#f8f4f5"/>
            """
        ]
        for chain in arrows {
            var path = "M\(n(x(nodes[chain[0]]))) \(n(y(nodes[chain[0]]) + boxHeight))"
            for (from, to) in zip(chain, chain.dropFirst()) {
                let (a, b) = (nodes[from], nodes[to])
                let (top, bottom) = (y(a) + boxHeight, y(b))
                let bend = (bottom - top) / 2
                path += "C\(n(x(a))) \(n(top + bend)) \(n(x(b))) \(n(bottom - bend)) \(n(x(b))) \(n(bottom))"
                if b.name == nil { path += "V\(n(bottom + boxHeight))" }
            }
            lines.append("  <path class=\"arrow\" d=\"\(path)\"/>")
        }
        for node in nodes {
            guard let name = node.name else { continue }
            let (left, middle) = (x(node) - node.width / 2, y(node) + boxHeight / 2)
            lines.append(
                "  <rect class=\"box\" x=\"\(n(left))\" y=\"\(n(y(node)))\" width=\"\(n(node.width))\" height=\"\(n(boxHeight))\" rx=\"5\"/>"
            )
            lines.append(
                "  <text x=\"\(n(x(node)))\" y=\"\(n(middle + (node.detail.isEmpty ? 5 : -1)))\">\(name)</text>"
            )
            if !node.detail.isEmpty {
                lines.append(
                    "  <text class=\"small\" x=\"\(n(x(node)))\" y=\"\(n(middle + 13))\">\(node.detail)</text>"
                )
            }
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }
}
