import HDF5
import Base
import Network
import Tensors

/// The file format, chosen by the extension of the path.
public enum ModelFormat: Sendable {
    /// The portable HDF5 layout for Keras 2.2.4 to 3. Keras 2.10 to tf_keras can continue training with the
    /// optimizer's state; Keras 3 can only predict and evaluate.
    case h5
    /// Keras 3's archive, with which it can continue training.
    case keras
    /// Only weights, in Keras 3's layout.
    case weights

    public init(path: String) {
        let path = path.lowercased()
        self = path.hasSuffix(".keras") ? .keras : path.hasSuffix(".weights.h5") ? .weights : .h5
    }
}

/// Writes a model atomically and replaces an existing file. The extension selects the format: `.keras` and
/// `.weights.h5` are Keras 3's, all others the portable `.h5`.
///
/// - Parameter includeOptimizer: Without the optimizer's state, Keras 3 can train from an `.h5` too, with a
///   new state.
public func writeModel(
    _ contents: ModelFile, to path: String, includeOptimizer: Bool = true
) throws(CellarError) {
    try FileSystem.checkWritable(path)
    let pieces = try modelBytes(
        contents, as: ModelFormat(path: path), name: path, includeOptimizer: includeOptimizer)
    try writeFile(path, pieces: pieces)
}

/// Writes a model to an open file in the given format.
public func writeModel(
    _ contents: ModelFile, to file: inout AtomicFile, as format: ModelFormat
) throws(CellarError) {
    let pieces = try modelBytes(contents, as: format, name: file.path, includeOptimizer: true)
    for piece in pieces { try file.write(piece.span) }
}

/// Returns the bytes of a model file in consecutive pieces. `name` is for messages.
func modelBytes(
    _ contents: ModelFile, as format: ModelFormat, name: String, includeOptimizer: Bool
) throws(CellarError) -> [[UInt8]] {
    do {
        try checkExpressible(contents.model, in: format)
        if format == .keras { return try archive(contents, includeOptimizer: includeOptimizer) }
        let file = try HDF5File(creating: name)
        if format == .h5 {
            try write(contents, to: file, includeOptimizer: includeOptimizer)
        } else {
            try writeNumberedWeights(contents, to: file.root, includeOptimizer: includeOptimizer)
        }
        return [try file.bytes()]
    } catch {
        throw named(error, name)
    }
}

/// The remedy where only Keras 3 has what a model computes.
let writeArchive = "Write a .keras file, which Keras 3 opens."

/// Throws if `writeModel` cannot write such a model, to fail before training. `path` is the file it was read
/// from.
public func checkWritable(_ model: Model, readFrom path: String) throws(CellarError) {
    do {
        try checkExpressible(model, in: .h5)
        _ = try modelConfig(model)
    } catch {
        guard var error = error as? CellarError, error.remedy == writeArchive else {
            throw named(error, path)
        }
        // Another form is no choice here.
        error.remedy =
            "Trained models are saved in Keras 2's layout: go on with the training in Keras, or save the model there without this, "
            + "and train that."
        throw named(error, path)
    }
}

/// An error where no current Keras can express a layer of an old file.
private func checkExpressible(_ model: Model, in format: ModelFormat) throws {
    if format != .weights, let form = model.maskForm, form != (format == .h5 ? .keras2 : .keras3) {
        throw CellarError(
            .badData,
            "the model has a mask behind a TimeDistributed or an Identity, where \(format == .h5 ? "Keras 2" : "Keras 3") has another "
                + "mask than the Keras of this model, so the model cannot be written in this form",
            remedy: format == .h5
                ? writeArchive : "Write an .h5 file, which tf.keras opens.")
    }
    if format == .h5, let layer = model.layerAfterEndOfMask { throw endOfMaskError(layer, format) }
    if format == .keras, model.layerAfterEndOfMask == nil,
        let layer = try model.asInKeras3().layerAfterEndOfMask
    {
        throw endOfMaskError(layer, format)
    }
    for (index, layer) in model.layers.enumerated() {
        let steps = layer.name.split(separator: "/")
        if format == .h5, layer.name.hasPrefix("/") || steps.contains(".") || steps.contains("..") {
            throw CellarError(
                .badData,
                "\(layer.subject): an .h5 cannot have a group of this name, so the model cannot be written",
                remedy: "Give the layer another name.")
        }
        if let mask = layer.maskWithStates, format != .weights, model.receivesMaskWithStates(layer: index),
            mask != (format == .h5 ? .zeroesLeading : .ignored)
        {
            throw maskError(layer, mask, format)
        }
        if format != .weights, let join = model.maskJoin(layer: index), join != (format == .h5 ? .all : .any)
        {
            throw joinError(layer, join, format)
        }
        if let reason = layer.inFile.reasonNotWritable(receivesMask: { model.receivesMask(layer: index) }) {
            throw CellarError(.badData, "\(layer.subject) \(reason), so the model cannot be written")
        }
    }
}

