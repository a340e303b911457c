import HDF5
import Network
import Tensors

/// Writes `/optimizer_weights` in the order of Keras 2.10's optimizers: the step count, then the slots.
/// Optimizers that 2.10 does not have (Lion, or those with weight decay) are written as in 2.11 and later.
func writeState(
    _ state: OptimizerState, of optimizer: any Optimizer, model: Model, to group: HDF5Group
) throws {
    var trained: [(path: String, shape: [Int])] = []
    let paths = model.paths
    for layer in model.layers.indices {
        for (weight, spec) in model.weightSpecs[layer].enumerated()
        where model.isTrainable(layer: layer, weight: weight) {
            trained.append(("\(paths[layer])/\(spec.name)", spec.shape))
        }
    }
    let (prefix, isNew) = (optimizer.className, optimizer.isNewInFile)
    var (slotNames, slots) = (optimizer.slotNames, state.slots)
    if isNew && slotNames.isEmpty {
        // Newer SGD always has momentum slots.
        (slotNames, slots) = (["m"], [trained.map { Tensor(shape: $0.shape, filledWith: 0) }])
    }
    let layout = StateLayout(h5: optimizer)
    var ordered: [(name: String, tensor: Tensor)?] = Array(repeating: nil, count: slots.count * trained.count)
    for (slot, tensors) in slots.enumerated() {
        for (weight, tensor) in tensors.enumerated() {
            let (path, name) = (trained[weight].path, slotNames[slot])
            ordered[layout.place(slot: slot, weight: weight, of: trained.count)] = (
                isNew ? "\(prefix)/\(name)/\(path):0" : "\(prefix)/\(path)/\(name):0", tensor
            )
        }
    }
    let count = isNew ? "iteration:0" : "\(prefix)/iter:0"
    var leading = [count]
    let product = isNew ? nil : optimizer.savedMomentumProduct(after: state.iterations)
    if product != nil { leading.append("\(prefix)/momentum_cache:0") }
    try group.attributes.setNames("weight_names", leading + ordered.compactMap { $0?.name })
    try group.write([Int64(state.iterations)], shape: [], named: count)
    if let product { try group.write([product], shape: [], named: leading[1]) }
    for case let (name, tensor)? in ordered {
        try group.write(tensor.values, shape: tensor.shape, named: name)
    }
}

extension Optimizer {
    /// Whether an `.h5` has it as one of Keras 2.11's.
    var isNewInFile: Bool { general.weightDecay != nil || className == "Lion" }
}
