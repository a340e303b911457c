import Base
import Network

/// Reads the facts that an index of models keeps, without reading weights. A file that Cellar did not write has those
/// that its config tells: the number of parameters, and the Keras that wrote it; name and date are then empty.
public func readIndexFacts(_ file: TrustedFile) throws(CellarError) -> ModelFacts {
    if let facts = try readFacts(file) { return facts }
    let architecture = try Architecture(file)
    do { return try facts(of: architecture.model(), architecture.generation, path: file.path) } catch {
        throw named(error, file.path)
    }
}

/// The same of a model file that was read whole.
public func indexFacts(of file: ModelFile, path: String) -> ModelFacts {
    file.facts ?? facts(of: file.model, Generation(kerasVersion: file.kerasVersion), path: path)
}

/// The same of a model that is written to an `.h5` file.
public func writtenFacts(of file: ModelFile) -> ModelFacts {
    file.facts ?? facts(of: file.model, Generation(kerasVersion: writtenVersion), path: "")
}

private func facts(of model: Model, _ generation: Generation, path: String) -> ModelFacts {
    ModelFacts(
        name: "", created: "",
        generation:
            "keras-\(generation.major).\(generation.minor)-\(path.hasSuffix(".keras") ? "keras" : "h5")",
        trainableParameters: model.trainableParameters,
        nonTrainableParameters: model.nonTrainableParameters)
}
