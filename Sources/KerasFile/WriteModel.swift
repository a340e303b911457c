import HDF5
import Base
import Network
import Tensors

/// Which kind of file a path's ending asks for.
public enum ModelFormat: Sendable {
    /// The portable HDF5 layout, which Keras 2.2.4 to 3 open. Keras 2.10 to tf_keras go on to train with the optimizer's
    /// state; Keras 3 predicts and evaluates (its own limit).
    case h5
    /// Keras 3's archive, with which it goes on to train.
    case keras
    /// Keras 3's weights alone, in its own layout.
    case weights

    public init(path: String) {
        let path = path.lowercased()
        self = path.hasSuffix(".keras") ? .keras : path.hasSuffix(".weights.h5") ? .weights : .h5
    }
}

/// Writes a model in place of whatever is at that path: the whole file or nothing. The path's ending says in which form:
/// `.keras` and `.weights.h5` are Keras 3's, all others the portable `.h5`.
///
/// - includeOptimizer: without the optimizer's state, Keras 3 can train from an `.h5` as well, afresh.
public func writeModel(
    _ contents: ModelFile, to path: String, includeOptimizer: Bool = true
) throws(CellarError) {
    try FileSystem.checkWritable(path)
    let pieces = try modelBytes(
        contents, as: ModelFormat(path: path), name: path, includeOptimizer: includeOptimizer)
    try writeFile(path, pieces: pieces)
}

/// Writes a model to a file that is being made, in that form.
public func writeModel(
    _ contents: ModelFile, to file: inout AtomicFile, as format: ModelFormat
) throws(CellarError) {
    let pieces = try modelBytes(contents, as: format, name: file.path, includeOptimizer: true)
    for piece in pieces { try file.write(piece.span) }
}

/// The bytes of a model's file, in pieces one behind the other. `name` is for messages.
private func modelBytes(
    _ contents: ModelFile, as format: ModelFormat, name: String, includeOptimizer: Bool
) throws(CellarError) -> [[UInt8]] {
    do {
        try checkExpressible(contents.model)
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

/// Whether `writeModel` could write such a model, asked before it is trained on; `path` is the file that it came from.
public func checkWritable(_ model: Model, readFrom path: String) throws(CellarError) {
    do { try checkExpressible(model) } catch { throw named(error, path) }
}

/// An error where no current Keras can express a layer of an old file.
private func checkExpressible(_ model: Model) throws {
    for (index, layer) in model.layers.enumerated() {
        if let reason = layer.reasonNotWritable(receivesMask: { model.receivesMask(layer: index) }) {
            throw CellarError(.badData, "\(layer.subject) \(reason), so that the model cannot be written")
        }
    }
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
    /// JSON as Python writes it: everything beyond ASCII escaped, and the type says ASCII.
    fileprivate func set(_ name: String, ascii json: JSON) throws(HDF5Error) {
        try set(name, string: json.text(ascii: true), .ascii)
    }

    /// A list of names as Keras writes it: split where an attribute could not hold it (64 KiB), and empty as floats. Of one
    /// length, which all releases read; early ones read nothing else.
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
    // Sequential.layers leaves the input out, Functional.layers has it.
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
