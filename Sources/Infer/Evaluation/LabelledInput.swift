import Base
import Datasets
import Tensors

/// Reads labelled samples from `path`: a folder with a pair of IDX files (such as `data/mnist`, the `t10k` files first),
/// a folder of PNG pictures with one subfolder per class, or a file of IDX pictures. See `evaluateArrays` for arrays.
///
/// - labels: The file with labels; nil for IDX pictures with labels in the same folder (`…-labels-idx1-ubyte`).
public func readLabelledSamples(
    _ path: String, labels: String? = nil, for model: LoadedModel
) throws(CellarError) -> LabelledSamples {
    guard FileSystem.isFolder(path) else {
        return try pair(path, labels: labels ?? labelsBeside(path), for: model)
    }
    for set in ["t10k", "test", "train"] {
        for ending in [".gz", ""] {
            let images = "\(path)/\(set)-images-idx3-ubyte\(ending)"
            if FileSystem.exists(images) {
                return try pair(images, labels: labels ?? labelsBeside(images), for: model)
            }
        }
    }
    let form = try model.pictureForm()
    return try PictureFolder(path).read(as: form)
}

/// Returns true if the path is of labelled samples rather than of a table.
public func holdsSamples(_ path: String) -> Bool {
    path.hasSuffix(".npy") || path.contains("idx3-ubyte") || FileSystem.isFolder(path)
}

private func pair(_ images: String, labels: String?, for model: LoadedModel) throws(CellarError)
    -> LabelledSamples
{
    guard let labels else {
        throw CellarError(
            .usage, "no labels found for these pictures.", file: images, remedy: "Use --labels FILE.")
    }
    let form = try model.pictureForm()
    var read = try readIDX(images: images, labels: labels)
    read.samples = try fitted(read.samples, to: form, model, images)
    return read
}

/// Converts bytes to the model's scale. Pictures in arrays are used as they are, as in training.
private func fitted(
    _ samples: Samples, to form: ModelFacts.Picture, _ model: LoadedModel, _ file: String
) throws(CellarError) -> Samples {
    guard samples.size == model.inputWidth, case .bytes(let bytes) = samples.storage else {
        throw CellarError(
            .badData,
            "\(model.name) takes pictures of shape \(model.file.model.inputShapes[0]), found "
                + "\(samples.shape).", file: file)
    }
    return form.samples(bytes)
}

private func labelsBeside(_ images: String) -> String? {
    let labels = images.replacing("images-idx3", with: "labels-idx1")
    guard labels != images else { return nil }
    if FileSystem.exists(labels) { return labels }
    let other = labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels + ".gz"
    return FileSystem.exists(other) ? other : nil
}
