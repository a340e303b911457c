import Base
import Tensors

/// A layer that changes nothing at inference and only affects training.
protocol TrainingLayer: StatelessLayer {}

extension TrainingLayer {
    public static var isForTrainingOnly: Bool { true }
    public func returnsItsInput(training: Bool) -> Bool { isView(training: training) }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }
}

/// Returns its input unchanged. In tf.keras it ends the mask.
public struct Identity: TrainingLayer {
    public static let className = "Identity"
    public var name = "identity"
    public var trainable = true

    private var form = MaskForm.keras2

    public init() {}
    public init(from config: inout LayerConfig) throws(CellarError) { form = MaskForm(from: &config) }
    public var config: JSONObject { [:] }
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { form == .keras2 ? .ends : .passes }
    public func maskForm(for inputs: [[Int]], masks: [[Int]?]) -> MaskForm? {
        masks.allSatisfy { $0 == nil } ? nil : form
    }
    public func isView(training: Bool) -> Bool { true }
    // An enclosing layer may give it separate memory.
    public func forward(_ call: CallMemory) { call.y.copy(from: call.x()) }
    public func backward(_ call: CallMemory) { call.dx()?.copy(from: call.dy) }
}
