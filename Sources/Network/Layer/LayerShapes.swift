import Base

/// The inputs, outputs and masks of a layer's calls.
public protocol LayerShapes {
    /// The output's shape, or an error that names what does not fit.
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int]

    /// The number of tensors that a call gives. Where there are several, a sample of the output is all of them, one behind
    /// the other, and `outputShape` is the one axis of their numbers; the model cuts them out again.
    var outputCount: Int { get }
    /// Their shapes.
    func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]]
    /// Whether that output has the mask that leaves the layer.
    func outputCarriesMask(_ output: Int) -> Bool

    /// The names of the tensors that a call takes, where Keras' `call` has several arguments.
    static var inputNames: [String] { get }

    /// Whether inputs behind the first are Keras 3's `initial_state`.
    static var takesInitialState: Bool { get }

    /// What a mask means to a call with initial states; nil for a layer that takes none.
    var maskWithStates: InitialStateMask? { get }

    /// Whether a mask ends here, passes, or is made; `masks` has the shapes of the masks that come in, nil for none.
    func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse

    /// Whether samples enter the network here.
    static var isInput: Bool { get }
    /// The declared shape of samples, of an input.
    var sampleShape: SampleShape? { get }
    /// Gives the free sizes of an input's shape a size.
    mutating func bind(to shape: [Int])

    /// Whether the layer is one output of a layer with several, which no file has (see `OutputPart`).
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
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .ends }
    public static var isInput: Bool { false }
    public var isInput: Bool { Self.isInput }
    public var sampleShape: SampleShape? { nil }
    public mutating func bind(to shape: [Int]) {}
    public static var isOutputPart: Bool { false }
    public var isOutputPart: Bool { Self.isOutputPart }
}

/// A layer that implements `outputShapes`, for one output or several, in place of `outputShape`.
public protocol LayerOfSeveralOutputs: Layer {}

extension LayerOfSeveralOutputs {
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shapes = try outputShapes(for: inputs)
        return shapes.count == 1 ? shapes[0] : [shapes.reduce(0) { $0 + $1.reduce(1, *) }]
    }
}
