import Foundation
import Base
import Network

/// A file name with fields for numbers, as in Python's `format`: `Model_{epoch:02d}_{val_loss:.2f}.h5`.
public struct FileNamePattern: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        /// `d` with a width and leading zeros, `f` with a number of decimals, or Python's default format.
        case number(name: String, format: Format)
    }

    private enum Format: Equatable, Sendable {
        case whole(width: Int, zeros: Bool)
        case decimals(width: Int, zeros: Bool, places: Int)
        case plain
    }

    public let text: String
    private let parts: [Part]

    /// - Parameter names: Names that are allowed in braces, in addition to `epoch`.
    public init(_ text: String, names: [String]) throws(CellarError) {
        self.text = text
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if (character == "{" || character == "}") && rest.first == character {
                literal.append(rest.removeFirst())
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw Self.wrong(text, "a { without a }") }
                parts += [.text(literal), try Self.number(rest[..<end], in: text, names)]
                literal = ""
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw Self.wrong(text, "a } without a {")
            } else {
                literal.append(character)
            }
        }
        self.parts = parts + [.text(literal)]
    }

    private static func wrong(_ text: String, _ why: String) -> CellarError {
        CellarError("filepath \"\(text)\": \(why)", subject: "ModelCheckpoint", key: "filepath")
    }

    private static func number(
        _ field: Substring, in text: String, _ names: [String]
    ) throws(CellarError) -> Part {
        let halves = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(halves.first ?? "")
        let known = ["epoch"] + names
        guard known.contains(name) else {
            let error = wrong(
                text, "unknown field {\(name)}; expected one of \(known.joined(separator: ", "))")
            throw nearest(name, in: known).map { error.advising("Did you mean \($0)?") } ?? error
        }
        let spec = halves.count > 1 ? String(halves[1]) : ""
        guard let format = format(spec[...], isEpoch: name == "epoch") else {
            throw wrong(
                text, "unsupported format {\(field)}; expected a format such as {epoch:02d} or {val_loss:.2f}"
            )
        }
        return .number(name: name, format: format)
    }

    /// Parses `[0][width][.places][d|f]`; nil for any other format. (A regular expression would add 1 MB to the executable.)
    private static func format(_ spec: Substring, isEpoch: Bool) -> Format? {
        if spec.isEmpty { return .plain }
        var rest = spec
        func digits(_ most: Int) -> Int? {
            let found = rest.prefix(most).prefix { ("0"..."9").contains($0) }
            rest.removeFirst(found.count)
            return Int(found)
        }
        let zeros = rest.first == "0"
        if zeros { rest.removeFirst() }
        let width = digits(2) ?? 0
        var places: Int?
        if rest.first == "." {
            rest.removeFirst()
            places = digits(2)
            if places == nil { return nil }
        }
        switch rest {
        case "d" where places == nil && isEpoch, "" where places == nil && isEpoch:
            return .whole(width: width, zeros: zeros)
        case "f": return .decimals(width: width, zeros: zeros, places: places ?? 6)
        default: return nil
        }
    }

    /// The name for `epoch`, which counts from 0 here and from 1 in the name, as in Keras.
    public func name(epoch: Int, _ logs: EpochLogs) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .number(let name, let format):
                let isEpoch = name == "epoch"
                let value = isEpoch ? Double(epoch + 1) : logs[name] ?? .nan
                switch format {
                case .whole(let width, let zeros): return padded(String(epoch + 1), width, zeros)
                case .decimals(let width, let zeros, let places):
                    return padded(decimals(value, places), width, zeros)
                case .plain: return isEpoch ? String(epoch + 1) : pythonText(value)
                }
            }
        }.joined()
    }

    private func decimals(_ value: Double, _ places: Int) -> String {
        value.isFinite ? String(format: "%.\(places)f", value) : value.isNaN ? "nan" : "inf"
    }

    private func padded(_ text: String, _ width: Int, _ zeros: Bool) -> String {
        String(repeating: zeros ? "0" : " ", count: max(0, width - text.count)) + text
    }
}
