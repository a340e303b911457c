import Base
import Tensors

extension Model {
    /// Divides the logits by a temperature: the kernel and the bias of the last Dense layer or convolution before the softmax or
    /// sigmoid become smaller by it. The model then predicts calibrated probabilities everywhere, also in Keras.
    ///
    /// Throws for a model of several outputs, or whose last layer with weights is another one.
    public func withTemperature(_ temperature: Double) throws(CellarError) -> Model {
        func refused(_ why: String) -> CellarError {
            CellarError(.usage, "a temperature cannot be put into this model: \(why).")
        }
        guard outputs.count == 1 else { throw refused("it has several outputs") }
        var call = calls[outputs[0]]
        // A softmax may be a layer of its own.
        while layers[call.layer].onlyActivation != nil || layers[call.layer].className == "Softmax",
            call.inputs.count == 1
        {
            call = calls[call.inputs[0]]
        }
        let index = call.layer
        guard let layer = layers[index].linear, calls.count(where: { $0.layer == index }) == 1 else {
            throw refused("its last layer is no Dense layer")
        }
        let ends: [Activation?] = [.softmax, .sigmoid, .linear]
        guard ends.contains(layer.activation), [.softmax, .sigmoid].contains(lastActivation()) else {
            throw refused("it ends with no softmax or sigmoid")
        }
        var copy = self
        var tensors = weights[index]
        for place in [layer.kernelIndex, layer.kernelIndex + 1] where tensors.indices.contains(place) {
            if place > layer.kernelIndex, !layer.useBias { continue }
            tensors[place] = Tensor(
                shape: tensors[place].shape,
                values: tensors[place].values.map { Float(Double($0) / temperature) })
        }
        try copy.setWeights(tensors, layer: index)
        return copy
    }
}
