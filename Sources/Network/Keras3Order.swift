extension Container {
    /// Returns the model with its calls in Keras 3's order of execution, and with those marked for which Keras 3 records the
    /// mask as an argument. Source: Keras' `map_graph`.
    ///
    /// Keras goes through the depths, which are the numbers of calls from there to the farthest output, and within a depth in
    /// the order in which it found the calls from the outputs back.
    public func asKeras3RunsIt(_ layers: [any Layer]) -> Container {
        guard form == .functional else { return self }
        let found = nodesFromInputsToOutputs()
        var depths: [Int?] = nodes.map { _ in nil }
        var order: [Int] = []
        // All calls of a member are at least as far as the farthest one that was found before.
        var farthest = members.map { _ in 0 }
        func put(_ node: Int, depth: Int) {
            if depths[node] == nil { order.append(node) }
            depths[node] = max(depth, depths[node] ?? 0)
        }
        for node in found.reversed() {
            let member = nodes[node].member
            put(node, depth: farthest[member])
            let depth = depths[node] ?? 0
            farthest[member] = depth
            for parent in parents(node) { put(parent, depth: depth + 1) }
        }
        order += nodes.indices.filter { depths[$0] == nil }
        let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let sorted = nodes.indices.sorted {
            // Inputs are there before all calls, and what leads to no output is of no effect.
            let (a, b) = (
                nodes[$0].inputs.isEmpty ? Int.max : depths[$0] ?? -1,
                nodes[$1].inputs.isEmpty ? Int.max : depths[$1] ?? -1
            )
            return a == b ? (places[$0] ?? 0) < (places[$1] ?? 0) : a > b
        }
        return rearranged(sorted, layers)
    }

    /// Returns true if a layer inside ends the masks of its inputs.
    public func endsMasks(_ layers: [any Layer]) -> Bool {
        self.layers.contains { layers[$0].endsMasksOfInputs }
    }

    private func parents(_ node: Int) -> [Int] {
        nodes[node].inputs.compactMap { source in
            guard case .node(let parent, _) = source else { return nil }
            return parent
        }
    }

    /// Returns the nodes before the outputs, depth first and each after those that it reads.
    private func nodesFromInputsToOutputs() -> [Int] {
        var isSeen = nodes.map { _ in false }
        var found: [Int] = []
        for output in outputs {
            guard case .node(let end, _) = output, !isSeen[end] else { continue }
            isSeen[end] = true
            var path = [(node: end, rest: parents(end)[...])]
            while let (node, rest) = path.last {
                guard let next = rest.first else {
                    found.append(node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest = rest.dropFirst()
                guard !isSeen[next] else { continue }
                isSeen[next] = true
                path.append((next, parents(next)[...]))
            }
        }
        return found
    }

    /// Returns the model with its nodes in this order, which has every node after those that it reads.
    private func rearranged(_ order: [Int], _ layers: [any Layer]) -> Container {
        var places = order
        for (place, node) in order.enumerated() { places[node] = place }
        func moved(_ source: Source) -> Source {
            guard case .node(let node, let output) = source else { return source }
            return .node(places[node], output: output)
        }
        var copy = self
        copy.nodes = order.map { index in
            var node = nodes[index]
            node.inputs = node.inputs.map(moved)
            if case .layer(let layer) = members[node.member] {
                node.recordsMask = type(of: layers[layer]).hasMaskArgument && node.inputs.count == 1
            }
            return node
        }
        copy.inputs = inputs.map { places[$0] }
        copy.outputs = outputs.map(moved)
        return copy
    }
}
