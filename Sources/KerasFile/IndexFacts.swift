import Base
import Network

/// What an index of models wants to know of any whole model: Cellar's own facts; where the file has none, what the config
/// tells without a weight being read: how many parameters there are, and which Keras wrote it. Name and date are then empty.
public func readIndexFacts(_ path: String) throws(CellarError) -> ModelFacts {
    if let facts = try readFacts(path) { return facts }
    let architecture = try Architecture(path: path)
    let form = path.hasSuffix(".keras") ? "keras" : "h5"
    let (generation, model): (Generation, Model)
    do { (generation, model) = (architecture.generation, try architecture.model()) } catch {
        throw named(error, path)
    }
    return ModelFacts(
        name: "", created: "", generation: "keras-\(generation.major).\(generation.minor)-\(form)",
        trainableParameters: model.trainableParameters,
        nonTrainableParameters: model.nonTrainableParameters)
}
