import Base
import Tensors

/// What a network is made of. A layer knows its options, its shapes and its arithmetic; it owns no numbers: these lie
/// in the network (as tensors, to be saved) or in an executor's arenas (to be computed with).
///
/// Shapes never include the batch. Source of names, options, defaults and weight order: Keras 2.10.
public protocol Layer: Sendable {
    /// Keras' class name.
    static var className: String { get }

    /// Keras' name of the layer: the group that its weights lie in.
    var name: String { get set }

    /// A layer that is not trainable keeps its weights while the rest learns.
    var trainable: Bool { get set }

    /// Reads the options that are its own. `name` and `trainable` are set by the caller.
    init(from config: inout LayerConfig) throws(CellarError)

    /// Its own options as Keras 2.10 writes them, without name, trainable and dtype.
    var config: JSONObject { get }

    /// The output's shape, or an error that names what does not fit.
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int]

    /// How many tensors a call gives. Where there are several, a sample of the output is all of them, one behind the other,
    /// and `outputShape` is the one axis of their numbers; the model cuts them out again.
    var outputCount: Int { get }
    /// Their shapes.
    func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]]
    /// Whether the mask that leaves the layer goes with that one.
    func outputCarriesMask(_ output: Int) -> Bool

    /// The names of the tensors that a call takes, where Keras' `call` has several as arguments of their own.
    static var inputNames: [String] { get }

    /// Whether inputs behind the first are what Keras 3 calls `initial_state`.
    static var takesInitialState: Bool { get }

    /// Options of the call that change the answer, such as `use_causal_mask`, as Keras names them.
    var callOptions: JSONObject { get }
    /// Takes such options; an error for one that the layer does not have.
    mutating func take(callOptions: JSONObject) throws(CellarError)

    /// Whether a mask ends here, goes on, or is made; `masks` has the shapes of those that come in, nil for none.
    func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse

    /// The steps of layers inside this one, over windows of the step's own memory. Made once; they are `step.inner`.
    func innerSteps(_ step: Step) -> [Step]

    /// Its weights: the trainable ones first, then the others, each in Keras' order of creation.
    func weights(for inputs: [[Int]]) -> [WeightSpec]

    /// How `count` weights are spread over groups inside the layer's own where a file keeps them by object, as Keras 3's
    /// `.weights.h5` does: the groups' paths, with the number of weights in each, in the order of `weights(for:)`.
    func weightGroups(count: Int) -> [WeightGroup]

    /// True where output and input are the same numbers, so that nothing needs to be computed.
    func isView(training: Bool) -> Bool

    /// How many numbers of its own it needs while it computes `rows` samples, kept from forward to backward.
    func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int

    /// Whether it computes otherwise while a model is trained.
    var dependsOnTraining: Bool { get }

    /// True where what the layer does while a model is trained is not done here: such a model is not trained at all.
    static var onlyAnswers: Bool { get }

    /// Computes the output of `step.rows` samples.
    func forward(_ step: Step)

    /// False where a layer only answers: what lies before it cannot be trained through it.
    static var propagatesGradients: Bool { get }

    /// From the loss' gradient at the output, computes (not adds) those at the inputs and at the trainable weights.
    func backward(_ step: Step)

    /// The activation that the layer ends with, if any, and the layer without it: a loss on logits takes its place.
    var finalActivation: Activation? { get }
    func withoutActivation() -> Self

    // What folding asks of a layer. A question like `layer is any LinearLayer` would make the run-time system walk over
    // all conformances in the program, which costs more than to fold.

    /// The function of a layer that is nothing else.
    var onlyActivation: Activation? { get }
    /// The layer, where it is sums of products with an activation at their end.
    var linear: (any LinearLayer)? { get }
    /// Whether an answer is its input as it came, as Dropout's is.
    static var isForTrainingOnly: Bool { get }
}

extension Layer {
    public var className: String { Self.className }
    public var outputCount: Int { 1 }
    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        [try outputShape(for: inputs)]
    }
    public func outputCarriesMask(_ output: Int) -> Bool { true }
    public func weights(for inputs: [[Int]]) -> [WeightSpec] { [] }
    public func weightGroups(count: Int) -> [WeightGroup] { [WeightGroup(path: "", count: count)] }
    public static var propagatesGradients: Bool { true }
    public static var onlyAnswers: Bool { false }
    public var dependsOnTraining: Bool {
        Self.onlyAnswers || isView(training: false) && !isView(training: true)
    }
    public static var inputNames: [String] { ["inputs"] }
    public static var takesInitialState: Bool { false }
    public var callOptions: JSONObject { [:] }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .ends }
    public func innerSteps(_ step: Step) -> [Step] { [] }
    public func isView(training: Bool) -> Bool { false }

    public func take(callOptions: JSONObject) throws(CellarError) {
        if let (name, value) = callOptions.members.first {
            throw CellarError(
                "is called with \(name) = \(value.text().prefix(60)), which is not supported",
                subject: subject)
        }
    }
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int { 0 }
    public var finalActivation: Activation? { nil }
    public func withoutActivation() -> Self { self }
    public var onlyActivation: Activation? { nil }
    public var linear: (any LinearLayer)? { nil }
    public static var isForTrainingOnly: Bool { false }

    /// `Dense "hiddenLayer1"`, for messages.
    public var subject: String { "\(Self.className) \"\(name)\"" }

    /// The one input's shape; only merging layers take several.
    func onlyShape(_ inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 1 else {
            throw CellarError("takes one input, but \(inputs.count) are wired to it", subject: subject)
        }
        return inputs[0]
    }
}

/// A layer that says `outputShapes`, of one output or several, and leaves the rest to this.
public protocol LayerOfSeveralOutputs: Layer {}

extension LayerOfSeveralOutputs {
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shapes = try outputShapes(for: inputs)
        return shapes.count == 1 ? shapes[0] : [shapes.reduce(0) { $0 + $1.reduce(1, *) }]
    }
}

/// A part of a layer's weights that Keras keeps in an object of its own, such as the `cell` of an LSTM.
public struct WeightGroup: Equatable, Sendable {
    /// Names of objects inside objects, as `forward_layer/cell`; empty for the layer itself.
    public var path: String
    public var count: Int

    public init(path: String, count: Int) { (self.path, self.count) = (path, count) }

    /// The same group of a layer that lies in another, under that name.
    func inside(_ name: String) -> WeightGroup {
        WeightGroup(path: path.isEmpty ? name : "\(name)/\(path)", count: count)
    }
}

/// A weight that a layer needs.
public struct WeightSpec: Sendable {
    /// Keras' name within the layer: `kernel`, `moving_mean`.
    public var name: String
    public var shape: [Int]
    public var initializer: Initializer
    public var trainable: Bool
    public var regularizer: Regularizer?
    /// What the weight is brought back to after each step of training.
    public var constraint: Constraint?
    /// While computing, a matrix's rows may begin at cache-line borders, so that vectors are read whole: the layer then
    /// reads them with the stride of its window.
    public var alignsRows = false

    public init(
        _ name: String, shape: [Int], initializer: Initializer, trainable: Bool = true,
        regularizer: Regularizer? = nil, constraint: Constraint? = nil
    ) {
        (self.name, self.shape, self.initializer) = (name, shape, initializer)
        (self.trainable, self.regularizer, self.constraint) = (trainable, regularizer, constraint)
    }

    public var count: Int { shape.reduce(1, *) }
}
