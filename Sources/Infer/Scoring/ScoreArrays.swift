import Base
import Datasets
import Tensors

/// Computes a model's outputs for NumPy arrays, and writes each output to an array of its own, both in the model's own
/// order. The files appear once all are written. Returns the number of samples.
///
/// - warn: is told of answers that are no numbers, which Keras would give too.
public func scoreArrays(
    _ inputs: [String], with model: LoadedModel, to outputs: [String], warn: (String) -> Void = { _ in }
) throws(CellarError) -> Int {
    let shapes = model.file.model.outputShapes
    guard outputs.count == shapes.count else {
        throw CellarError(
            .usage,
            "\(model.name): the model has \(shapes.count) \(shapes.count == 1 ? "output" : "outputs") of shape "
                + "\(list(shapes)): name so many files with -o, each its .npy; found \(outputs.count).")
    }
    let results = try model.predict(readArrays(inputs, for: model))
    try reporting { try write(results[...], to: outputs[...]) }
    for (path, result) in zip(outputs, results) {
        let odd = result.values.count { !$0.isFinite }
        if odd > 0 { warn("\(path): \(odd) of \(result.count) answers of \(model.name) are infinite or NaN") }
    }
    return results[0].shape[0]
}

/// Each file waits for those behind it, and gets its name only when their numbers are on disk.
private func write(_ tensors: ArraySlice<Tensor>, to paths: ArraySlice<String>) throws(CellarError) {
    guard let tensor = tensors.first, let path = paths.first else { return }
    var writer = try NPYWriter(path: path, shape: tensor.shape)
    try writer.append(tensor.values.span)
    try write(tensors.dropFirst(), to: paths.dropFirst())
    try writer.finish()
}
