import Base

/// The structure of a model in its file: members are layers and whole models, each called once or more.
/// Computation does not use it (in `Model.calls` nested models are flattened); the file's config and the
/// order of its weights do.
public struct Container: Sendable {
    /// The form of the graph in Keras' config: a chain, or calls that name their inputs.
    public enum Form: Sendable { case sequential, functional }

    public enum Member: Sendable {
        /// A layer, by its index in the model.
        case layer(Int)
        case model(Container)
    }

    /// The origin of a tensor.
    public enum Source: Equatable, Sendable {
        /// An output of an earlier node. Only nested models and layers with several outputs have more than
        /// one.
        case node(Int, output: Int)
        /// An argument of a nested model that has no InputLayer of its own.
        case outside(Int)
    }

    /// One call of a member.
    public struct Node: Sendable {
        public var member: Int
        /// The inputs of the call; empty for an InputLayer.
        public var inputs: [Source]
        /// True if the member is called with `training=False`: it computes as at inference even in training.
        public var atInference: Bool
        /// True if Keras 3 records the mask of the input as an argument of the call (see `MaskRemovals`).
        public var recordsMask: Bool
        public init(member: Int, inputs: [Source], atInference: Bool = false, recordsMask: Bool = false) {
            (self.member, self.inputs) = (member, inputs)
            (self.atInference, self.recordsMask) = (atInference, recordsMask)
        }
    }

    /// The layer around a model that applies it to every time step.
    public struct Steps: Sendable {
        /// The name of the layer, and that of its class.
        public var name: String
        public static var className: String { TimeDistributed.className }
        /// The rule for the mask of the output.
        public var form: MaskForm
        public init(name: String, form: MaskForm) { (self.name, self.form) = (name, form) }
    }

    public var name: String
    /// The layer around the model; nil for none. The layers inside are then those of TimeDistributed (`init(member:form:)`).
    public var steps: Steps?
    public var form: Form
    public var members: [Member]
    /// The calls in topological order.
    public var nodes: [Node]
    /// The nodes of the InputLayers, and the outputs, in Keras' order.
    public var inputs: [Int]
    public var outputs: [Source]

    public init(
        name: String, form: Form, members: [Member], nodes: [Node], inputs: [Int], outputs: [Source]
    ) {
        (self.name, self.form, self.members) = (name, form, members)
        (self.nodes, self.inputs, self.outputs) = (nodes, inputs, outputs)
    }

    /// Creates a chain of members. If the first one is not an InputLayer, the chain's argument is its input.
    public init(name: String, chain members: [Member], startsWithInput: Bool) {
        let nodes = members.indices.map { index in
            Node(
                member: index,
                inputs: index > 0 ? [.node(index - 1, output: 0)] : startsWithInput ? [] : [.outside(0)])
        }
        self.init(
            name: name, form: .sequential, members: members, nodes: nodes, inputs: startsWithInput ? [0] : [],
            outputs: [.node(members.count - 1, output: 0)])
    }

    /// The name in the model that contains this one.
    public var memberName: String { steps?.name ?? name }

    /// All layers, including those of nested members, in the order of the file.
    public var layers: [Int] {
        members.flatMap { member in
            switch member {
            case .layer(let index): [index]
            case .model(let inside): inside.layers
            }
        }
    }

    /// True if a member is a model.
    public var containsModel: Bool {
        members.contains { if case .model = $0 { true } else { false } }
    }

    /// Flattens the model: one call for each use of each layer. `feeds` are the calls whose outputs are the
    /// model's arguments; nil for the outermost model, whose InputLayers become calls. `atInference` applies
    /// to all nested layers. The call of a layer with several outputs is followed by calls that slice the
    /// outputs, each of its own layer, with indices from `nextPart`. `number` tells the calls of one model from those of others.
    func flattened(
        feeds: [Int]?, atInference: Bool = false, depth: Int = 0, number: Int = 0,
        into calls: inout [Model.Call],
        stepModels: inout [StepModel], nextPart: inout Int, outputCount: (Int) -> Int, isInput: (Int) -> Bool
    ) throws(CellarError) -> (inputs: [Int], outputs: [Int]) {
        if let feeds, !inputs.isEmpty, inputs.count != feeds.count {
            throw CellarError(
                "has \(inputs.count) inputs, but is called with \(feeds.count)", subject: "model \"\(name)\"")
        }
        var produced: [[Int]] = []
        func call(_ source: Source) throws(CellarError) -> Int {
            switch source {
            case .node(let node, let output):
                guard produced.indices.contains(node), produced[node].indices.contains(output) else {
                    throw CellarError(
                        "a layer takes output \(output) of a call that has no such output",
                        subject: "model \"\(name)\"")
                }
                return produced[node][output]
            case .outside(let index):
                guard let feeds, feeds.indices.contains(index) else {
                    throw CellarError("has no input", subject: "model \"\(name)\"")
                }
                return feeds[index]
            }
        }
        for (index, node) in nodes.enumerated() {
            var given: [Int] = []
            for source in node.inputs { given.append(try call(source)) }
            switch members[node.member] {
            case .layer(let layer):
                if let feeds, isInput(layer), let position = inputs.firstIndex(of: index) {
                    produced.append([feeds[position]])
                } else {
                    let (whole, parts) = (calls.count, outputCount(layer))
                    calls.append(
                        Model.Call(
                            layer: layer, inputs: given, atInference: atInference || node.atInference,
                            recordsMask: node.recordsMask, container: number))
                    produced.append(parts > 1 ? Array(whole + 1...whole + parts) : [whole])
                    for _ in 0..<(parts > 1 ? parts : 0) {
                        calls.append(Model.Call(layer: nextPart, inputs: [whole]))
                        nextPart += 1
                    }
                }
            case .model(let inside):
                let (first, depth) = (calls.count, depth + (inside.steps == nil ? 0 : 1))
                let outputs = try inside.flattened(
                    feeds: given, atInference: atInference || node.atInference, depth: depth,
                    // The number of calls until there, of which there is at least one in every model before it.
                    number: first + 1, into: &calls,
                    stepModels: &stepModels, nextPart: &nextPart, outputCount: outputCount, isInput: isInput
                ).outputs
                if let steps = inside.steps {
                    stepModels.append(
                        StepModel(
                            steps: steps, depth: depth, feeds: given, calls: first..<calls.count,
                            outputs: outputs))
                }
                produced.append(outputs)
            }
        }
        var ends: [Int] = []
        for source in outputs { ends.append(try call(source)) }
        return (inputs.map { produced[$0][0] }, ends)
    }
}
