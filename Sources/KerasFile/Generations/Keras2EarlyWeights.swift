import Base
import Tensors

extension Keras2Early {
    /// Mirrors kernels of Theano, which computes a true convolution, unlike all other backends.
    static func mirror(_ className: String, _ conversion: inout WeightConversion) {
        let axes = [
            "Conv1D": 1, "Conv2D": 2, "Conv2DTranspose": 2, "Conv1DTranspose": 1, "Conv3D": 3,
            "ConvLSTM2D": 2,
        ]
        guard let axes = axes[className] else { return }
        conversion.kernel { $0.mirrored(axes: axes) }
    }

    /// Converts CuDNN weights: an input bias and a recurrent bias, and transposed kernels of each gate.
    static func convertCuDNN(
        _ className: String, _ config: JSONObject, _ stored: StoredWeights,
        _ conversion: inout WeightConversion
    ) {
        let gates = className == "LSTM" ? 4 : 3
        guard ["LSTM", "GRU"].contains(className), stored.shapes.count == 3,
            let units = stored.shapes[1].first, stored.shapes[1] == [units, gates * units],
            stored.shapes[0].count == 2, stored.shapes[0][1] == gates * units,
            stored.shapes[2] == [2 * gates * units]
        else { return }
        // For a GRU the two biases stay separate. For an LSTM only their sum matters, which optimizer slots
        // cannot follow.
        conversion.then(rearranges: className == "GRU") { tensors in
            guard let kernels = tensors[0].split(gates), let recurrent = tensors[1].split(gates),
                let kernel = Tensor.joined(kernels.map(fromColumns)),
                let recurrentKernel = Tensor.joined(recurrent.map { $0.transposed([1, 0]) })
            else {
                throw CellarError(.badData, "unexpected shapes of the CuDNN arrays: \(tensors.map(\.shape))")
            }
            let width = gates * units
            let bias =
                className == "GRU"
                ? tensors[2].reshaped([2, width])
                : Tensor(
                    shape: [width],
                    values: (0..<width).map { tensors[2].values[$0] + tensors[2].values[width + $0] })
            return [kernel, recurrentKernel, bias]
        }
    }

    /// Reads the same numbers in column-major order: [0 1 2, 3 4 5] becomes [0 2 4, 1 3 5].
    private static func fromColumns(_ kernel: Tensor) -> Tensor {
        kernel.reshaped([kernel.shape[1], kernel.shape[0]]).transposed([1, 0])
    }
}
