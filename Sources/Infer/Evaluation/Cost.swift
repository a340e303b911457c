import Glibc
import Network

/// The loss of one sample in Float64: Keras' loss without the mean and the penalties.
struct Cost {
    let loss: Loss
    /// The outputs are logits.
    let onLogits: Bool

    /// Keras clips probabilities to this distance from 0 and 1.
    private static let epsilon = 1e-7

    /// - wanted: The target for each output: one-hot for a class.
    func of(_ outputs: ArraySlice<Float>, wanted: (Int) -> Double) -> Double {
        let outputs = outputs.map(Double.init)
        switch loss.kind {
        case _ where loss.labelSmoothing != 0: return inFloat32(outputs, wanted)
        case .sparseCategoricalCrossentropy, .categoricalCrossentropy:
            let logs = onLogits ? logSoftmax(outputs) : logShares(outputs)
            return -logs.indices.reduce(0) { $0 + (wanted($1) == 0 ? 0 : wanted($1) * logs[$1]) }
        // Keras clips a probability of 1 to Float32's nearest number to 1 − 1e-7.
        case .binaryCrossentropy where onLogits:
            let sum = outputs.indices.reduce(0) { $0 + binary(outputs[$1], wanted($1)) }
            return sum / Double(outputs.count)
        case .meanSquaredError:
            let sum = outputs.indices.reduce(0) {
                $0 + (outputs[$1] - wanted($1)) * (outputs[$1] - wanted($1))
            }
            return sum / Double(outputs.count)
        default:
            return inFloat32(outputs, wanted)
        }
    }

    /// Computes the loss as in training.
    private func inFloat32(_ outputs: [Double], _ wanted: (Int) -> Double) -> Double {
        loss.cost(
            of: outputs.map { Float($0) }, wanted: outputs.indices.map { Float(wanted($0)) },
            onLogits: onLogits)
    }

    private func logSoftmax(_ logits: [Double]) -> [Double] {
        let largest = logits.max() ?? 0
        let rest = log(logits.reduce(0) { $0 + exp($1 - largest) })
        return logits.map { $0 - largest - rest }
    }

    private func logShares(_ outputs: [Double]) -> [Double] {
        let sum = outputs.reduce(0, +)
        return outputs.map { log(min(max($0 / sum, Cost.epsilon), 1 - Cost.epsilon)) }
    }

    private func binary(_ logit: Double, _ wanted: Double) -> Double {
        max(logit, 0) - logit * wanted + log1p(exp(-abs(logit)))
    }
}
