import Base
import HDF5
import Network
import Zip

/// Reads a model, its weights and all that the file says about it: the `.h5` of any Keras, a `.keras` archive, or, with
/// an architecture, a file of weights alone. Nothing in the file is executed.
///
/// - architecture: For a file that holds weights only. A file with a config of its own keeps to that.
/// - forTraining: Reads what the optimizer remembers, too, which takes as much again as the weights or twice that.
/// - withRows: Reads the hashes of the training rows.
public func readModel(
    _ file: TrustedFile, architecture: Architecture? = nil, forTraining: Bool = true, withRows: Bool? = nil
) throws(CellarError) -> ModelFile {
    let withRows = withRows ?? forTraining
    return try reading(file) { opened in
        switch opened {
        case .archive(let archive):
            var result = try readArchive(archive, forTraining: forTraining)
            if withRows { result.trainedRows = try cellarFile(in: archive).flatMap(readTrainedRows) }
            return result
        case .text(let bytes): throw weightsMissing(in: bytes)
        case .hdf5(let file):
            if let own = try Architecture(file) {
                var result = try readWhole(file, own, forTraining: forTraining)
                if withRows { result.trainedRows = try readTrainedRows(file) }
                return result
            }
            return try readWeightsOnly(file, architecture)
        }
    }
}

/// The error for text in place of a model: a config, or Keras' list of the files that weights lie in.
private func weightsMissing(in text: [UInt8]) -> CellarError {
    guard let list = try? JSON(parsing: text), list["weight_map"] != nil else {
        return CellarError(.badData, "this is a config without weights; name the file of the weights as well")
    }
    return CellarError(
        .badData, "this lists the files that weights lie in, of which several are not read",
        remedy: "Save the weights again in one file, without max_shard_size.")
}

/// Reads only what Cellar wrote beside the model: nil for a sound file straight from Keras.
public func readFacts(_ file: TrustedFile) throws(CellarError) -> ModelFacts? {
    try reading(file) { opened in
        switch opened {
        case .hdf5(let file):
            guard try Architecture(file) != nil else { throw try weightsAlone(file) }
            return try readFactsOnly(file)
        case .archive(let archive):
            _ = try Architecture(archive)
            return try cellarFile(in: archive).flatMap { try readFactsOnly($0) }
        case .text: throw CellarError(.badData, "this is text, no model")
        }
    }
}

/// The `.h5` that `model.save` writes.
func readWhole(_ file: HDF5File, _ own: Architecture, forTraining: Bool) throws -> ModelFile {
    let generation = own.generation
    var model = try own.model()
    let group = try file.root.group(named: "model_weights")
    let stored = try readWeights(group, into: &model, generation)

    var result = ModelFile(model: model)
    result.kerasVersion = own.kerasVersion ?? "\(generation.major).\(generation.minor)"
    if let text = try file.root.attributes.string("training_config") {
        let training = generation.current(training: try parse(text, of: "the training_config attribute"))
        result.compiled = readCompiled(
            training, generation: generation, model: model, keys: own.outputKeys)
        if forTraining, file.root.has("optimizer_weights") {
            let arrays = try StateArrays(named: try file.root.group(named: "optimizer_weights"))
            try result.takeState(arrays, stored, generation, training: training)
        }
    }
    (result.facts, result.golden) = try readCellarGroup(file, model: model)
    if forTraining { result.keptWeights = try readKeptWeights(file, model: model) }
    result.warnings +=
        own.precisionWarnings + oddWeights(model) + generation.warnings(for: model, file: stored)
    return result
}

/// A `.keras`, of Keras 3 or tf_keras: config, weights and the optimizer's memory as members.
func readArchive(_ archive: ZipArchive, forTraining: Bool) throws -> ModelFile {
    let own = try Architecture(archive)
    let generation = own.generation
    var model = try own.model()
    let member = "model.weights.h5"
    guard archive.has(member) else {
        throw CellarError(
            .badData,
            archive.has("model.weights.json")
                ? "its weights lie in several files (model.weights.json), which is not supported; save the model "
                    + "without max_shard_size" : "the archive has no \(member)")
    }
    let file = try HDF5File(readingBytes: try archive.bytes(of: member), name: member)
    let stored = try readNumberedWeights(file.root, into: &model, generation)

    var result = ModelFile(model: model)
    result.kerasVersion = own.kerasVersion ?? "\(generation.major).\(generation.minor)"
    if let compile = own.config["compile_config"], !compile.isNull {
        let training = generation.current(training: compile)
        result.compiled = readCompiled(
            training, generation: generation, model: model, keys: own.outputKeys)
        if forTraining { try result.takeNumberedState(file.root, stored, generation, training: training) }
    }
    if let extra = try cellarFile(in: archive) {
        (result.facts, result.golden) = try readCellarGroup(extra, model: model)
    }
    result.warnings +=
        own.precisionWarnings + oddWeights(model) + generation.warnings(for: model, file: stored)
    return result
}

