import JSONText
import Network

/// The calls of a Functional config, which may stand in any order, brought into one in which they can run.
struct CallGraph {
    /// A tensor as configs name it: the output of a layer's n-th call.
    struct Reference {
        var layer: String
        var node: Int

        /// From `["name", node, tensor]` or `["name", node, tensor, {…}]`.
        init?(_ json: JSON) {
            guard let items = json.array, items.count >= 3, let layer = items[0].string,
                let node = items[1].int,
                items[2].int == 0
            else { return nil }
            (self.layer, self.node) = (layer, node)
        }
    }

    private let layerIndex: [String: Int]
    private let layerNames: [String]
    // In the order of the file; a layer's calls in their own order.
    private var calls: [(layer: Int, inputs: [Reference])] = []
    private var callsOfLayer: [[Int]]

    init(layerNames: [String]) {
        self.layerNames = layerNames
        layerIndex = Dictionary(
            layerNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        callsOfLayer = Array(repeating: [], count: layerNames.count)
    }

    mutating func add(layer: Int, inputs: [Reference]) {
        callsOfLayer[layer].append(calls.count)
        calls.append((layer, inputs))
    }

    private func index(of reference: Reference, wantedBy user: String) throws -> Int {
        guard let layer = layerIndex[reference.layer] else {
            throw Trouble(
                .damaged, "\(user) takes the output of \"\(reference.layer)\", but there is no such layer")
        }
        guard callsOfLayer[layer].indices.contains(reference.node) else {
            throw Trouble(
                .damaged,
                "\(user) takes call \(reference.node) of \"\(reference.layer)\", which has only "
                    + "\(callsOfLayer[layer].count)")
        }
        return callsOfLayer[layer][reference.node]
    }

    /// Kahn's algorithm. `order[i]` is where the i-th call of the file went.
    func sorted() throws -> (calls: [Model.Call], order: [Int]) {
        let inputs = try calls.map { call in
            try call.inputs.map { try index(of: $0, wantedBy: "layer \"\(layerNames[call.layer])\"") }
        }
        var users: [[Int]] = Array(repeating: [], count: calls.count)
        var missing = inputs.map(\.count)
        for (user, sources) in inputs.enumerated() { for source in sources { users[source].append(user) } }
        var ready = calls.indices.filter { missing[$0] == 0 }
        var order = Array(repeating: -1, count: calls.count)
        var result: [Model.Call] = []
        var next = 0
        while next < ready.count {
            let call = ready[next]
            next += 1
            order[call] = result.count
            result.append(Model.Call(layer: calls[call].layer, inputs: inputs[call].map { order[$0] }))
            for user in users[call] {
                missing[user] -= 1
                if missing[user] == 0 { ready.append(user) }
            }
        }
        guard result.count == calls.count else {
            let stuck = calls.indices.first { order[$0] < 0 }.map { layerNames[calls[$0].layer] } ?? ""
            throw Trouble(.damaged, "the layers are wired in a circle, at \"\(stuck)\"")
        }
        return (result, order)
    }

    func call(of reference: Reference, wantedBy user: String, _ order: [Int]) throws -> Int {
        order[try index(of: reference, wantedBy: user)]
    }
}
