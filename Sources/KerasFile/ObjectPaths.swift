import Base
import Network

/// Where Keras 3's own layout (`.weights.h5`, and inside `.keras`) keeps each layer's weights: not under its name, but
/// under its class in snake case, numbered within its model: `layers/dense_1/vars/0`.
struct ObjectPaths {
    /// The group of each layer of the model.
    private(set) var layers: [String]
    /// Where models may be: the outermost, and those inside.
    private(set) var containers: [String] = []

    /// - folder: what Keras calls the collection of layers.
    init(_ model: Model, folder: String = "layers") {
        layers = model.layers.map { _ in "" }
        walk(model.structure, model, "", folder)
    }

    private mutating func walk(_ container: Container, _ model: Model, _ prefix: String, _ folder: String) {
        containers.append(prefix + folder)
        var used: [String: Int] = [:]
        for member in container.members {
            let className =
                switch member {
                case .layer(let layer): model.layers[layer].className
                case .model(let inside): inside.form == .sequential ? "Sequential" : "Functional"
                }
            let word = Self.snakeCase(className)
            let number = used[word, default: 0]
            used[word] = number + (countsTwice(member, model, folder) ? 2 : 1)
            let path = prefix + folder + "/" + (number == 0 ? word : "\(word)_\(number)")
            switch member {
            case .layer(let layer): layers[layer] = path
            case .model(let inside): walk(inside, model, path + "/", folder)
            }
        }
    }

    /// tf.keras 2.12's collection has members that hold weights under two names, and numbers both.
    private func countsTwice(_ member: Container.Member, _ model: Model, _ folder: String) -> Bool {
        guard folder == Self.folderOf212 else { return false }
        return switch member {
        case .layer(let layer): !model.weightSpecs[layer].isEmpty
        case .model(let inside): inside.layers.contains { !model.weightSpecs[$0].isEmpty }
        }
    }

    /// What tf.keras 2.12 calls the collection of layers.
    static let folderOf212 = "_layer_checkpoint_dependencies"

    /// `_` between any character and a capital with small letters after it, then between a small letter (or digit) and a
    /// capital: Conv2D is conv2d, PReLU p_re_lu, MaxPooling2D max_pooling2d.
    static func snakeCase(_ name: String) -> String {
        let characters = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
        var first: [Character] = []
        for (index, character) in characters.enumerated() {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            if index > 0, character.isUppercase, next.isLowercase { first.append("_") }
            first.append(character)
        }
        var result = ""
        for (index, character) in first.enumerated() {
            if index > 0, character.isUppercase, first[index - 1].isLowercase { result.append("_") }
            result.append(contentsOf: character.lowercased())
        }
        return result
    }

    /// Where, below its group, a layer keeps each of its weights. Layers that are made of others keep nothing themselves.
    static func places(of layer: any Layer, weights: Int) -> [String] {
        layer.weightGroups(count: weights).flatMap { group in
            (0..<group.count).map { group.path.isEmpty ? "vars/\($0)" : "\(group.path)/vars/\($0)" }
        }
    }
}
