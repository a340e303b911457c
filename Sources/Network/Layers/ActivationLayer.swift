import Base
import Tensors

/// Keras' `Activation`: a named activation function as a separate layer.
public struct ActivationLayer: StatelessLayer {
    public static let className = "Activation"
    public var name = "activation"
    public var trainable = true
    public var activation: Activation

    public init(_ activation: Activation) { self.activation = activation }

    public init(from config: inout LayerConfig) throws(CellarError) { activation = try config.activation() }

    public var config: JSONObject { ["activation": activation.json] }

    public static var isCheap: Bool { true }
    public func isElementwise(_ shape: [Int]) -> Bool { activation.isElementwise }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        return input.dropLast() + input.suffix(1).map { activation.outputWidth($0) }
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func isView(training: Bool) -> Bool { activation == .linear }
    public func returnsItsInput(training: Bool) -> Bool { activation == .linear }

    public var finalActivation: Activation? { activation }
    public var onlyActivation: Activation? { activation }

    public func withoutActivation() -> ActivationLayer {
        var copy = self; copy.activation = .linear; return copy
    }

    public func forward(_ call: CallMemory) {
        activation.forward(call.x(), into: call.y, width: call.inputShapes[0].last ?? 1)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        activation.backward(call.dy, z: call.x(), y: call.y, into: dx, width: call.inputShapes[0].last ?? 1)
    }
}
