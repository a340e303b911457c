import ArgumentParser
import CommandSupport
import Foundation
import Base
import KerasFile
import Network
import Registry
import StoreSupport
import Trainer

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Show a model's layers, shapes and parameters.")

    @Argument(help: "A recipe, or a model: NAME, NAME:VERSION, NAME@ALIAS or a file.", completion: .versions)
    var model: String

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run {
            let model = try isRecipe ? untrained(Recipe(path: model)) : saved()
            if common.json { try printOutput(json(model)) } else { try printOutput(summary(of: model)) }
        }
    }

    private var isRecipe: Bool {
        let isText = [".yaml", ".yml"].contains { model.lowercased().hasSuffix($0) }
        let isSaved = [".h5", ".hdf5", ".keras"].contains { model.lowercased().hasSuffix($0) }
        return isText || model.contains("/") && !isSaved
    }

    private func untrained(_ recipe: Recipe) throws -> Model {
        let data = try PreparedData(recipe)
        return try recipe.model.network(data)
    }

    private func saved() throws -> Model {
        try readModel(common.open().trusted(model).trusted).model
    }

    private func json(_ model: Model) -> JSON {
        let paths = model.paths
        let layers = model.layers.indices.compactMap { layer -> JSON? in
            // The input of a model inside is what that model is called with.
            guard !model.layers[layer].isOutputPart,
                let call = model.calls.firstIndex(where: { $0.layer == layer })
            else { return nil }
            return [
                "name": .string(paths[layer]), "class": .string(model.layers[layer].className),
                "output_shape": .array([.null] + model.shapes[call].map { .integer($0) }),
                "parameters": .integer(model.weightSpecs[layer].reduce(0) { $0 + $1.count }),
            ]
        }
        return [
            "layers": .array(layers),
            "parameters": .integer(model.trainableParameters + model.nonTrainableParameters),
            "trainable_parameters": .integer(model.trainableParameters),
            "non_trainable_parameters": .integer(model.nonTrainableParameters),
        ]
    }
}
