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
    let folders = ["layers", ObjectPaths.folderOf212]
    let groups = try NumberedGroups(root, only: folders)
    guard let folder = folders.first(where: { groups[$0] != nil }) else {
        guard model.weightSpecs.allSatisfy(\.isEmpty) else {
            throw CellarError(
                .badData, "the weights do not have Keras' layout: there is no group \"layers\"")
        }
        return model.layers.indices.map { StoredLayer(layer: $0) }
    }
    var matched: [NumberedGroups?] = Array(repeating: nil, count: model.layers.count)
    try match(model.structure, model, groups, folder, to: &matched)
    let names = model.paths
    var stored: [StoredLayer] = []
    for index in model.layers.indices {
        var entry = StoredLayer(layer: index)
        if let group = matched[index] {
            entry.arrays = try arrays(
                in: group, of: model.layers[index].inFile, weights: model.weightSpecs[index].count,
                generation,
                path: names[index])
        }
        try entry.read(into: &model, generation)
        stored.append(entry)
    }
    return stored
}

/// Finds the group of each layer that has weights. Keras numbers the groups of each class in the order of the layers, but not
/// all releases by one: some count a layer twice, or count those without weights. So the numbers only give the order.
private func match(
    _ container: Container, _ model: Model, _ parent: NumberedGroups, _ folder: String,
    to matched: inout [NumberedGroups?]
) throws {
    var words: [String] = []
    var members: [String: [Container.Member]] = [:]
    for member in container.members where hasWeights(member, model) {
        let word = ObjectPaths.word(member, model)
        if members[word] == nil { words.append(word) }
        members[word, default: []].append(member)
    }
    guard let inside = parent[folder] else {
        guard !words.isEmpty else { return }
        throw CellarError(
            .badData, "model \"\(container.name)\": the file has no group \(parent.path)/\(folder)")
    }
    var rest = Set(inside.children.keys.filter { inside.children[$0]?.arrayCount ?? 0 > 0 })
    for word in words {
        let (wanted, found) = (members[word] ?? [], inside.numbered(word))
        guard wanted.count == found.count else {
            throw CellarError(
                .badData,
                "\(inside.path): the config has \(wanted.count) of the kind \"\(word)\" with weights "
                    + "(\(shortList(wanted.map { name($0, model) }))), the file has \(found.count)"
                    + (found.isEmpty ? "" : " (\(shortList(found.map(\.path))))")
                    + ": config and weights do not match")
        }
        for (member, group) in zip(wanted, found) {
            rest.remove(group.path.split(separator: "/").last.map(String.init) ?? "")
            switch member {
            case .layer(let layer): matched[layer] = group
            case .model(let nested):
                let inner = nested.steps == nil ? group : group["layer"] ?? group
                try match(nested, model, inner, folder, to: &matched)
            }
        }
    }
    // Numbers that a layer is given as options are weights, too, in some releases.
    let known = Set(container.members.map { ObjectPaths.word($0, model) })
    if let name = rest.sorted().first(where: { name in
        !known.contains { inside.numbered($0).contains { $0.path.hasSuffix("/" + name) } }
    }) {
        throw CellarError(
            .badData,
            "\(inside.path)/\(name) has weights, but the config has no such layer: config and weights do not match"
        )
    }
}

private func hasWeights(_ member: Container.Member, _ model: Model) -> Bool {
    switch member {
    case .layer(let layer): !model.weightSpecs[layer].isEmpty
    case .model(let inside): inside.layers.contains { !model.weightSpecs[$0].isEmpty }
    }
}

private func name(_ member: Container.Member, _ model: Model) -> String {
    switch member {
    case .layer(let layer): model.layers[layer].name
    case .model(let inside): inside.memberName
    }
}

private func arrays(
    in group: NumberedGroups, of layer: any Layer, weights: Int, _ generation: Generation, path: String
) throws -> [StoredLayer.Array] {
    let count = generation.storedCount(of: layer.className, layer.config, weights: weights)
    let found = group.arrayCount
    guard found == count || found == weights else {
        throw CellarError(
            .badData, "\(layer.subject) needs \(count) weights, but \(group.path) has \(found)")
    }
    let places = ObjectPaths.places(of: layer, weights: found)
    return try places.enumerated().map { place, name in
        // Some releases save attributes by their private names.
        guard let array = (group[name] ?? group["_" + name])?.array else {
            throw CellarError(.badData, "\(layer.subject): \(group.path)/\(name) does not exist")
        }
        return StoredLayer.Array(place: place, name: array.name, group: array.group)
    }
}
