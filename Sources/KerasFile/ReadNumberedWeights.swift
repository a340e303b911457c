import Base
import HDF5
import Network
import Tensors

/// Reads Keras 3's layout: a `.weights.h5`, or that member of a `.keras`.
///
/// - Returns: The stored arrays of each layer, in the model's order.
func readNumberedWeights(_ root: HDF5Group, into model: inout Model, _ generation: Generation) throws
    -> [StoredLayer]
{
    let folder = ["layers", ObjectPaths.folderOf212].first { root.has($0) }
    guard let folder else {
        guard model.weightSpecs.allSatisfy(\.isEmpty) else {
            throw CellarError(
                .badData, "the weights do not have Keras' layout: there is no group \"layers\"")
        }
        return model.layers.indices.map { StoredLayer(layer: $0) }
    }
    let paths = ObjectPaths(model, folder: folder)
    try checkSurplus(root, paths, model)
    let names = model.paths
    var stored: [StoredLayer] = []
    for index in model.layers.indices {
        let layer = model.layers[index]
        var entry = StoredLayer(layer: index)
        let needed = model.weightSpecs[index].count
        if needed > 0 {
            guard root.has(paths.layers[index]) else {
                throw CellarError(
                    .badData,
                    "\(layer.subject): its weights should be in /\(paths.layers[index]), which is not "
                        + "there")
            }
            let group = try root.group(named: paths.layers[index])
            entry.arrays = try arrays(in: group, of: layer, weights: needed, generation, path: names[index])
        }
        try entry.read(into: &model, generation)
        stored.append(entry)
    }
    return stored
}

private func arrays(
    in group: HDF5Group, of layer: any Layer, weights: Int, _ generation: Generation, path: String
) throws -> [StoredLayer.Array] {
    let count = generation.storedCount(of: layer.className, layer.config, weights: weights)
    let places = ObjectPaths.places(of: layer, weights: count)
    let found = try arrayCount(group, depth: 0)
    guard found == count || found == weights else {
        throw CellarError(
            .badData, "\(layer.subject) needs \(count) weights, but \(group.path) has \(found)")
    }
    let present =
        found == count ? places : ObjectPaths.places(of: layer, weights: weights)
    return try present.enumerated().map { place, name in
        // Some releases save attributes by their private names.
        let choices = [name, "_" + name]
        guard let choice = choices.first(where: { group.has($0) }) else {
            throw CellarError(.badData, "\(layer.subject): \(group.path)/\(name) does not exist")
        }
        return StoredLayer.Array(place: place, name: choice, group: group)
    }
}

/// Counts the weights in a layer's group, without the state of random generators.
private func arrayCount(_ group: HDF5Group, depth: Int) throws -> Int {
    guard depth < 8 else { throw CellarError(.badData, "\(group.path) is nested too deeply") }
    var count = 0
    for name in try group.childNames()
    where !name.hasPrefix("seed_generator") && !name.hasSuffix("random_generator") {
        switch group.kind(of: name) {
        case .dataset: count += 1
        case .group: count += try arrayCount(try group.group(named: name), depth: depth + 1)
        default: break
        }
    }
    return count
}

/// Throws for weights of a layer that is not in the config, because config and weights then do not match.
private func checkSurplus(_ root: HDF5Group, _ paths: ObjectPaths, _ model: Model) throws {
    let known = Set(
        paths.layers
            + paths.containers.map { String($0.split(separator: "/").dropLast().joined(separator: "/")) })
    for container in paths.containers where root.has(container) {
        let group = try root.group(named: container)
        for name in try group.childNames() where !known.contains(container + "/" + name) {
            guard group.kind(of: name) == .group, try arrayCount(try group.group(named: name), depth: 0) > 0
            else {
                continue
            }
            throw CellarError(
                .badData,
                "\(group.path)/\(name) has weights, but the config has no such layer: config and "
                    + "weights do not match")
        }
    }
}
