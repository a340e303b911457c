import Base
import Network

extension Generation {
    /// Returns warnings about layers that compute slightly differently from the program that trained the
    /// model.
    func warnings(for model: Model, file: [StoredLayer]) -> [String] {
        guard major < 3 else { return [] }
        return zip(model.layers, file).compactMap { layer, stored in
            let config = layer.config
            let odd = (config["kernel_size"]?.array ?? []).contains { ($0.int ?? 1) % 2 == 0 }
            let strided = (config["strides"]?.array ?? []).contains { ($0.int ?? 1) > 1 }
            if isTheanos(StoredWeights(names: stored.names, shapes: [])), !stored.names.isEmpty,
                config["padding"] == "same", odd || strided
            {
                return
                    "\(layer.subject): Theano, which trained it, pads \"same\" otherwise where kernels are even or "
                    + "strides are above 1; here the answers differ from it, as they do in every later Keras"
            }
            if isEarly2, minor < 3, layer.className == "UpSampling2D", config["interpolation"] == "bilinear" {
                return
                    "\(layer.subject): before Keras 2.3 bilinear interpolation lay half a pixel off; the answers "
                    + "differ a little"
            }
            return nil
        }
    }
}
