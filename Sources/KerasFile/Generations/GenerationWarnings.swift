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
                    "\(layer.subject): it was trained with Theano, which pads \"same\" differently for even kernels or strides "
                    + "above 1; predictions differ, as they do in every later Keras"
            }
            if isEarly2, minor < 3, layer.className == "UpSampling2D", config["interpolation"] == "bilinear" {
                return
                    "\(layer.subject): before Keras 2.3 bilinear interpolation was shifted by half a pixel; predictions "
                    + "differ slightly"
            }
            return nil
        }
    }
}
