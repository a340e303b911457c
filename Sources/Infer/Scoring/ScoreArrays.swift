import Base
import Datasets
import Tensors

/// Computes a model's outputs for NumPy arrays and writes each output to one file; inputs and outputs are in the model's
/// order. The files are renamed into place after all are written. Returns the number of samples.
///
/// - warn: Called with a warning about infinite or NaN values, which Keras would give too.
public func scoreArrays(
    _ inputs: [String], with model: LoadedModel, to outputs: [String], warn: (String) -> Void = { _ in }
) throws(CellarError) -> Int {
    let shapes = model.file.model.outputShapes
    guard outputs.count == shapes.count else {
        throw CellarError(
            .usage,
            "\(model.name): the model has \(shapes.count) \(shapes.count == 1 ? "output" : "outputs") of shape "
                + "\(list(shapes)), but \(outputs.count) output \(outputs.count == 1 ? "file is" : "files are") given.",
            remedy: "Use -o once per output, with a .npy file each.")
    }
    let results = try model.predict(readArrays(inputs, for: model))
    try write(results[...], to: outputs[...])
    for (path, result) in zip(outputs, results) {
        let odd = result.values.count { !$0.isFinite }
        if odd > 0 {
            warn("\(path): \(odd) of \(result.count) values from \(model.name) are infinite or NaN")
        }
    }
    return results[0].shape[0]
}

/// Writes the files; each is renamed into place only after the data of all later ones are on disk.
private func write(_ tensors: ArraySlice<Tensor>, to paths: ArraySlice<String>) throws(CellarError) {
    guard let tensor = tensors.first, let path = paths.first else { return }
    var writer = try NPYWriter(path: path, shape: tensor.shape)
    try writer.append(tensor.values.span)
    try write(tensors.dropFirst(), to: paths.dropFirst())
    try writer.finish()
}
