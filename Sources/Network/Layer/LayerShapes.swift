import Base

/// The inputs, outputs and masks of a layer's calls.
public protocol LayerShapes {
    /// Returns the output shape. Throws an error that names what does not fit.
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int]

    /// The number of output tensors of a call. If there are several, a sample of the output is their
    /// concatenation, `outputShape` is the one axis of their numbers, and the model slices it.
    var outputCount: Int { get }
    /// Returns the shapes of the output tensors.
    func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]]
    /// Returns true if that output has the layer's output mask.
    func outputCarriesMask(_ output: Int) -> Bool

    /// The names of the input tensors, if Keras' `call` has several arguments.
    static var inputNames: [String] { get }

    /// True if the inputs after the first are Keras 3's `initial_state`.
    static var takesInitialState: Bool { get }

    /// The meaning of a mask in a call with initial states; nil for a layer that has none.
    var maskWithStates: InitialStateMask? { get }

    /// Returns the rule by which the layer joins the masks of its inputs; nil if another rule would give the same.
    ///
    /// - sameMasks: All inputs have one mask.
    /// - rank: The number of axes of the first input's samples.
    func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin?

    /// Returns the generation of Keras whose rule for masks the layer follows here; nil if the other one's gives the same.
    func maskForm(for inputs: [[Int]], masks: [[Int]?]) -> MaskForm?

    /// Returns the use of masks. `masks` has the shapes of the input masks, nil for none.
    func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse

    /// True if the layer computes its output with the masks of its inputs, and does not only hand them on.
    var usesMasks: Bool { get }
    /// True if, once it is called, its inputs have no masks for the calls after it: MultiHeadAttention of Keras 3.8 and later.
    var endsMasksOfInputs: Bool { get }
    /// Makes a layer of a file of an earlier Keras end masks as Keras 3 would.
    mutating func followKeras3()
    /// True if Keras' `call` has an argument `mask`, which a Functional of Keras 3 records for a call with one tensor.
    static var hasMaskArgument: Bool { get }
    /// Returns true if Keras' `call` returns the tensor that it is given, and no new one.
    func returnsItsInput(training: Bool) -> Bool

    /// True if the layer is an input of the network.
    static var isInput: Bool { get }
    /// The declared shape of an input's samples.
    var sampleShape: SampleShape? { get }
    /// Sets the free sizes of an input's shape.
    mutating func bind(to shape: [Int])

    /// True if the layer is in no file: one output of a layer with several (see `OutputPart`), or a change of a mask (see
    /// `MaskChange`).
    static var isOutputPart: Bool { get }
}

extension LayerShapes {
    public var outputCount: Int { 1 }
    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        [try outputShape(for: inputs)]
    }
    public func outputCarriesMask(_ output: Int) -> Bool { true }
    public static var inputNames: [String] { ["inputs"] }
    public static var takesInitialState: Bool { false }
    public var maskWithStates: InitialStateMask? { nil }
    public func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin? { nil }
    public func maskForm(for inputs: [[Int]], masks: [[Int]?]) -> MaskForm? { nil }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .ends }
    public var usesMasks: Bool { false }
    public var endsMasksOfInputs: Bool { false }
    public mutating func followKeras3() {}
    public static var hasMaskArgument: Bool { false }
    public func returnsItsInput(training: Bool) -> Bool { false }
    public static var isInput: Bool { false }
    public var isInput: Bool { Self.isInput }
    public var sampleShape: SampleShape? { nil }
    public mutating func bind(to shape: [Int]) {}
    public static var isOutputPart: Bool { false }
    public var isOutputPart: Bool { Self.isOutputPart }
}

/// A layer that implements `outputShapes`, for one or more outputs, instead of `outputShape`.
public protocol LayerOfSeveralOutputs: Layer {}

extension LayerOfSeveralOutputs {
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shapes = try outputShapes(for: inputs)
        return shapes.count == 1 ? shapes[0] : [shapes.reduce(0) { $0 + $1.reduce(1, *) }]
    }
}
