import HDF5
import Network
import Tensors

/// Writes Keras 3's layout: the weights by layer class and number, and the optimizer's state.
func writeNumberedWeights(_ contents: ModelFile, to root: HDF5Group, includeOptimizer: Bool) throws {
    let model = contents.model
    let paths = ObjectPaths(model)
    // Keras creates this group for everything, even if it stays empty.
    _ = try root.makeGroup("vars")
    for container in paths.containers.dropFirst() {
        _ = try root.makeGroup(String(container.dropLast("layers".count)) + "vars")
    }
    for (index, layer) in model.layers.enumerated() where !layer.isOutputPart {
        let group = try root.makeGroup(paths.layers[index])
        let vars = try group.makeGroup("vars")
        try vars.attributes.set("name", string: layer.name)
        let tensors = model.weights[index]
        let places = ObjectPaths.places(of: layer.inFile, weights: tensors.count)
        for (place, tensor) in zip(places, tensors) {
            try group.write(tensor.values, shape: tensor.shape, named: place)
        }
        for (place, values) in layer.inFile.adaptedArrays {
            try group.write(values, shape: [values.count], named: place)
        }
    }
    if includeOptimizer, let optimizer = contents.compiled?.optimizer, contents.compiled?.loss != nil {
        try writeNumberedState(
            contents.optimizerState ?? freshState(of: optimizer, model), of: optimizer, model,
            to: try root.makeGroup("optimizer/vars"))
    }
}

/// Returns an optimizer's state before its first step. Keras 3 reports a missing state.
private func freshState(of optimizer: any Optimizer, _ model: Model) -> OptimizerState {
    let trained = model.layers.indices.flatMap { layer in
        model.weightSpecs[layer].indices.filter { model.isTrainable(layer: layer, weight: $0) }.map {
            model.weightSpecs[layer][$0].shape
        }
    }
    return OptimizerState(
        iterations: 0,
        slots: optimizer.slotNames.indices.map { slot in
            trained.map { Tensor(shape: $0, filledWith: optimizer.initialValue(ofSlot: slot)) }
        })
}

private func writeNumberedState(
    _ state: OptimizerState, of optimizer: any Optimizer, _ model: Model, to group: HDF5Group
) throws {
    try group.attributes.set("name", string: ObjectPaths.snakeCase(optimizer.className))
    var number = 0
    func next() -> String {
        defer { number += 1 }
        return String(number)
    }
    try group.write([Int64(state.iterations)], shape: [], named: next())
    // A schedule computes the rate for each step.
    if !optimizer.general.changesRate {
        try group.write([Float(optimizer.learningRate)], shape: [], named: next())
    }
    let weights = state.slots.first?.count ?? 0
    let layout = StateLayout(keras3: optimizer)
    var ordered: [Tensor?] = Array(repeating: nil, count: state.slots.count * weights)
    for (slot, tensors) in state.slots.enumerated() {
        for (weight, tensor) in tensors.enumerated() {
            ordered[layout.place(slot: slot, weight: weight, of: weights)] = tensor
        }
    }
    for case let tensor? in ordered { try group.write(tensor.values, shape: tensor.shape, named: next()) }
    var newer = optimizer
    newer.newer = true
    if let product = newer.savedMomentumProduct(after: state.iterations) {
        try group.write([product], shape: [], named: next())
    }
}
