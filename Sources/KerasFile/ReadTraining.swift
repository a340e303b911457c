import Base
import Network

/// Reads `training_config`. Unsupported parts are listed; they only prevent training.
///
/// - Parameter keys: The keys of outputs in a dictionary, in the model's order. They stand for the names of the layers.
func readCompiled(
    _ given: JSON, generation: Generation, model: Model, keys: [String]? = nil
) -> ModelFile.Compiled {
    let json = keys.map { given.renaming($0, to: model.outputNames) } ?? given
    var compiled = ModelFile.Compiled(objective: nil, optimizer: nil)
    if let loss = json["loss"], !loss.isNull {
        do {
            compiled.objective = try Objective(from: json, outputs: model.outputNames) {
                compiled.unknown.append($0)
            }
            compiled.objective?.setNewer(generation.major >= 3)
            compiled.objective?.setCountsMasked(generation.countsMaskedLosses)
        } catch {
            compiled.unknown.append(error.message)
        }
    }
    if let config = json["optimizer_config"], !config.isNull {
        do {
            var optimizer = try OptimizerTable.make(from: config)
            if generation.hasNewOptimizers(
                className: config["class_name"]?.string ?? "", config: config["config"]?.object ?? [:])
            {
                optimizer.newer = true
            }
            compiled.optimizer = optimizer
        } catch {
            compiled.unknown.append(error.description)
        }
    }
    return compiled
}

extension JSON {
    /// The arguments of `compile` by the names of the outputs' layers, where they are by other keys.
    fileprivate func renaming(_ keys: [String], to names: [String]) -> JSON {
        guard var object, keys.count == names.count else { return self }
        for argument in ["loss", "loss_weights", "metrics", "weighted_metrics"] {
            guard let parts = object[argument]?.object, parts["class_name"] == nil else { continue }
            var renamed = JSONObject()
            for (key, name) in zip(keys, names) { renamed[name] = parts[key] }
            object[argument] = .object(renamed)
        }
        return .object(object)
    }
}
