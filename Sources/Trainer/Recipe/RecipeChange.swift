import Base
import Yams

/// A value to set in a recipe, at a path such as `fit.epochs`, `compile.optimizer.learning_rate` or `model.HiddenLayer1.units`.
///
/// A part of a path is a key, the position or the name of an entry of a list, or a class. Classes may be left out:
/// `optimizer.learning_rate` is that of `optimizer: { SGD: { learning_rate: 0.01 } }`.
public struct RecipeChange: Equatable, Sendable {
    public var path: String
    public var value: JSON

    public init(_ path: String, _ value: JSON) { (self.path, self.value) = (path, value) }

    /// Reads `fit.epochs=5`; the value is YAML.
    init(argument text: String) throws(CellarError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CellarError(.usage, "--set \(text): expected KEY=VALUE, such as fit.epochs=5.")
        }
        let word = String(text[text.index(after: equals)...])
        do {
            let node = try compose(yaml: word.isEmpty ? "\"\"" : word) ?? Node("")
            var values = RecipeValues(file: "--set")
            self.init(String(text[..<equals]), try values.value(node))
        } catch {
            throw CellarError(.usage, "--set \(text): the value is not valid YAML.")
        }
    }
}

/// Returns a recipe's text with these values. Comments are not kept.
///
/// - file: The recipe's path, for messages.
public func changedRecipe(
    _ text: String, file: String, _ changes: [RecipeChange]
) throws(CellarError) -> String {
    if changes.isEmpty { return text }
    var root = try RecipeText(file: file, text: text).root
    for change in changes {
        let parts = change.path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            throw CellarError(
                .usage, "expected a path such as fit.epochs, found \"\(change.path)\".", file: file)
        }
        do {
            let value = try compose(yaml: change.value.text()) ?? Node("null")
            root = try set(value, in: root, parts[...], change.path)
        } catch { throw CellarError(error).at(file: file) }
    }
    let changed: String
    do { changed = try serialize(node: root, width: -1, allowUnicode: true) } catch {
        throw CellarError(.internalFault, "the changed recipe cannot be written: \(error)", file: file)
    }
    // Every scalar must mean what it meant before.
    var (before, after) = (RecipeValues(file: file), RecipeValues(file: file))
    guard try before.value(root) == after.value(RecipeText(file: file, text: changed).root) else {
        throw CellarError(.internalFault, "the changed recipe reads differently.", file: file)
    }
    return changed
}

private func set(
    _ value: Node, in node: Node, _ path: ArraySlice<String>, _ whole: String
) throws(CellarError) -> Node {
    guard let key = path.first else { return value }
    let rest = path.dropFirst()
    switch node {
    case .mapping(var mapping):
        if let pair = mapping.first(where: { $0.key.string == key }) {
            mapping[pair.key] = try set(value, in: pair.value, rest, whole)
        } else if mapping.count == 1, hasClasses(whole), let only = mapping.first,
            isClass(only.key.string)
        {
            mapping[only.key] = try set(value, in: only.value, path, whole)
        } else {
            mapping[Node(key)] = try set(value, in: .mapping([:]), rest, whole)
        }
        return .mapping(mapping)
    case .sequence(var sequence):
        let place = try entry(key, of: sequence, whole)
        // The class of an entry may be named too.
        sequence[place] = try set(value, in: sequence[place], rest, whole)
        return .sequence(sequence)
    case .scalar(let scalar):
        if plainValue(scalar.string).isNull { return try set(value, in: .mapping([:]), path, whole) }
        if let entry = columnEntry(scalar.string, path, whole) {
            return try set(value, in: entry, path, whole)
        }
        // A class without options, as `optimizer: adam`.
        let own = key.lowercased() == scalar.string.lowercased() ? rest : path
        guard !own.isEmpty, plainValue(scalar.string).string != nil, hasClasses(whole) else {
            throw CellarError(.badData, "\(whole): there is a value in place of \(key).")
        }
        let inner = try set(value, in: .mapping([:]), own, whole)
        return .mapping(.init([(Node(scalar.string), inner)]))
    default: throw CellarError(.badData, "\(whole): there is no place for \(key).")
    }
}

/// Returns the mapping that a word below `data.columns` stands for: `auto` names no columns, and `zip: category` is the kind
/// of one. Nil in other places.
private func columnEntry(_ word: String, _ path: ArraySlice<String>, _ whole: String) -> Node? {
    guard whole.hasPrefix("data.columns.") else { return nil }
    // The path's first parts, which lead to the word.
    switch whole.split(separator: ".").count - path.count {
    case 2 where word == "auto": return .mapping([:])
    case 3: return .mapping(.init([(Node("kind"), Node(word))]))
    default: return nil
    }
}

/// True for the parts of a recipe in which classes have options. Elsewhere a word in large letters is a name.
private func hasClasses(_ path: String) -> Bool {
    ["compile.", "model.", "callbacks.", "data.preprocess."].contains { path.hasPrefix($0) }
}

private func isClass(_ name: String?) -> Bool { name?.unicodeScalars.first?.properties.isUppercase ?? false }

/// The position of the entry with this number, name or class.
private func entry(
    _ key: String, of sequence: Node.Sequence, _ whole: String
) throws(CellarError) -> Int {
    if let number = Int(key), sequence.indices.contains(number) { return number }
    func matches(_ node: Node) -> Bool {
        guard let pair = node.mapping?.first else { return node.string == key }
        return pair.value.mapping?["name"]?.string == key || pair.key.string == key
    }
    let found = sequence.indices.filter { matches(sequence[$0]) }
    guard found.count == 1 else {
        throw CellarError(
            .badData,
            "\(whole): \(found.isEmpty ? "no entry" : "several entries") of the list called \(key).",
            remedy: "Use the entry's position, counted from 0, or its name.")
    }
    return found[0]
}
