import HDF5
import JSONText
import Network
import Tensors

/// Reads `training_config`. What we do not know is named, and keeps the model from training only.
func readCompiled(_ json: JSON, generation: Generation, model: Model? = nil) -> ModelFile.Compiled {
    var compiled = ModelFile.Compiled(objective: nil, optimizer: nil)
    if let loss = json["loss"], !loss.isNull {
        do {
            compiled.objective = try Objective(from: json, outputs: model?.outputNames ?? ["output"]) {
                compiled.unknown.append($0)
            }
            compiled.objective?.setNewer(generation.major >= 3)
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

/// Reads `/optimizer_weights`, by position. The generations differ in the order of the slots, which their names tell.
/// Nil where it does not fit the optimizer: Keras starts afresh then, too.
func readOptimizerState(
    _ group: HDF5Group, optimizer: any Optimizer, model: Model
) throws -> OptimizerState? {
    let names = try nameList(group.attributes, "weight_names", of: "optimizer_weights", optional: true)
    guard let first = names.first else { return nil }
    let iterations = try group.dataset(named: first).readInt64s(shape: []).first ?? 0
    guard iterations >= 0 else { throw Trouble(.damaged, "the optimizer has made \(iterations) steps") }
    // Keras 3 keeps the learning rate second; it is a scalar, which no slot of ours is.
    let rest = names.dropFirst().filter { !$0.hasSuffix("/learning_rate") }
    let shapes = trainedShapes(model)
    let slotCount = optimizer.slotNames.count

    var tensors: [Tensor] = []
    for name in rest {
        let dataset = try group.dataset(named: name)
        // Larger than any weight could not be a slot, and is not worth memory.
        guard shapes.contains(dataset.shape) || dataset.shape == [1] else { return nil }
        tensors.append(Tensor(shape: dataset.shape, values: try dataset.readFloats(shape: dataset.shape)))
    }
    // Without momentum, newer SGD still stores a slot for it, and Keras 2.2 dummies for vhat.
    if optimizer.slotNames.isEmpty { return OptimizerState(iterations: Int(iterations), slots: []) }
    guard tensors.count >= slotCount * shapes.count else { return nil }

    let interleaved = optimizer is Adam && !first.hasSuffix("/iter:0") && !first.contains("iterations")
    let slots: [[Tensor]] = (0..<slotCount).map { slot in
        shapes.indices.map { weight in
            // m and v take turns; vhat, where there is one, follows as a whole.
            interleaved && slot < 2 ? tensors[2 * weight + slot] : tensors[slot * shapes.count + weight]
        }
    }
    guard slots.allSatisfy({ zip($0, shapes).allSatisfy { $0.shape == $1 } }) else { return nil }
    return OptimizerState(iterations: Int(iterations), slots: slots)
}

private func trainedShapes(_ model: Model) -> [[Int]] {
    model.layers.indices.flatMap { layer in
        model.weightSpecs[layer].indices.filter { model.isTrainable(layer: layer, weight: $0) }.map {
            model.weightSpecs[layer][$0].shape
        }
    }
}
