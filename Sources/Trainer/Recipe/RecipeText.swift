import Base
import Foundation
import Yams

/// A recipe's text and its YAML tree.
///
/// The text's size is limited, and anchors (`&a`) and aliases (`*a`) are refused before the tree is built: nine nested
/// aliases can expand to a billion nodes.
struct RecipeText {
    /// Enough for the columns of a wide table, in bytes.
    static let largest = 4 << 20
    /// As many values as the columns of such a recipe have, with their options.
    static let mostValues = largest / 4

    let file: String
    let text: String
    let root: Node

    init(file: String, text: String) throws(CellarError) {
        (self.file, self.text) = (file, text)
        guard text.utf8.count <= Self.largest else {
            throw CellarError(
                .badData,
                "expected a recipe of at most \(Self.largest) bytes, found a larger file.",
                file: file, remedy: "Check that the file is a recipe.")
        }
        if let line = lineOfAnchor(in: text) {
            throw CellarError(
                .badData,
                "anchors (&name) and aliases (*name) are not supported.",
                file: file, line: line, remedy: "Repeat the part, or put the word in quotes.")
        }
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            throw Self.error(error, file: file, text: text)
        }
        guard let root else { throw CellarError(.badData, "the recipe is empty.", file: file) }
        guard case .mapping = root else {
            throw CellarError(
                .badData, file: file, line: root.mark?.line,
                expected: "a recipe, with lines as in `name: mnist`",
                found: "text without names",
                fix: "recipes/ has examples; for a table, `trainer init` writes one.")
        }
        self.root = root
    }

    init(path: String) throws(CellarError) {
        let bytes = try readRecipeFile(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CellarError(
                .badData, "expected UTF-8 text.", file: path, remedy: "Save the recipe as UTF-8.")
        }
        try self.init(file: path, text: text)
    }

    private static func error(_ error: any Error, file: String, text: String) -> CellarError {
        func problem(_ problem: String, _ mark: Mark) -> CellarError {
            CellarError(
                .badData,
                "invalid YAML: \(problem).", file: file, line: mark.line)
        }
        switch error as? YamlError {
        case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _),
            .composer(let context, let text, let mark, _):
            return problem([context?.text, text].compactMap { $0 }.joined(separator: ", "), mark)
        case .duplicatedKeysInMapping(let keys, let context):
            return problem("\(keys.joined(separator: ", ")) is given twice in one mapping", context.mark)
        case .reader(let text, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 }
            return CellarError(.badData, "invalid YAML: \(text).", file: file, line: line)
        default:
            return CellarError(.badData, "invalid YAML: \(error)", file: file)
        }
    }
}

private func readRecipeFile(_ path: String) throws(CellarError) -> [UInt8] {
    guard FileSystem.exists(path) else {
        throw CellarError(
            .noInput, "no such recipe.", file: path, remedy: "See recipes/ for examples.")
    }
    return try readFile(path, limit: RecipeText.largest + 1)
}

/// Returns the line of the first anchor or alias outside quotes and comments.
private func lineOfAnchor(in text: String) -> Int? {
    let bytes = Array(text.utf8)
    var (line, index) = (1, 0)
    var quote: UInt8?
    var isComment = false
    // The previous byte decides whether a byte begins a word.
    var before = UInt8(ascii: " ")
    while index < bytes.count {
        let byte = bytes[index]
        let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: " ")
        index += 1
        defer { before = byte }
        if byte == UInt8(ascii: "\n") {
            (line, isComment) = (line + 1, false)
        } else if isComment {
            continue
        } else if let open = quote {
            if open == UInt8(ascii: "\""), byte == UInt8(ascii: "\\"), next != UInt8(ascii: "\n") {
                index += 1
            }
            if byte == open { quote = nil }
        } else if byte == UInt8(ascii: "#") {
            isComment = " \n\r\t".utf8.contains(before)
        } else if " \n\r\t[{,:-?".utf8.contains(before) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "&"), UInt8(ascii: "*"):
                if !" \n\r\t".utf8.contains(next) { return line }
            default: break
            }
        }
    }
    return nil
}