/// Weights alone, in the old layout (the content of `/model_weights`) or in Keras 3's.
private func readWeightsOnly(_ file: HDF5File, _ architecture: Architecture?) throws -> ModelFile {
    guard let architecture else { throw try weightsAlone(file) }
    var model = try architecture.model()
    let attributes = file.root.attributes
    var generation = architecture.generation
    let stored: [StoredLayer]
    if try isOldLayout(file) {
        // Keras 1 wrote no version here, and all later ones did.
        generation = Generation(
            kerasVersion: try attributes.string("keras_version") ?? "1",
            backend: try attributes.string("backend"))
        stored = try readWeights(file.root, into: &model, generation)
    } else if try isNumberedLayout(file) {
        stored = try readNumberedWeights(file.root, into: &model, generation)
    } else {
        throw try weightsAlone(file)
    }
    var result = ModelFile(model: model)
    result.kerasVersion = architecture.kerasVersion ?? "\(generation.major).\(generation.minor)"
    if let compile = architecture.config["compile_config"], !compile.isNull {
        let training = generation.current(training: compile)
        result.compiled = readCompiled(
            training, generation: generation, model: model, keys: architecture.outputKeys)
        try result.takeNumberedState(file.root, stored, generation, training: training)
    }
    result.warnings +=
        architecture.precisionWarnings + oddWeights(model) + generation.warnings(for: model, file: stored)
    return result
}

private func isOldLayout(_ file: HDF5File) throws -> Bool {
    file.root.attributes.has("layer_names") || file.root.attributes.has("layer_names0")
}

private func isNumberedLayout(_ file: HDF5File) throws -> Bool {
    try file.root.childNames().contains { name in
        ["layers", ObjectPaths.folderOf212].contains(String(name.prefix { $0 != "\\" }))
    }
}

/// Looks at all that a file has: weights alone say only with an architecture what they are, but can do harm without.
func readEverything(_ file: TrustedFile) throws(CellarError) {
    func walk(_ group: HDF5Group, depth: Int) throws {
        try readAll(group.attributes)
        for name in try group.childNames() {
            switch group.kind(of: name) {
            case .group? where depth < 32: try? walk(try group.group(named: name), depth: depth + 1)
            case .dataset?:
                guard let dataset = try? group.dataset(named: name) else { continue }
                try? readAll(dataset.attributes)
                _ = try? dataset.readFloats()
            default: break
            }
        }
    }
    func readAll(_ attributes: HDF5Attributes) throws {
        for name in try attributes.names() {
            _ = try? attributes.strings(name)
            _ = try? attributes.doubles(name)
        }
    }
    try reading(file) { opened in
        switch opened {
        case .hdf5(let file): try walk(file.root, depth: 0)
        case .archive(let archive):
            for member in archive.names where member.hasSuffix(".h5") {
                try? walk(
                    try HDF5File(readingBytes: try archive.bytes(of: member), name: member).root, depth: 0)
            }
        case .text: break
        }
    }
}

/// Why a file without a config cannot be read by itself.
private func weightsAlone(_ file: HDF5File) throws -> CellarError {
    let hasWeights = try isOldLayout(file) || isNumberedLayout(file)
    return CellarError(
        .badData,
        hasWeights
            ? "these are weights without an architecture."
            : "this is HDF5, but has no model_config attribute: no Keras model. Expected a file from model.save.",
        remedy: hasWeights
            ? "Add --architecture FILE to `infer`, `infer score`, `infer evaluate` or `infer inspect`; FILE has the text of "
                + "model.to_json(), or is a whole model with the same layers. Or save the whole model (model.save)."
            : nil)
}

extension ModelFile {
    fileprivate mutating func takeNumberedState(
        _ root: HDF5Group, _ stored: [StoredLayer], _ generation: Generation, training: JSON
    ) throws {
        // The optimizer may stand inside one that scales the loss, which repeats its numbers behind its own.
        let places = [
            "optimizer/inner_optimizer/vars", "optimizer\\inner_optimizer/vars", "optimizer/vars",
        ]
        guard let place = places.first(where: { root.has($0) }) else { return }
        try takeState(
            try StateArrays(numbered: try root.group(named: place)), stored, generation, training: training)
    }

    /// What the optimizer remembers, and the learning rate that it had come to.
    fileprivate mutating func takeState(
        _ arrays: StateArrays, _ stored: [StoredLayer], _ generation: Generation, training: JSON
    ) throws {
        let hasSchedule = training["optimizer_config"]?["config"]?["learning_rate"]?.object != nil
        guard let optimizer = compiled?.optimizer, !arrays.names.isEmpty else { return }
        let found = try ReadState(
            arrays, optimizer: optimizer, model: model, stored: stored, generation: generation,
            hasSchedule: hasSchedule)
        optimizerState = found.state
        if let rate = found.learningRate, rate.isFinite, rate >= 0, optimizer.general.schedule == nil {
            compiled?.optimizer?.learningRate = rate
        }
        if found.state == nil, !found.isFresh {
            warnings.append(
                "what the optimizer (\(optimizer.className)) remembers does not fit the model; training starts afresh"
            )
        }
    }
}

/// The member in which an archive keeps Cellar's own group.
let cellarMember = "cellar.h5"

private func cellarFile(in archive: ZipArchive) throws -> HDF5File? {
    guard archive.has(cellarMember) else { return nil }
    return try HDF5File(readingBytes: try archive.bytes(of: cellarMember), name: cellarMember)
}
