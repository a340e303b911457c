import Base
import HDF5
import Network
import Tensors
import Zip

/// Writes a model for other programs to an open file, once our own reader has read the bytes again and the model there has
/// the same outputs, for the golden sample or for a drawn one, and the same optimizer with the same state. Otherwise
/// nothing is written.
public func exportModel(
    _ contents: ModelFile, to file: inout AtomicFile, as format: ModelFormat
) throws(CellarError) {
    let pieces = try modelBytes(contents, as: format, name: file.path, includeOptimizer: true)
    let again: ModelFile
    do {
        again = try readAgain(Array(pieces.joined()), contents.model, format)
    } catch {
        throw exportFault("the written file could not be read again: \(error)", file.path)
    }
    try checkSame(again.model, contents, file.path)
    try checkSameOptimizer(again, contents, file.path)
    for piece in pieces { try file.write(piece.span) }
}

private func exportFault(_ message: String, _ path: String) -> CellarError {
    CellarError(
        .internalFault, "the export failed its check: \(message). Nothing was written.", file: path,
        remedy: "Export the model in another form, and report this.")
}

private func readAgain(_ bytes: [UInt8], _ model: Model, _ format: ModelFormat) throws -> ModelFile {
    let name = "the exported file"
    switch format {
    case .keras:
        return try readArchive(ZipArchive(bytes: bytes, name: name), forTraining: true)
    case .h5:
        let file = try HDF5File(readingBytes: bytes, name: name)
        guard let own = try Architecture(file) else {
            throw CellarError(.badData, "it has no model_config")
        }
        return try readWhole(file, own, forTraining: true)
    case .weights:
        var copy = try Model(structure: model.structure, layers: model.layers)
        let root = try HDF5File(readingBytes: bytes, name: name).root
        _ = try readNumberedWeights(root, into: &copy, Generation(kerasVersion: archiveVersion))
        return ModelFile(model: copy)
    }
}

/// Weights alone come back without an optimizer.
func checkSameOptimizer(_ again: ModelFile, _ contents: ModelFile, _ path: String) throws(CellarError) {
    guard let new = again.compiled?.optimizer, let old = contents.compiled?.optimizer else { return }
    guard Float(new.learningRate) == Float(old.learningRate) else {
        throw exportFault(
            "the optimizer there has the learning rate \(new.learningRate), expected \(old.learningRate)",
            path)
    }
    guard let state = contents.optimizerState else { return }
    let arrays = [again.optimizerState, state].map { $0?.slots.joined().map(\.values) }
    guard again.optimizerState?.iterations == state.iterations,
        arrays[0]?.elementsEqual(arrays[1] ?? [], by: { $0.elementsEqual($1, by: isSame) }) == true
    else {
        throw exportFault("the optimizer's state there differs", path)
    }
}

private func isSame(_ a: Float, _ b: Float) -> Bool { a == b || a.isNaN && b.isNaN }

func checkSame(_ again: Model, _ contents: ModelFile, _ path: String) throws(CellarError) {
    let model = contents.model
    guard again.inputShapes == model.inputShapes, again.outputShapes == model.outputShapes,
        again.outputNames == model.outputNames
    else {
        throw exportFault(
            "the inputs or outputs differ: \(again.inputShapes) to \(again.outputNames) \(again.outputShapes), expected "
                + "\(model.inputShapes) to \(model.outputNames) \(model.outputShapes)", path)
    }
    // Without a sample that the model takes, the weights have to do.
    guard let (samples, expected) = sample(for: contents) else {
        let sums = [again, model].map { $0.weights.joined().map(\.values).sorted { $0.count < $1.count } }
        guard sums[0].map(\.count) == sums[1].map(\.count) else {
            throw exportFault("the weights differ", path)
        }
        return
    }
    let found: [Tensor]
    do {
        found = try Predictor(again.bound(to: samples.map(\.shape)), batchSize: samples[0].count).predict(
            samples)
    } catch {
        throw exportFault("the model there cannot predict: \(error)", path)
    }
    for (name, (new, old)) in zip(model.outputNames, zip(found, expected)) {
        // The same program computes both, so that they differ by rounding at most.
        let size = old.values.reduce(Float(1)) { max($0, $1.isFinite ? abs($1) : 0) }
        let worst = zip(new.values, old.values).reduce(Float(0)) { worst, pair in
            let off = isSame(pair.0, pair.1) ? 0 : abs(pair.0 - pair.1)
            return max(worst, off.isNaN ? .infinity : off)
        }
        guard worst <= 1e-5 * size else {
            throw exportFault("output \"\(name)\" of the model there differs by \(worst)", path)
        }
    }
}

/// A sample that the model takes, and its outputs; nil where neither the golden sample nor any drawn one is.
private func sample(for contents: ModelFile) -> ([Samples], [Tensor])? {
    let model = contents.model
    func outputs(_ samples: [Samples]) -> ([Samples], [Tensor])? {
        let bound = try? model.bound(to: samples.map(\.shape))
        let found = try? bound.map { try Predictor($0, batchSize: samples[0].count).predict(samples) }
        return found.map { (samples, $0) }
    }
    if let golden = contents.golden, let found = outputs(golden.inputs) {
        return found
    }
    // Ids are small whole numbers, and 0 is often padding; a layer that takes ids refuses other numbers.
    for ids in [false, true] {
        var random = RandomNumbers(seed: 1)
        let samples = zip(model.inputs, model.inputShapes).map { input, shape in
            let isForIds = ids || takesIds(model, input: shape)
            let count = 2 * shape.reduce(1, *)
            if model.layers[model.calls[input].layer].isText {
                return Samples(shape: shape, texts: Texts((0..<count).map { "word \($0)" }))
            }
            return Samples(
                shape: shape,
                floats: (0..<count).map { _ in
                    isForIds ? Float(random.uniform() < 0.7 ? 1 : 0) : Float(2 * random.uniform() - 1)
                })
        }
        if let found = outputs(samples) { return found }
    }
    return nil
}

private func takesIds(_ model: Model, input shape: [Int]) -> Bool {
    model.calls.contains { call in
        ["Embedding", "IntegerLookup", "CategoryEncoding"].contains(
            model.layers[call.layer].innermost.className)
            && call.inputs.contains {
                model.layers[model.calls[$0].layer].isInput && model.shapes[$0] == shape
            }
    }
}
