import HDF5
import Network
import Tensors

/// Reads `/model_weights` into a model. Weights are matched by position, as Keras does: the n-th member with weights takes
/// the n-th name that has some, and within it the k-th name is the k-th weight.
func readWeights(_ group: HDF5Group, into model: inout Model) throws {
    let weighted = model.membersInFile().filter { !$0.weights.isEmpty }
    let names = try nameList(group.attributes, "layer_names", of: "model_weights")
    var stored: [(layer: String, group: HDF5Group, weights: [String])] = []
    for name in names {
        let inner = try group.group(named: name)
        let weights = try nameList(inner.attributes, "weight_names", of: "layer \"\(name)\"", optional: true)
        if !weights.isEmpty { stored.append((name, inner, weights)) }
    }
    guard stored.count == weighted.count else {
        throw Trouble(
            .damaged,
            "the config has \(weighted.count) layers with weights (\(weighted.map(\.name).joined(separator: ", "))), the "
                + "file has \(stored.count) (\(stored.map(\.layer).joined(separator: ", ")))")
    }
    var tensors: [[Tensor?]] = model.weightSpecs.map { $0.map { _ in nil } }
    for (member, entry) in zip(weighted, stored) {
        let specs = member.weights.map(model.spec)
        guard entry.weights.count == specs.count else {
            throw Trouble(
                .damaged,
                "layer \"\(member.name)\" needs \(specs.count) weights (\(specs.map(\.name).joined(separator: ", "))), "
                    + "the file has \(entry.weights.count) (\(entry.weights.joined(separator: ", ")))")
        }
        for (name, place) in zip(entry.weights, member.weights) {
            let (dataset, spec) = (try entry.group.dataset(named: name), model.spec(place))
            guard dataset.shape == spec.shape else {
                throw Trouble(
                    .damaged,
                    "\(model.layers[place.layer].subject): \(dataset.path) is \(dataset.shape), but the config makes "
                        + "\(spec.name) \(spec.shape)")
            }
            tensors[place.layer][place.weight] = Tensor(
                shape: spec.shape, values: try dataset.readFloats(shape: spec.shape))
        }
    }
    for layer in tensors.indices { try model.setWeights(tensors[layer].compactMap { $0 }, layer: layer) }
}

/// A list of names in an attribute, also where Keras had to split it into `name0`, `name1` … of 64 KiB.
func nameList(
    _ attributes: HDF5Attributes, _ name: String, of owner: String, optional: Bool = false
) throws -> [String] {
    if let whole = try attributes.strings(name) { return whole }
    var pieces: [String] = []
    var number = 0
    while let piece = try attributes.strings("\(name)\(number)") {
        pieces += piece
        number += 1
    }
    guard number > 0 || optional else { throw Trouble(.damaged, "\(owner) has no \(name) attribute") }
    return pieces
}
