import Base
import Yams

/// Changes of a recipe from the command line: `fit.epochs=5`, `compile.optimizer.Adam.learning_rate=0.01`,
/// `model.0.Dense.units=64`.
struct RecipeChange {
    let path: [String]
    let value: Node
    private let text: String

    init(_ text: String) throws(CellarError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CellarError(
                .usage, "--set \(text): expected KEY=VALUE, such as fit.epochs=5.")
        }
        self.text = text
        path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else {
            throw CellarError(.usage, "--set \(text): a part of the key is empty.")
        }
        let word = String(text[text.index(after: equals)...])
        do { value = try compose(yaml: word.isEmpty ? "\"\"" : word) ?? "" } catch {
            throw CellarError(.usage, "--set \(text): the value is not valid YAML.")
        }
    }

    func apply(to root: Node) throws(CellarError) -> Node { try changed(root, path[...]) }

    private func changed(_ node: Node?, _ path: ArraySlice<String>) throws(CellarError) -> Node {
        guard let key = path.first else { return value }
        let rest = path.dropFirst()
        switch node {
        case .sequence(var items)?:
            guard let index = Int(key), items.indices.contains(index) else {
                throw CellarError(
                    .usage, "--set \(text): \"\(key)\" is no entry of a list of \(items.count).",
                    remedy: "Entries are counted from 0.")
            }
            items[index] = try changed(items[index], rest)
            return .sequence(items)
        case .mapping(var mapping)?:
            // A class may be written in another case, as adam for Adam.
            let place =
                mapping.firstIndex { pair in pair.key.string == key }
                ?? mapping.firstIndex { pair in pair.key.string?.lowercased() == key.lowercased() }
            let name = place.map { mapping[$0].key } ?? Node(key)
            mapping[name] = try changed(place.map { mapping[$0].value }, rest)
            return .mapping(mapping)
        case .scalar(let scalar)?
        where scalar.string.lowercased() == key.lowercased() || scalar.string.isEmpty,
            .scalar(let scalar)? where rest.isEmpty && scalar.string.isEmpty:
            // A class by its name alone gets options.
            return .mapping(.init([(Node(key), try changed(nil, rest))]))
        case nil: return .mapping(.init([(Node(key), try changed(nil, rest))]))
        default:
            throw CellarError(
                .usage, "--set \(text): the recipe has a value before \"\(key)\", which has no options.",
                remedy: "Check the key.")
        }
    }
}

extension RecipeText {
    /// The recipe with changes; its text is written anew.
    func applying(_ changes: [String]) throws(CellarError) -> RecipeText {
        guard !changes.isEmpty else { return self }
        var root = root
        for change in changes { root = try RecipeChange(change).apply(to: root) }
        do {
            return try RecipeText(file: file, text: serialize(node: root, allowUnicode: true))
        } catch {
            throw CellarError(error)
        }
    }
}
