import Base
import Network

extension Generation {
    /// Returns warnings about layers that compute slightly differently from the program that trained the
    /// model.
    func warnings(for model: Model, file: [StoredLayer]) -> [String] {
        guard major < 3 else { return [] }
        // Layers without weights have no names that tell the backend.
        let names = file.flatMap(\.names)
        let isOfTheano =
            (backend != nil || !names.isEmpty) && isTheanos(StoredWeights(names: names, shapes: []))
        return zip(model.layers, file).compactMap { layer, stored in
            let config = layer.innermost.config
            if isOfTheano, config["padding"] == "same", padsOtherwise(config) {
                let windows =
                    config["pool_size"] == nil
                    ? "even kernels or strides above 1" : "windows other than 3 with strides of 1"
                return
                    "\(layer.subject): it was trained with Theano, which pads \"same\" differently for \(windows); predictions "
                    + "differ, as they do in every later Keras"
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

/// Returns true if Theano pads an axis by other numbers of cells than TensorFlow: in pooling, by one less than the window, or two
/// less where that is odd.
private func padsOtherwise(_ config: JSONObject) -> Bool {
    func sizes(_ key: String) -> [Int] { (config[key]?.array ?? []).map { $0.int ?? 1 } }
    let strides = sizes("strides")
    guard config["pool_size"] == nil else {
        return zip(sizes("pool_size"), strides).contains { size, stride in
            size > 1 && (size != 3 || stride != 1)
        }
    }
    return sizes("kernel_size").contains { $0 % 2 == 0 } || strides.contains { $0 > 1 }
}
