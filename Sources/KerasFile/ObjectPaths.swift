import Base
import Network

/// The paths of the layers' weights in Keras 3's layout (`.weights.h5`, and inside `.keras`). A path uses the
/// class in snake case and a number within the model instead of the layer's name: `layers/dense_1/vars/0`.
struct ObjectPaths {
    /// The group of each layer of the model.
    private(set) var layers: [String]
    /// The groups of the outermost and all nested models.
    private(set) var containers: [String] = []

    /// Keras' name of the collection of layers.
    private static let folder = "layers"

    init(_ model: Model) {
        layers = model.layers.map { _ in "" }
        walk(model.structure, model, "")
    }

    private mutating func walk(_ container: Container, _ model: Model, _ prefix: String) {
        containers.append(prefix + Self.folder)
        var used: [String: Int] = [:]
        for member in container.members {
            let word = Self.word(member, model)
            let number = used[word, default: 0]
            used[word] = number + 1
            let path = prefix + Self.folder + "/" + (number == 0 ? word : "\(word)_\(number)")
            switch member {
            case .layer(let layer): layers[layer] = path
            case .model(let inside): walk(inside, model, path + (inside.steps == nil ? "/" : "/layer/"))
            }
        }
    }

    /// Keras' name of a member's class in paths.
    static func word(_ member: Container.Member, _ model: Model) -> String {
        switch member {
        case .layer(let layer): snakeCase(model.layers[layer].inFile.className)
        case .model(let inside) where inside.steps != nil: snakeCase(Container.Steps.className)
        case .model(let inside): inside.form == .sequential ? "sequential" : "functional"
        }
    }

    /// tf.keras 2.12's name of the collection of layers.
    static let folderOf212 = "_layer_checkpoint_dependencies"

    /// Inserts `_` between any character and a capital with small letters after it, then between a small
    /// letter (or digit) and a capital: Conv2D is conv2d, PReLU p_re_lu, MaxPooling2D max_pooling2d.
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

    /// Returns the paths of a layer's weights below its group. Composite layers have no weights of their own.
    static func places(of layer: any Layer, weights: Int) -> [String] {
        layer.weightGroups(count: weights).flatMap { group in
            (0..<group.count).map { group.path.isEmpty ? "vars/\($0)" : "\(group.path)/vars/\($0)" }
        }
    }
}
