import Datasets
import Base
import Tensors

/// Rows typed on the command line: `7.4,0.70,0,1.9` in the model's order, or `alcohol=9.4` by name. A name with a comma
/// needs quotes, as in CSV: `"age, years"=30`.
public enum HandRow {
    /// Parses rows as samples. All words with `=` form one row; every other word is one row.
    public static func samples(_ words: [String], for model: LoadedModel) throws(CellarError) -> Samples {
        let parts = words.map(commaSeparated)
        let named = parts.joined().filter { $0.contains("=") }.count
        guard named == 0 || named == parts.joined().count else {
            throw CellarError(
                .usage,
                "--row: either all values need names, such as alcohol=9.4, or none, such as \"7.4,0.70,0\".")
        }
        if named > 0 { return try byName(parts.flatMap { $0 }, model) }
        var values: [Float] = []
        for row in parts {
            guard row.count == model.inputWidth else {
                let names = model.features.isEmpty ? "" : " (\(model.features.joined(separator: ", ")))"
                throw CellarError(
                    .usage,
                    "--row: \(model.name) takes \(model.inputWidth) values\(names), but \(row.count) are given."
                )
            }
            for (index, text) in row.enumerated() {
                let column =
                    model.features.indices.contains(index) ? model.features[index] : "value \(index + 1)"
                values.append(try number(text, column))
            }
        }
        guard !values.isEmpty else { throw CellarError(.usage, "--row: expected values, found none.") }
        return Samples(shape: [model.inputWidth], floats: values)
    }

    /// Returns the names in a row; empty if it has none.
    public static func names(_ words: [String]) -> [String] {
        words.flatMap(commaSeparated).compactMap { part in
            part.lastIndex(of: "=").map { trimmed(part[..<$0]) }
        }
    }

    /// Returns the numbers of values in the rows without names.
    public static func counts(_ words: [String]) -> Set<Int> {
        Set(words.map { commaSeparated($0).count })
    }

    private static func byName(_ parts: [String], _ model: LoadedModel) throws(CellarError) -> Samples {
        let features = try model.requiredFeatures()
        var values = [Float?](repeating: nil, count: features.count)
        var places = NamePositions(features)
        for part in parts {
            // A value has no "=", but a name may.
            let equals = part.lastIndex(of: "=") ?? part.endIndex
            let name = trimmed(part[..<equals])
            guard let place = places.position(of: name) else {
                let hint = nearest(name, in: features).map { "Did you mean \"\($0)\"?" }
                throw CellarError(
                    .usage,
                    "--row: \(model.name) has no column \"\(name)\".", column: name,
                    remedy: hint ?? "It has \(features.joined(separator: ", ")).")
            }
            guard values[place] == nil else {
                throw CellarError(.usage, "--row: \"\(features[place])\" is given twice.", column: name)
            }
            values[place] = try number(trimmed(part[part.index(after: equals)...]), features[place])
        }
        let missing = features.indices.filter { values[$0] == nil }.map { features[$0] }
        guard missing.isEmpty else {
            throw CellarError(
                .usage, "--row: \(model.name) also needs \(missing.joined(separator: ", ")).",
                column: missing[0])
        }
        return Samples(shape: [features.count], floats: values.compactMap { $0 })
    }

    private static func number(_ text: String, _ column: String) throws(CellarError) -> Float {
        guard let value = parsedNumber(text).map({ Float($0) }), value.isFinite else {
            throw CellarError(
                .usage,
                "--row: expected a number for \"\(column)\", found \"\(text)\".",
                column: column, remedy: "Write decimals with a point.")
        }
        return value
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}
