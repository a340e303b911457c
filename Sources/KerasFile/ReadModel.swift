import Facts
import HDF5
import JSONText
import Network
import Tensors

/// Reads a model, its weights and all that the file says about it. Nothing in the file is executed.
///
/// - forTraining: Reads what the optimizer remembers, too, which takes as much again as the weights or twice that.
public func readModel(_ path: String, forTraining: Bool = true) throws(KerasFileError) -> ModelFile {
    try reading(path) { file in
        let (config, version) = try configuration(file)
        let generation = Generation(kerasVersion: version)
        var reader = ConfigReader(generation: generation)
        var model = try reader.model(from: config)
        let weights = try file.root.group(named: "model_weights")
        try readWeights(weights, into: &model)

        var result = ModelFile(model: model)
        result.kerasVersion = version
        if let text = try file.root.attributes.string("training_config") {
            let json = try parse(text, of: "training_config")
            result.compiled = readCompiled(json, generation: generation, model: model)
            if forTraining, let optimizer = result.compiled?.optimizer, file.root.has("optimizer_weights") {
                let state = try file.root.group(named: "optimizer_weights")
                result.optimizerState = try readOptimizerState(state, optimizer: optimizer, model: model)
            }
        }
        (result.facts, result.golden) = try readCellarGroup(file, model: model)
        return result
    }
}

/// Reads only what Cellar wrote beside the model: nil for a sound file straight from Keras.
public func readFacts(_ path: String) throws(KerasFileError) -> ModelFacts? {
    try reading(path) { file in
        _ = try configuration(file)
        return try readFactsOnly(file)
    }
}

/// What stops a reader: a part that is broken, told without the file's name, which `reading` adds.
struct Trouble: Error {
    var kind: KerasFileError.Kind
    var message: String
    init(_ kind: KerasFileError.Kind, _ message: String) { (self.kind, self.message) = (kind, message) }
}

/// Opens the file and gives every error the file's name.
private func reading<Result>(_ path: String, _ body: (HDF5File) throws -> Result) throws(KerasFileError)
    -> Result
{
    do {
        return try body(try HDF5File(reading: path))
    } catch let error as HDF5Error {
        let kind: KerasFileError.Kind =
            switch error.reason {
            case .missing, .notAFile, .notPermitted: .missing
            default: .damaged
            }
        // HDF5's own description begins with the file.
        let text = error.description.dropFirst(error.file.count).drop { ",: ".contains($0) }
        throw KerasFileError(kind, file: path, String(text))
    } catch let error as ConfigError {
        throw KerasFileError(.unsupported, file: path, "the model's config: \(error)")
    } catch let error as Trouble {
        throw KerasFileError(error.kind, file: path, error.message)
    } catch {
        throw KerasFileError(.damaged, file: path, "\(error)")
    }
}

private func configuration(_ file: HDF5File) throws -> (JSON, version: String) {
    guard let text = try file.root.attributes.string("model_config") else {
        throw Trouble(
            .damaged,
            file.root.attributes.has("layer_names")
                ? "these are weights without an architecture. Save the whole model (model.save) instead."
                : "this is HDF5, but has no model_config attribute: no Keras model. Expected a file from model.save."
        )
    }
    // Keras 1 wrote no version beside the weights, some tools none at all.
    let version = try file.root.attributes.string("keras_version") ?? "2.0.0"
    return (try parse(text, of: "model_config"), version)
}

private func parse(_ text: String, of attribute: String) throws -> JSON {
    do {
        return try JSON(parsing: text)
    } catch {
        throw Trouble(.damaged, "the \(attribute) attribute is no sound JSON: \(error)")
    }
}
