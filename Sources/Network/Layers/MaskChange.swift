import Base
import Tensors

/// Gives its first input another mask: that of its second input, or none. Models create these layers themselves where
/// MultiHeadAttention of Keras 3 ended a mask (see `MaskRemovals`); files never contain them.
public struct MaskChange: StatelessLayer {
    public static let className = "MaskChange"
    public var name: String
    public var trainable = true
    /// True if the mask is that of a second input.
    private let takesOther: Bool

    init(of layer: any Layer, takesOther: Bool) { (name, self.takesOther) = (layer.name, takesOther) }

    public init(from config: inout LayerConfig) throws(CellarError) {
        throw config.error("is no layer of a file")
    }

    public var config: JSONObject { [:] }
    public static var isOutputPart: Bool { true }
    public func outputShape(for inputs: [[Int]]) -> [Int] { inputs[0] }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { takesOther ? .takes(1) : .ends }
    public func isView(training: Bool) -> Bool { !takesOther }
    public func forward(_ call: CallMemory) { call.y.copy(from: call.x()) }

    public func backward(_ call: CallMemory) {
        call.dx()?.copy(from: call.dy)
        if takesOther { call.dx(1)?.fill(0) }
    }
}
