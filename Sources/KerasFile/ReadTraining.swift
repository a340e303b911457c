import Base
import Network

/// Reads `training_config`. Unsupported parts are listed; they only prevent training.
func readCompiled(_ json: JSON, generation: Generation, model: Model) -> ModelFile.Compiled {
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
