import Base
import KerasFile
import Network
import Trainer

/// The layers of a model with their shapes and numbers of parameters.
public struct ModelSummary: Sendable {
    public let model: Model
    /// How a picture becomes the input; nil for other data.
    public let picture: ModelFacts.Picture?

    public var json: JSON {
        let paths = model.paths
        let layers = model.layers.indices.compactMap { layer -> JSON? in
            // The input of a model inside is what that model is called with.
            guard !model.layers[layer].isOutputPart,
                let call = model.calls.firstIndex(where: { $0.layer == layer })
            else { return nil }
            return [
                "name": .string(paths[layer]), "class": .string(model.layers[layer].inFile.className),
                "output_shape": .array([.null] + model.shapes[call].map { .integer($0) }),
                "parameters": .integer(model.weightSpecs[layer].reduce(0) { $0 + $1.count }),
            ]
        }
        var object: JSONObject = [
            "layers": .array(layers),
            "parameters": .integer(model.trainableParameters + model.nonTrainableParameters),
            "trainable_parameters": .integer(model.trainableParameters),
            "non_trainable_parameters": .integer(model.nonTrainableParameters),
        ]
        object["picture"] = picture?.json
        return .object(object)
    }
}

extension Store {
    /// Summarizes the model of a recipe (a path that does not end as a model file does), a version or a file.
    public func summary(of name: String) throws -> ModelSummary {
        let lower = name.lowercased()
        let isText = [".yaml", ".yml"].contains(where: lower.hasSuffix)
        let isSaved = [".h5", ".hdf5", ".keras"].contains(where: lower.hasSuffix)
        guard isText || name.contains("/") && !isSaved else {
            let file = try readModel(trusted(name).trusted)
            return ModelSummary(model: file.model, picture: file.facts?.picture)
        }
        let recipe = try Recipe(path: name)
        let data = try PreparedData(recipe)
        return ModelSummary(model: try recipe.model.network(data), picture: data.picture)
    }
}
