import Base
import Tensors

/// Keras 1's weight layouts. Source: Keras 2.2's `preprocess_weights_for_loading`.
extension Keras1 {
    static func convert(
        _ className: String, _ config: JSONObject, _ stored: StoredWeights,
        _ conversion: inout WeightConversion
    ) {
        let isFirst = config["data_format"] == "channels_first"
        let rank = stored.shapes.first?.count ?? 0
        switch className {
        case "Conv1D" where rank == 4:
            let shape = stored.shapes[0]
            let (size, filters) = (config["kernel_size"]?.array?.first?.int, config["filters"]?.int)
            // Before 1.2 (filters, channels, length, 1), since then (length, 1, channels, filters).
            if shape[0] != size || shape[1] != 1 || shape[3] != filters, shape[3] == 1 {
                conversion.kernel { $0.transposed([2, 3, 1, 0]) }
            } else if shape[1] != 1 {
                return
            }
            conversion.kernel { $0.reshaped([$0.shape[0], $0.shape[2], $0.shape[3]]) }
        case "Conv2D" where rank == 4 && isFirst:
            // (filters, channels, rows, columns)
            conversion.kernel { $0.transposed([2, 3, 1, 0]) }
        case "Conv3D" where rank == 5 && isFirst:
            conversion.kernel { $0.transposed([2, 3, 4, 1, 0]) }
        case "Conv2DTranspose" where rank == 4:
            conversion.kernel { $0.transposed(isFirst ? [2, 3, 0, 1] : [0, 1, 3, 2]) }
        case "SeparableConv2D"
        where rank == 4 && isFirst && stored.shapes.count > 1 && stored.shapes[1].count == 4:
            // (multiplier, channels, rows, columns) and (filters, multiplier · channels, 1, 1)
            conversion.then { tensors in
                [tensors[0].transposed([2, 3, 1, 0]), tensors[1].transposed([2, 3, 1, 0])]
                    + tensors.dropFirst(2)
            }
        case "LSTM" where stored.shapes.count == 12:
            // A kernel, a recurrent kernel and a bias for each gate: i, c, f, o.
            conversion.then { try joinGates($0, order: [0, 2, 1, 3]) }
        case "GRU" where stored.shapes.count == 9:
            conversion.then { try joinGates($0, order: [0, 1, 2]) }
        default: break
        }
    }

    private static func joinGates(_ tensors: [Tensor], order: [Int]) throws -> [Tensor] {
        try (0..<3).map { kind in
            guard let joined = Tensor.joined(order.map { tensors[3 * $0 + kind] }) else {
                throw CellarError(
                    .badData, "the arrays of the gates differ in shape: \(tensors.map(\.shape))")
            }
            return joined
        }
    }
}
