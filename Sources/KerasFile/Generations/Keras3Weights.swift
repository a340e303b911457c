import JSONText
import Tensors

extension Keras3 {
    static func convert(
        _ className: String, _ config: JSONObject, _ stored: StoredWeights,
        _ conversion: inout WeightConversion
    ) {
        // Keras 2 also counts the samples that it has seen; only `adapt` looks at that.
        if className == "Normalization", stored.shapes.count == 2 {
            conversion.then { $0 + [Tensor(shape: [], values: [0])] }
        }
    }
}
