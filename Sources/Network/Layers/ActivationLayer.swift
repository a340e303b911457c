import Base
import Tensors

/// Keras' `Activation`: one of the named functions, as a layer of its own.
public struct ActivationLayer: Layer {
    public static let className = "Activation"
    public var name = "activation"
    public var trainable = true
    public var activation: Activation

    public init(_ activation: Activation) { self.activation = activation }

    public init(from config: inout LayerConfig) throws(CellarError) { activation = try config.activation() }

    public var config: JSONObject { ["activation": activation.json] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        return input.dropLast() + input.suffix(1).map { activation.outputWidth($0) }
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func isView(training: Bool) -> Bool { activation == .linear }

    public var finalActivation: Activation? { activation }
    public var onlyActivation: Activation? { activation }

    public func withoutActivation() -> ActivationLayer {
        var copy = self; copy.activation = .linear; return copy
    }

    public func forward(_ step: Step) {
        activation.forward(step.x(), into: step.y, width: step.inputShapes[0].last ?? 1)
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        activation.backward(step.dy, z: step.x(), y: step.y, into: dx, width: step.inputShapes[0].last ?? 1)
    }
}
