import Base
import Tensors

/// What Conv and DepthwiseConv share: one convolution, then bias and activation.
protocol ConvolutionLayer: Layer {
    var options: WindowOptions { get }
    var end: LayerEnd { get set }
    /// The convolution of an input of that shape, which `outputShape` has found fit.
    func convolution(for shape: [Int]) throws(CellarError) -> Convolution
}

extension ConvolutionLayer {
    func planned(_ shape: [Int]) -> Convolution {
        do {
            return try convolution(for: shape)
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let convolution = planned(inputs[0])
        return end.scratch(
            rows * convolution.outputSize,
            products: convolution.scratch(rows: rows, for: training ? .all : [.output]), training: training)
    }

    public func forward(_ step: Step) {
        let convolution = planned(step.inputShapes[0])
        let z = end.preactivations(step, step.rows * convolution.outputSize)
        convolution.forward(
            step.x(), kernel: step.weights[0], into: z, finish: end.finish(step),
            scratch: end.room(step, z.count))
        end.forward(z, step)
    }

    public func backward(_ step: Step) {
        let convolution = planned(step.inputShapes[0])
        let dz = end.backward(end.preactivations(step, step.rows * convolution.outputSize), step)
        let room = end.room(step, dz.count)
        end.biasGradient(
            dz, channels: convolution.filters, channelsFirst: convolution.channelsFirst, step)
        if let dKernel = step.weightGradients[0] {
            convolution.kernelGradient(step.x(), dz, into: dKernel, scratch: room)
        }
        if let dx = step.dx() {
            convolution.inputGradient(dz, kernel: step.weights[0], into: dx, scratch: room)
        }
    }

    public var finalActivation: Activation? { end.activation }

    public func withoutActivation() -> Self {
        var copy = self
        copy.end = end.withoutActivation()
        return copy
    }
}
