import Base
import Tensors

/// The common part of Conv and DepthwiseConv: one convolution, then bias and activation.
protocol ConvolutionLayer: StatelessLayer {
    var options: WindowOptions { get }
    var end: BiasActivation { get set }
    /// The convolution for an input of that shape, which `outputShape` has validated.
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

    public func forward(_ call: CallMemory) {
        let convolution = planned(call.inputShapes[0])
        let z = end.preactivations(call, call.rows * convolution.outputSize)
        convolution.forward(
            call.x(), kernel: call.weights[0], into: z, epilogue: end.epilogue(call),
            scratch: end.room(call, z.count))
        end.forward(z, call)
    }

    public func backward(_ call: CallMemory) {
        let convolution = planned(call.inputShapes[0])
        let dz = end.backward(end.preactivations(call, call.rows * convolution.outputSize), call)
        let room = end.room(call, dz.count)
        end.biasGradient(
            dz, channels: convolution.filters, channelsFirst: convolution.channelsFirst, call)
        if let dKernel = call.weightGradients[0] {
            convolution.kernelGradient(call.x(), dz, into: dKernel, scratch: room)
        }
        if let dx = call.dx() {
            convolution.inputGradient(dz, kernel: call.weights[0], into: dx, scratch: room)
        }
    }

    public var finalActivation: Activation? { end.activation }

    public func withoutActivation() -> Self {
        var copy = self
        copy.end = end.withoutActivation()
        return copy
    }
}
