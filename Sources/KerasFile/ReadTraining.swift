import JSONText
import Network

/// Reads `training_config`. What we do not know is named, and keeps the model from training only.
func readCompiled(_ json: JSON, generation: Generation) -> ModelFile.Compiled {
    var compiled = ModelFile.Compiled(loss: nil, optimizer: nil)
    if let loss = json["loss"], !loss.isNull {
        do { compiled.loss = try Loss(from: loss) } catch { compiled.unknown.append(error.message) }
    }
    if let config = json["optimizer_config"], !config.isNull {
        do {
            var optimizer = try OptimizerTable.make(from: config)
            if var rmsprop = optimizer as? RMSprop {
                rmsprop.newer = generation.hasNewOptimizers(
                    className: config["class_name"]?.string ?? "", config: config["config"]?.object ?? [:])
                optimizer = rmsprop
            }
            compiled.optimizer = optimizer
        } catch {
            compiled.unknown.append(error.description)
        }
    }
    return compiled
}
