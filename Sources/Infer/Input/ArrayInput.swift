import Base
import Datasets
import Tensors

/// Reads NumPy arrays as samples for a model's inputs, in the model's order.
///
/// The first axis counts samples. An array of the shape of one sample, such as a picture of [28, 28], is one sample.
public func readArrays(_ paths: [String], for model: LoadedModel) throws(CellarError) -> [Samples] {
    let shapes = model.file.model.inputShapes
    guard paths.count == shapes.count else {
        throw CellarError(
            .usage,
            "\(model.name): the model has \(shapes.count) \(shapes.count == 1 ? "input" : "inputs") of shape "
                + "\(list(shapes)), but \(paths.count) .npy \(paths.count == 1 ? "file is" : "files are") given."
        )
    }
    var all: [Samples] = []
    for (input, (path, shape)) in zip(paths, shapes).enumerated() {
        let network = model.file.model
        let isText = network.layers[network.calls[network.inputs[input]].layer].isText
        let read = isText ? try readNPYTexts(path) : try readNPY(path)
        let fits = network.takes(read.shape, input: input)
        guard let samples = fits ? read : read.asSamples(of: shape) else {
            throw CellarError(
                .badData,
                "\(model.name) takes samples of shape \(shape), but the array has shape \([read.count] + read.shape).",
                file: path, remedy: "The first axis must count the samples.")
        }
        if let first = all.first, first.count != samples.count {
            throw CellarError(
                .badData,
                "expected \(first.count) samples as in \(paths[0]), found \(samples.count).", file: path)
        }
        all.append(samples)
    }
    return all
}

extension Samples {
    /// Returns the same numbers as samples of that shape; nil if they do not fit.
    fileprivate func asSamples(of wanted: [Int]) -> Samples? {
        if size == wanted.reduce(1, *) { return self }
        let whole = shape == [1] ? [count] : [count] + shape
        guard whole.filter({ $0 != 1 }) == wanted.filter({ $0 != 1 }) else { return nil }
        return switch storage {
        case .bytes(let bytes): Samples(shape: wanted, bytes: bytes)
        case .floats(let floats): Samples(shape: wanted, floats: floats)
        case .texts(let texts): Samples(shape: wanted, texts: texts)
        }
    }
}

func list(_ shapes: [[Int]]) -> String { shapes.map { "\($0)" }.joined(separator: " and ") }