/// Keras 2 and 3 differ in what a mask means beside initial states, and no file can tell either of them so.
private func maskError(_ layer: any Layer, _ mask: InitialStateMask, _ format: ModelFormat) -> CellarError {
    let reader = format == .h5 ? "Keras 2" : "Keras 3"
    return CellarError(
        .badData,
        "\(layer.subject) is called with initial states and a mask, which \(reader) computes differently from the Keras "
            + "of this model, so the model cannot be written in this form",
        remedy: mask == .zeroesLeading
            ? "Write an .h5 file, which tf.keras opens."
            : mask == .ignored
                ? writeArchive
                : "Make the model without the mask in today's Keras.")
}

/// Keras 2, Keras 3 until 3.3 and Keras 3 from 3.4 on join masks differently, and no file can tell one of them so.
private func joinError(_ layer: any Layer, _ join: MaskJoin, _ format: ModelFormat) -> CellarError {
    let remedy =
        switch join {
        case .any: writeArchive
        case .all: "Write an .h5 file, which tf.keras opens."
        case .none: "Keep the file as it is: Keras 3.0 to 3.3 read it as it was trained."
        }
    return CellarError(
        .badData,
        "\(layer.subject) combines inputs with masks, which \(format == .h5 ? "Keras 2" : "Keras 3 from 3.4 on") does "
            + "differently from the Keras of this model, so the model cannot be written in this form",
        remedy: remedy)
}

/// MultiHeadAttention of Keras 3 ends the masks of its inputs for all later layers, that of Keras 2 does not, and no file can
/// tell either of them so.
private func endOfMaskError(_ layer: any Layer, _ format: ModelFormat) -> CellarError {
    CellarError(
        .badData,
        "\(layer.subject) computes with a mask after a MultiHeadAttention, which ends it \(format == .h5 ? "in Keras 3, but not in Keras 2" : "in Keras 3 from 3.8 on, but not in the Keras of this model"), "
            + "so the model cannot be written in this form",
        remedy: format == .h5
            ? writeArchive : "Write an .h5 file, which tf.keras opens.")
}

let writtenVersion = "2.10.0"

private func write(_ contents: ModelFile, to file: HDF5File, includeOptimizer: Bool) throws {
    let model = contents.model
    let root = file.root
    try root.attributes.set("backend", string: "tensorflow")
    try root.attributes.set("keras_version", string: writtenVersion)
    try root.attributes.set("model_config", ascii: try modelConfig(model))
    if let compiled = contents.compiled, let training = trainingConfig(compiled, model: model) {
        try root.attributes.set("training_config", ascii: Portable.training(training))
    }
    try writeWeights(model, to: try root.makeGroup("model_weights"))
    if includeOptimizer, let optimizer = contents.compiled?.optimizer, let state = contents.optimizerState {
        try writeState(state, of: optimizer, model: model, to: try root.makeGroup("optimizer_weights"))
    }
    try writeCellarGroup(file, contents)
}

extension HDF5Attributes {
    /// Writes JSON as Python does: characters outside ASCII escaped, with an ASCII type.
    fileprivate func set(_ name: String, ascii json: JSON) throws(HDF5Error) {
        try set(name, string: json.text(ascii: true), .ascii)
    }

    /// Writes a list of names as Keras does: split if it exceeds the limit of an attribute (64 KiB), and an
    /// empty list as floats. The names have a fixed length, which all releases read; early ones read nothing
    /// else.
    func setNames(_ name: String, _ names: [String]) throws(HDF5Error) {
        guard !names.isEmpty else { return try set(name, doubles: []) }
        let longest = names.map(\.utf8.count).max() ?? 1
        var pieces = 1
        while (names.count + pieces - 1) / pieces * longest > 64512 && pieces < names.count { pieces += 1 }
        guard pieces > 1 else { return try set(name, fixedStrings: names) }
        let (size, larger) = (names.count / pieces, names.count % pieces)
        var start = 0
        for piece in 0..<pieces {
            let end = start + size + (piece < larger ? 1 : 0)
            try set("\(name)\(piece)", fixedStrings: Array(names[start..<end]))
            start = end
        }
    }
}

private func writeWeights(_ model: Model, to group: HDF5Group) throws {
    try group.attributes.set("backend", string: "tensorflow", .ascii)
    try group.attributes.set("keras_version", string: writtenVersion, .ascii)
    // Sequential.layers omits the input, Functional.layers includes it.
    let listed = model.membersInFile().filter { model.structure.form == .functional || !$0.isInput }
    try group.attributes.setNames("layer_names", listed.map(\.name))
    let paths = model.paths
    for member in listed {
        let inner = try group.makeGroup(member.name)
        let names = member.weights.map { "\(paths[$0.layer])/\(model.spec($0).name):0" }
        try inner.attributes.setNames("weight_names", names)
        for (path, place) in zip(names, member.weights) {
            let tensor = model.weights[place.layer][place.weight]
            try inner.write(tensor.values, shape: tensor.shape, named: path)
        }
    }
    try group.makeGroup("top_level_model_weights").attributes.setNames("weight_names", [])
}
