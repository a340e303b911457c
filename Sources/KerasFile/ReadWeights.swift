import HDF5
import Base
import Network
import Tensors

/// Reads `/model_weights` into a model. Weights are matched by position, as in Keras: the n-th member with
/// weights takes the n-th name that has weights, and within it the k-th weight takes the k-th name.
///
/// - Parameter generation: The generation of the weights, which may have an older layout.
/// - Returns: The stored arrays of each layer, in the model's order.
func readWeights(_ group: HDF5Group, into model: inout Model, _ generation: Generation) throws
    -> [StoredLayer]
{
    let names = try nameList(group.attributes, "layer_names", of: "model_weights")
    guard Set(names).count == names.count else {
        throw CellarError(.badData, "layer_names has a duplicate: \(firstRepeated(names))")
    }
    var stored: [StoredMember] = []
    for name in names {
        let inner = try group.group(named: name)
        var weights = try nameList(inner.attributes, "weight_names", of: "layer \"\(name)\"", optional: true)
        guard Set(weights).count == weights.count else {
            throw CellarError(
                .badData, "layer \"\(name)\": weight_names has a duplicate: \(firstRepeated(weights))")
        }
        // Those of Discretization are in its config by now.
        weights.removeAll(where: isSummary)
        if !weights.isEmpty { stored.append(StoredMember(name: name, group: inner, weights: weights)) }
    }
    let counts = generation.storedCounts(model, stored.map(\.weights.count))
    let weighted = model.membersInFile(counts: counts).filter { !$0.weights.isEmpty }
    guard stored.count == weighted.count else {
        throw CellarError(
            .badData,
            "the config has \(weighted.count) layers with weights (\(shortList(weighted.map(\.name)))), the "
                + "file has \(stored.count) (\(shortList(stored.map(\.name))))")
    }
    var layers = model.layers.indices.map { StoredLayer(layer: $0) }
    for (member, entry) in zip(weighted, stored) {
        guard entry.weights.count == member.weights.count else {
            let specs = member.weights.map { model.spec($0).name }
            throw CellarError(
                .badData,
                "layer \"\(member.name)\" needs \(specs.count) weights (\(shortList(specs))), "
                    + "the file has \(entry.weights.count) (\(shortList(entry.weights)))")
        }
        for (name, place) in zip(entry.weights, member.weights) {
            layers[place.layer].arrays.append(.init(place: place.weight, name: name, group: entry.group))
        }
    }
    for index in layers.indices { try layers[index].read(into: &model, generation) }
    return layers
}

private struct StoredMember {
    var name: String
    var group: HDF5Group
    var weights: [String]
}

private func firstRepeated(_ names: [String]) -> String {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted } ?? ""
}

/// Joins names for a message and truncates long lists.
func shortList(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count))" : "")
}

extension Generation {
    /// Returns the number of stored arrays for each layer: for a layer of the outermost model the number
    /// under its name, if its generation has such a layout; inside a nested model the generation's usual
    /// number.
    fileprivate func storedCounts(_ model: Model, _ found: [Int]) -> [Int] {
        let usual = model.layers.indices.map { index in
            let layer = model.layers[index]
            return storedCount(of: layer.className, layer.config, weights: model.weightSpecs[index].count)
        }
        var counts = usual
        let weighted = model.membersInFile(counts: usual).filter { !$0.weights.isEmpty }
        guard weighted.count == found.count else { return usual }
        for (member, count) in zip(weighted, found) {
            // With `consume_less: gpu` Keras 1 stored the gates together, as today.
            if let layer = member.layer, count == model.weightSpecs[layer].count { counts[layer] = count }
        }
        return counts
    }
}

/// The stored arrays of one layer.
struct StoredLayer {
    struct Array {
        /// The index among the layer's arrays.
        var place: Int
        var name: String
        var group: HDF5Group
    }

    let layer: Int
    var arrays: [Array] = []
    /// The shapes in the layer's order, and their conversion to its weights; nil if none is needed.
    private(set) var shapes: [[Int]] = []
    private(set) var conversion: WeightConversion?

    init(layer: Int) { self.layer = layer }

    var names: [String] { arrays.map(\.name) }

    mutating func read(into model: inout Model, _ generation: Generation) throws {
        arrays.sort { $0.place < $1.place }
        let (layer, specs) = (model.layers[layer], model.weightSpecs[layer])
        let datasets = try arrays.map { try $0.group.dataset(named: $0.name) }
        shapes = datasets.map(\.shape)
        conversion = generation.conversion(
            of: layer.className, layer.config, StoredWeights(names: names, shapes: shapes))
        var tensors: [Tensor] = []
        if let conversion {
            let (found, wanted) = (
                datasets.reduce(0.0) { $0 + Double($1.count) }, specs.reduce(0.0) { $0 + Double($1.count) }
            )
            guard found <= 2 * wanted else { throw wrongShapes(layer, datasets, specs) }
            tensors = try conversion(
                datasets.map { Tensor(shape: $0.shape, values: try $0.readFloats(shape: $0.shape)) })
            guard tensors.map(\.shape) == specs.map(\.shape) else {
                throw wrongShapes(layer, datasets, specs)
            }
        } else {
            for (dataset, spec) in zip(datasets, specs) {
                guard dataset.shape == spec.shape else {
                    throw CellarError(
                        .badData,
                        "\(layer.subject): \(dataset.path) is \(dataset.shape), but the config needs "
                            + "\(spec.name) \(spec.shape)")
                }
                tensors.append(Tensor(shape: spec.shape, values: try dataset.readFloats(shape: spec.shape)))
            }
        }
        try model.setWeights(tensors, layer: self.layer)
    }

    private func wrongShapes(_ layer: any Layer, _ found: [HDF5Dataset], _ specs: [WeightSpec]) -> CellarError
    {
        CellarError(
            .badData,
            "\(layer.subject): the file's arrays (\(shortList(found.map { "\($0.path) \($0.shape)" }))) do not "
                + "match its weights (\(shortList(specs.map { "\($0.name) \($0.shape)" })))")
    }
}

/// Reads a list of names from an attribute, also if Keras split it into `name0`, `name1` … of 64 KiB.
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
    guard number > 0 || optional else { throw CellarError(.badData, "\(owner) has no \(name) attribute") }
    return pieces
}

/// Branch-free so that the compiler vectorizes it: it reads every weight when a model is loaded.
private func allFinite(_ values: Span<Float>) -> Bool {
    // If all exponent bits are set, adding one carries into the sign.
    var carried: UInt32 = 0
    for index in values.indices { carried |= (values[index].bitPattern & 0x7F80_0000) &+ 0x0080_0000 }
    return carried >> 31 == 0
}

/// Returns warnings about weights that are NaN or infinite.
func oddWeights(_ model: Model) -> [String] {
    let paths = model.paths
    return model.layers.indices.flatMap { layer in
        zip(model.weightSpecs[layer], model.weights[layer]).compactMap { spec, tensor in
            guard !allFinite(tensor.values.span) else { return nil }
            let count = tensor.values.count { !$0.isFinite }
            let kind = tensor.values.contains(where: \.isNaN) ? "NaN" : "infinite"
            return
                "layer \"\(paths[layer])\": \(count) of \(tensor.count) values of \(spec.name) are \(kind)"
        }
    }
}
