/// The computation of a layer's calls.
public protocol LayerArithmetic {
    /// Makes a planned call of the layer, with its own state. Layers without state are `StatelessLayer`s.
    func makeCall(_ memory: CallMemory) -> any LayerCall

    /// Returns the count of scratch numbers for `rows` samples. They are kept from the forward to the
    /// backward pass.
    func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int

    /// Returns true if the output is the input, so that nothing is computed.
    func isView(training: Bool) -> Bool

    /// True if the layer computes differently in training.
    var dependsOnTraining: Bool { get }

    /// True if the layer's training behaviour is not implemented: a model with it cannot be trained.
    static var onlyAnswers: Bool { get }

    /// False for a layer that has no gradient: weights before it cannot be trained.
    static var propagatesGradients: Bool { get }

    /// True if Keras trains the layer one time step after another, and each with other results than all at once.
    var trainsStepByStep: Bool { get }

    /// The layer, if it turns texts into numbers.
    var textReader: (any TextReader)? { get }
    /// True if a text reader takes numbers as well.
    var readsNumbersToo: Bool { get }
    /// True for an input of texts.
    var isText: Bool { get }
}

extension LayerArithmetic {
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int { 0 }
    public func isView(training: Bool) -> Bool { false }
    public var dependsOnTraining: Bool {
        Self.onlyAnswers || isView(training: false) && !isView(training: true)
    }
    public static var onlyAnswers: Bool { false }
    public static var propagatesGradients: Bool { true }
    public var trainsStepByStep: Bool { false }
    public var textReader: (any TextReader)? { nil }
    public var readsNumbersToo: Bool { false }
    public var isText: Bool { false }
}
