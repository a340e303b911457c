import Base
import Network
import Yams

/// One mapping of a recipe: its options, read in Keras' words through a `LayerConfig`, and the lines they stand on.
struct RecipeSection {
    let file: String
    /// How messages call it: `fit`, `Dense`.
    let title: String
    let line: Int?
    var options: LayerConfig
    private let nodes: [String: Node]
    private let lines: [String: Int]

    /// `node` is a mapping, or nothing at all, as in `- Flatten:`.
    init(_ node: Node, title: String, file: String) throws(CellarError) {
        (self.file, self.title) = (file, title)
        line = node.mark?.line
        var values = RecipeValues(file: file)
        var (nodes, lines): ([String: Node], [String: Int]) = ([:], [:])
        let value = try values.value(node)
        guard let object = value.object ?? (value.isNull ? [:] : nil) else {
            throw CellarError(
                .badData,
                "\(title) must be a mapping, as \(title): { option: value }, but is \(value.kind).",
                file: file, line: line)
        }
        for (key, item) in node.mapping ?? [:] {
            let name = try values.key(key)
            (nodes[name], lines[name]) = (item, key.mark?.line)
        }
        (self.nodes, self.lines) = (nodes, lines)
        options = LayerConfig(className: title, object)
    }

    /// A class with its options: `Dense: { units: 10 }`, or its name alone.
    static func named(_ node: Node, what: String, file: String) throws(CellarError) -> RecipeSection {
        if case .scalar(let scalar) = node, case .string(let name) = plainValue(scalar.string) {
            return try RecipeSection(
                .mapping(.init([], .implicit, .flow, node.mark)), title: name, file: file)
        }
        guard case .mapping(let mapping) = node, mapping.count == 1, let pair = mapping.first else {
            throw CellarError(
                .badData,
                "expected \(what) with its options, as \(example(of: what)); a list has one a line, each with a dash.",
                file: file, line: node.mark?.line)
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

    /// The mapping below `key`, where there is one.
    mutating func section(_ key: String) throws(CellarError) -> RecipeSection? {
        guard let node = node(key) else { return nil }
        return try RecipeSection(node, title: key, file: file)
    }

    /// The node below `key`. An empty one counts as absent.
    mutating func node(_ key: String) -> Node? { options.value(key) == nil ? nil : nodes[key] }

    /// The elements of the list below `key`; none where there is no list.
    mutating func list(_ key: String) throws(CellarError) -> [Node] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let items) = node else {
            throw error("\(key) must be a list, one a line with a dash, or [a, b].", key: key)
        }
        return Array(items)
    }

    /// Words in a list, or one of them.
    mutating func words(_ key: String) throws(CellarError) -> [String] {
        guard let value = options.value(key) else { return [] }
        var words: [String] = []
        for item in value.array ?? [value] {
            guard let word = item.string ?? item.int.map(String.init) else {
                throw error("\(key) must be a list of words, but has \(item.kind) in it.", key: key)
            }
            words.append(word)
        }
        return words
    }

    /// A name or path. A number is taken as it is written: `name: 2026`.
    mutating func text(_ key: String) throws(CellarError) -> String? {
        guard let value = options.value(key) else { return nil }
        if let text = value.string { return text }
        if value.double != nil, case .scalar(let scalar)? = nodes[key] { return scalar.string }
        throw error("\(key) must be a word or a path, but is \(value.kind).", key: key)
    }

    /// One name or path, or a list of them; at least one.
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

    /// Reads with `options`, and gives an error its line.
    mutating func read<Value>(
        _ body: (inout LayerConfig) throws(CellarError) -> Value
    ) throws(CellarError) -> Value {
        do { return try body(&options) } catch { throw place(error) }
    }

    /// Keys that nobody asked for are mistakes.
    func rejectUnknownKeys() throws(CellarError) {
        do { try options.rejectUnknownKeys() } catch { throw place(error) }
    }

    func line(of key: String?) -> Int? { key.flatMap { lines[$0] } ?? line }

    func error(_ message: String, key: String? = nil) -> CellarError {
        CellarError(.badData, "\(options.subject): \(message)", file: file, line: line(of: key))
    }

    /// The error of a layer, optimizer or the like, at its line.
    ///
    /// Where an option is missing and another, unknown one looks like it, that one is the mistake.
    func place(_ error: CellarError) -> CellarError {
        if let key = error.key, lines[key] == nil, let typo = nearest(key, in: lines.keys.sorted()) {
            return self.error("there is no option \"\(typo)\"; did you mean \(key)?", key: typo)
        }
        let sentence = error.message.last.map { ".?".contains($0) } ?? true
        return CellarError(
            .badData,
            "\(error.subject ?? title): \(error.message)\(sentence ? "" : ".")", file: file,
            line: line(of: error.key))
    }
}
