/// The computation of a layer's calls.
public protocol LayerArithmetic {
    /// Makes a planned call of the layer, with its own state. Layers without state are `StatelessLayer`s.
    func makeCall(_ memory: CallMemory) -> any LayerCall

    /// The count of scratch numbers for `rows` samples, kept from forward to backward.
    func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int

    /// Whether output and input are the same numbers, so that nothing needs to be computed.
    func isView(training: Bool) -> Bool

    /// Whether the layer computes differently while a model is trained.
    var dependsOnTraining: Bool { get }

    /// Whether the layer's training behaviour is not implemented: a model with it cannot be trained.
    static var onlyAnswers: Bool { get }

    /// False for a layer that has no gradient: weights before it cannot be trained.
    static var propagatesGradients: Bool { get }
}

extension LayerArithmetic {
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int { 0 }
    public func isView(training: Bool) -> Bool { false }
    public var dependsOnTraining: Bool {
        Self.onlyAnswers || isView(training: false) && !isView(training: true)
    }
    public static var onlyAnswers: Bool { false }
    public static var propagatesGradients: Bool { true }
}
