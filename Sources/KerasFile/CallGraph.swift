import Base
import Network

/// The calls of a Functional config, which can be in any order, sorted topologically.
struct CallGraph {
    /// A tensor reference of a config: an output of a member's n-th call.
    struct Reference {
        var member: String
        var node: Int
        var tensor: Int

        /// Parses `["name", node, tensor]` or `["name", node, tensor, {…}]`.
        init?(_ json: JSON) {
            guard let items = json.array, items.count >= 3, let member = items[0].string,
                let node = items[1].int, let tensor = items[2].int
            else { return nil }
            (self.member, self.node, self.tensor) = (member, node, tensor)
        }
    }

    private let numbers: [String: Int]
    private let names: [String]
    /// The first node number of each member. A nested model owns node 0 from its construction. In Keras 2 its
    /// uses count from 1 everywhere; in Keras 3 only in the list of the model's outputs, and only for a
    /// Functional.
    private let firstNodes, firstNodesOfOutputs: [Int]
    // In the order of the file; the calls of a member are in order.
    private var calls: [(member: Int, inputs: [Reference], atInference: Bool)] = []
    private var callsOfMember: [[Int]]

    init(names: [String], firstNodes: [Int], firstNodesOfOutputs: [Int]) {
        self.names = names
        (self.firstNodes, self.firstNodesOfOutputs) = (firstNodes, firstNodesOfOutputs)
        numbers = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        callsOfMember = Array(repeating: [], count: names.count)
    }

    mutating func add(member: Int, inputs: [Reference], atInference: Bool = false) {
        callsOfMember[member].append(calls.count)
        calls.append((member, inputs, atInference))
    }

    private func index(of reference: Reference, from firstNodes: [Int], wantedBy user: String) throws -> Int {
        guard let member = numbers[reference.member] else {
            throw CellarError(
                .badData, "\(user) takes the output of \"\(reference.member)\", but there is no such layer")
        }
        // Some releases of Keras 3 always count from 0.
        let node = max(reference.node - firstNodes[member], 0)
        guard callsOfMember[member].indices.contains(node) else {
            throw CellarError(
                .badData,
                "\(user) takes call \(reference.node) of \"\(reference.member)\", which is called "
                    + "\(callsOfMember[member].count) times")
        }
        return callsOfMember[member][node]
    }

    /// Kahn's algorithm. `order[i]` is the new position of the file's i-th call.
    func sorted() throws -> (nodes: [Container.Node], order: [Int]) {
        let inputs = try calls.map { call in
            try call.inputs.map {
                try index(of: $0, from: firstNodes, wantedBy: "layer \"\(names[call.member])\"")
            }
        }
        var users: [[Int]] = Array(repeating: [], count: calls.count)
        var missing = inputs.map(\.count)
        for (user, sources) in inputs.enumerated() { for source in sources { users[source].append(user) } }
        var ready = calls.indices.filter { missing[$0] == 0 }
        var order = Array(repeating: -1, count: calls.count)
        var result: [Container.Node] = []
        var next = 0
        while next < ready.count {
            let call = ready[next]
            next += 1
            order[call] = result.count
            result.append(
                Container.Node(
                    member: calls[call].member,
                    inputs: zip(inputs[call], calls[call].inputs).map {
                        .node(order[$0], output: $1.tensor)
                    }, atInference: calls[call].atInference))
            for user in users[call] {
                missing[user] -= 1
                if missing[user] == 0 { ready.append(user) }
            }
        }
        guard result.count == calls.count else {
            let stuck = calls.indices.first { order[$0] < 0 }.map { names[calls[$0].member] } ?? ""
            throw CellarError(.badData, "the layer graph has a cycle at \"\(stuck)\"")
        }
        return (result, order)
    }

    func output(_ reference: Reference, wantedBy user: String, _ order: [Int]) throws -> Container.Source {
        let call = try index(of: reference, from: firstNodesOfOutputs, wantedBy: user)
        return .node(order[call], output: reference.tensor)
    }
}
