import Base
import Yams

/// Parses a plain scalar by YAML 1.2's core schema, in which `1e-3` is a number (YAML 1.1 requires `1.0e-3`) and `no` is
/// a word.
func plainValue(_ text: String) -> JSON {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    default: break
    }
    let unsigned = text.first == "+" || text.first == "-" ? text.dropFirst() : text[...]
    if [".inf", ".Inf", ".INF"].contains(unsigned) {
        return .number(text.first == "-" ? -.infinity : .infinity)
    }
    // Swift's Double also parses `0x1p3`, `inf` and `nan`, which are words here.
    guard let first = unsigned.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "."),
        unsigned.utf8.allSatisfy({ (48...57).contains($0) || ".eE+-".utf8.contains($0) })
    else { return .string(text) }
    if let whole = Int(text) { return .integer(whole) }
    if let number = Double(
        unsigned.hasPrefix(".") ? text.replacing(".", with: "0.", maxReplacements: 1) : text)
    {
        return .number(number)
    }
    return .string(text)
}

/// Converts YAML nodes to JSON values, with limits on their number and depth.
struct RecipeValues {
    let file: String
    private var count = 0

    init(file: String) { self.file = file }

    mutating func value(_ node: Node, depth: Int = 0) throws(CellarError) -> JSON {
        count += 1
        guard count <= RecipeText.mostValues, depth <= 40 else {
            throw CellarError(
                .badData,
                "the YAML is too large or too deeply nested for a recipe.", file: file,
                line: node.mark?.line, remedy: "Check that the file is a recipe.")
        }
        switch node {
        case .scalar(let scalar):
            try checkTag(scalar.tag, node)
            return scalar.style == .plain ? plainValue(scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            try checkTag(sequence.tag, node)
            var items: [JSON] = []
            for item in sequence { items.append(try value(item, depth: depth + 1)) }
            return .array(items)
        case .mapping(let mapping):
            try checkTag(mapping.tag, node)
            var object = JSONObject()
            for (key, item) in mapping { object[try self.key(key)] = try value(item, depth: depth + 1) }
            return .object(object)
        case .alias:
            throw CellarError(.badData, "aliases are not supported.", file: file, line: node.mark?.line)
        }
    }

    func key(_ node: Node) throws(CellarError) -> String {
        guard case .scalar(let scalar) = node else {
            throw CellarError(
                .badData, "expected a word as a key, found a list or mapping.", file: file,
                line: node.mark?.line)
        }
        return scalar.string
    }

    private func checkTag(_ tag: Tag, _ node: Node) throws(CellarError) {
        let known: [Tag.Name] = [.implicit, .nonSpecific, .str, .seq, .map, .int, .float, .bool, .null]
        guard known.contains(where: { $0.rawValue == tag.rawValue }) else {
            throw CellarError(
                .badData,
                "the tag \(tag.rawValue) is not supported; expected words, numbers, lists and mappings.",
                file: file, line: node.mark?.line)
        }
    }
}
