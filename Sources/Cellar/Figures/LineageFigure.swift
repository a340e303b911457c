import Base
import Plots
import Registry

extension Figure {
    /// The data, run, ancestors, descendants, evaluations and promotions of a version, from top to bottom.
    public init(lineage: Lineage) {
        var nodes = LineageNodes()
        let own = nodes.add(
            lineage.name, sha256: lineage.sha256, remark: nil, created: nil, aliases: lineage.aliases,
            isEmphasized: true)
        let made = nodes.addRun(of: lineage, of: own)
        nodes.addAncestors(lineage.ancestors, of: made)
        nodes.addData(of: lineage, of: made)
        nodes.addDescendants(lineage.descendants, of: own)
        nodes.addEvents(of: lineage, of: own)
        self.init(
            title: "Lineage of \(lineage.name)",
            summary: lineage.text.split(separator: "\n").joined(separator: "; "),
            panels: [FigurePanel(marks: [.graph(NodeGraph(nodes: nodes.nodes, edges: nodes.edges))])])
    }
}

/// The nodes of a lineage; a version that is reached on several ways is one node.
private struct LineageNodes {
    var nodes: [NodeGraph.GraphNode] = []
    var edges: [NodeGraph.GraphEdge] = []
    private var known: [String: Int] = [:]
    private var isCut = false
    /// More nodes are no picture any more.
    private static let most = 200
    /// All of them are in `registry lineage`.
    private static let mostEvents = 4

    mutating func add(
        _ name: String, sha256: String, remark: String?, created: String?, aliases: [String],
        isEmphasized: Bool = false
    ) -> Int {
        // One name may stand for two files: in a merged store, and for a parent that is not here.
        let key = sha256.isEmpty ? name : sha256
        if let index = known[key] { return index }
        var lines = [name]
        if let created { lines.append(String(created.prefix(10))) }
        if let remark { lines.append(remark) }
        // Long lists of aliases are in `registry lineage`.
        if !aliases.isEmpty {
            lines.append(
                aliases.prefix(3).map { "@" + $0 }.joined(separator: " ") + (aliases.count > 3 ? " …" : ""))
        }
        nodes.append(.init(lines, paint: remark == nil ? .series(0) : .muted, isEmphasized: isEmphasized))
        known[key] = nodes.count - 1
        return nodes.count - 1
    }

    /// The run that saved the version. Returns its node, or the version's where the run is not recorded.
    mutating func addRun(of lineage: Lineage, of own: Int) -> Int {
        guard let run = lineage.run else { return own }
        nodes.append(.init(["run", String(run.prefix(12))], paint: .series(2)))
        connect(nodes.count - 1, own, "saved")
        return nodes.count - 1
    }

    mutating func addData(of lineage: Lineage, of child: Int) {
        guard let data = lineage.data else { return }
        let lines = [data.path] + (data.sha256.isEmpty ? [] : [String(data.sha256.prefix(12))])
        nodes.append(.init(lines, paint: .series(2)))
        connect(nodes.count - 1, child, "trained on")
    }

    /// The newest evaluations and promotions.
    mutating func addEvents(of lineage: Lineage, of own: Int) {
        let events =
            lineage.evaluations.suffix(Self.mostEvents).map { found in
                (label: "evaluated", lines: [found.data, found.summary, String(found.time.prefix(10))])
            }
            + lineage.promotions.suffix(Self.mostEvents).map { move in
                (label: "promoted", lines: ["@" + move.alias, String(move.time.prefix(10)), move.who])
            }
        for event in events {
            nodes.append(.init(event.lines.filter { !$0.isEmpty }, paint: .series(1)))
            connect(own, nodes.count - 1, event.label)
        }
    }

    mutating func addAncestors(_ relatives: [Lineage.Relative], of child: Int) {
        for relative in relatives {
            guard let parent = place(relative) else { continue }
            connect(parent, child, relative.kind?.rawValue ?? "")
            addAncestors(relative.next, of: parent)
        }
    }

    mutating func addDescendants(_ relatives: [Lineage.Relative], of parent: Int) {
        for relative in relatives {
            guard let child = place(relative) else { continue }
            connect(parent, child, relative.kind?.rawValue ?? "")
            addDescendants(relative.next, of: child)
        }
    }

    private mutating func place(_ relative: Lineage.Relative) -> Int? {
        if nodes.count >= Self.most, known[relative.sha256.isEmpty ? relative.name : relative.sha256] == nil {
            if !isCut { nodes.append(.init(["… more in registry lineage"], paint: .muted)) }
            isCut = true
            return nil
        }
        return add(
            relative.name, sha256: relative.sha256, remark: relative.remark, created: relative.created,
            aliases: relative.aliases)
    }

    private mutating func connect(_ from: Int, _ to: Int, _ label: String) {
        let edge = NodeGraph.GraphEdge(
            from: from, to: to, label: label, isDashed: label == ModelFacts.Parent.Kind.checkpointOf.rawValue)
        if from != to, !edges.contains(edge) { edges.append(edge) }
    }
}
