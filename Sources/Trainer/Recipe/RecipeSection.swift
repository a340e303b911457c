import Base
import Network
import Yams

/// A mapping in a recipe: its options, which are read through a `LayerConfig`, and their lines.
struct RecipeSection {
    let file: String
    /// The name in messages: `fit`, `Dense`.
    let title: String
    let line: Int?
    var options: LayerConfig
    private let nodes: [String: Node]
    private let lines: [String: Int]

    /// Reads a mapping. `node` may be empty, as in `- Flatten:`.
    init(_ node: Node, title: String, file: String) throws(CellarError) {
        (self.file, self.title) = (file, title)
        line = node.mark?.line
        var values = RecipeValues(file: file)
        var (nodes, lines): ([String: Node], [String: Int]) = ([:], [:])
        let value = try values.value(node)
        guard let object = value.object ?? (value.isNull ? [:] : nil) else {
            throw CellarError(
                .badData,
                "\(title) must be a mapping, such as \(title): { option: value }, but is \(value.kind).",
                file: file, line: line)
        }
        for (key, item) in node.mapping ?? [:] {
            let name = try values.key(key)
            (nodes[name], lines[name]) = (item, key.mark?.line)
        }
        (self.nodes, self.lines) = (nodes, lines)
        options = LayerConfig(className: title, object, nullIsAbsent: true)
    }

    /// Reads a class with its options, such as `Dense: { units: 10 }`, or only its name.
    static func named(_ node: Node, what: String, file: String) throws(CellarError) -> RecipeSection {
        if case .scalar(let scalar) = node, case .string(let name) = plainValue(scalar.string) {
            return try RecipeSection(
                .mapping(.init([], .implicit, .flow, node.mark)), title: name, file: file)
        }
        guard case .mapping(let mapping) = node, mapping.count == 1, let pair = mapping.first else {
            throw CellarError(
                .badData,
                "expected \(what) with its options, such as \(example(of: what)).",
                file: file, line: node.mark?.line,
                remedy: "Write a list with one entry per line, each after a dash.")
        }
        let title = try RecipeValues(file: file).key(pair.key)
        return try RecipeSection(pair.value, title: title, file: file, line: pair.key.mark?.line)
    }

    private static func example(of what: String) -> String {
        switch what {
        case "a layer": "Dense: { units: 10, activation: softmax }"
        case "a callback": "EarlyStopping: { patience: 5 }"
        case "a loss": "binary_crossentropy"
        case "an optimizer": "adam, or SGD: { learning_rate: 0.01 }"
        case "a metric": "accuracy, or AUC: { curve: PR }"
        case "a schedule":
            "ExponentialDecay: { initial_learning_rate: 0.1, decay_steps: 100, decay_rate: 0.9 }"
        default: "StandardScaler"
        }
    }

    private init(_ node: Node, title: String, file: String, line: Int?) throws(CellarError) {
        let plain = try RecipeSection(node, title: title, file: file)
        (self.file, self.title, self.options) = (file, title, plain.options)
        (nodes, lines) = (plain.nodes, plain.lines)
        self.line = line ?? plain.line
    }

    /// Returns the mapping under `key`, if any.
    mutating func section(_ key: String) throws(CellarError) -> RecipeSection? {
        guard let node = node(key) else { return nil }
        if case .scalar(let scalar) = node, key == "columns", scalar.string == "auto" { return nil }
        return try RecipeSection(node, title: key, file: file)
    }

    /// Returns the node under `key`; nil if it is absent or empty.
    mutating func node(_ key: String) -> Node? { options.value(key) == nil ? nil : nodes[key] }

    /// Returns the elements of the list under `key`; empty if there is no list.
    mutating func list(_ key: String) throws(CellarError) -> [Node] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let items) = node else {
            throw error("\(key) must be a list: one entry per line after a dash, or [a, b].", key: key)
        }
        return Array(items)
    }

    /// Returns the words of a list, or one word as a list.
    mutating func words(_ key: String) throws(CellarError) -> [String] {
        guard let value = options.value(key) else { return [] }
        var words: [String] = []
        for item in value.array ?? [value] {
            guard let word = item.string ?? item.int.map(String.init) else {
                throw error("\(key) must be a list of words, but contains \(item.kind).", key: key)
            }
            words.append(word)
        }
        return words
    }

    /// Returns a name or path. A number is taken as text: `name: 2026`.
    mutating func text(_ key: String) throws(CellarError) -> String? {
        guard let value = options.value(key) else { return nil }
        if let text = value.string { return text }
        if value.double != nil, case .scalar(let scalar)? = nodes[key] { return scalar.string }
        throw error("\(key) must be a word or a path, but is \(value.kind).", key: key)
    }

    /// Returns one or more names or paths.
    mutating func texts(_ key: String) throws(CellarError) -> [String] {
        guard options.object[key]?.array != nil else { return [try requiredText(key, try text(key))] }
        let texts = try words(key)
        guard !texts.isEmpty else { throw error("\(key) is empty.", key: key) }
        return texts
    }

    func requiredText(_ key: String, _ value: String?) throws(CellarError) -> String {
        guard let value else { throw error("\(key) is missing.") }
        return value
    }

    /// Reads with `options` and adds the line to errors.
    mutating func read<Value>(
        _ body: (inout LayerConfig) throws(CellarError) -> Value
    ) throws(CellarError) -> Value {
        do { return try body(&options) } catch { throw place(error) }
    }

    /// Throws for keys that were not read.
    func rejectUnknownKeys() throws(CellarError) {
        do { try options.rejectUnknownKeys() } catch { throw place(error) }
    }

    func line(of key: String?) -> Int? { key.flatMap { lines[$0] } ?? line }

    func error(_ message: String, key: String? = nil, remedy: String? = nil) -> CellarError {
        CellarError(
            .badData, "\(options.subject): \(message)", file: file, line: line(of: key), remedy: remedy)
    }

    /// Adds the line to an error of a layer, optimizer or similar part.
    ///
    /// If an option is missing and an unknown one is similar, the error is about the unknown one.
    func place(_ error: CellarError) -> CellarError {
        if let key = error.place.key, lines[key] == nil, let typo = nearest(key, in: lines.keys.sorted()) {
            return self.error("unknown option \"\(typo)\".", key: typo, remedy: "Did you mean \(key)?")
        }
        let sentence = error.message.last.map { ".?".contains($0) } ?? true
        return CellarError(
            .badData,
            "\(error.place.subject ?? title): \(error.message)\(sentence ? "" : ".")", file: file,
            line: line(of: error.place.key), remedy: error.remedy)
    }
}
