import Datasets
import Base
import Tensors

/// Rows typed on the command line: `7.4,0.70,0,1.9` in the model's order, or `alcohol=9.4` by name. A name with a comma
/// needs quotes, as in CSV: `"age, years"=30`. The value of a name may have commas: the next value begins with a name that the model
/// has.
public enum HandRow {
    /// Parses rows as samples. All words with `=` form one row; every other word is one row.
    public static func samples(_ words: [String], for model: LoadedModel) throws(CellarError) -> [Samples] {
        if let word = words.first, word.drop(while: \.isWhitespace).first == "{" {
            return try ofJSON(words, model)
        }
        let parts = split(words, among: model.features)
        let named = parts.joined().filter { $0.contains("=") }.count
        guard named == 0 || named == parts.joined().count else {
            throw CellarError(
                .usage,
                "--row: either all values need names, such as alcohol=9.4, or none, such as \"7.4,0.70,0\".")
        }
        if named > 0 { return try byName(parts.flatMap { $0 }, model) }
        var values: [[RowValue]] = []
        for row in parts {
            guard row.count == model.inputWidth else {
                let names = model.features.isEmpty ? "" : " (\(model.features.joined(separator: ", ")))"
                throw CellarError(
                    .usage,
                    "--row: \(model.name) takes \(model.inputWidth) values\(names), but \(row.count) are given."
                )
            }
            values.append(row.map { .typed($0) })
        }
        guard !values.isEmpty else { throw CellarError(.usage, "--row: expected values, found none.") }
        return try samples(of: values, model)
    }

    /// Rows as JSON objects by name: `{"age": 22, "sex": "male"}`.
    private static func ofJSON(_ words: [String], _ model: LoadedModel) throws(CellarError) -> [Samples] {
        let features = try model.requiredFeatures()
        let rows = try words.map { (word) throws(CellarError) in
            guard let object = (try? JSON(parsing: Array(word.utf8)))?.object else {
                throw CellarError(
                    .usage, "--row: expected a JSON object, such as {\"age\": 22}, found \(word.prefix(80)).")
            }
            var values = [RowValue?](repeating: nil, count: features.count)
            var places = NamePositions(features)
            for (name, value) in object.members {
                let place = try place(of: name, &places, model)
                guard values[place] == nil else {
                    throw CellarError(.usage, "--row: \"\(features[place])\" is given twice.", column: name)
                }
                guard let value = RowValue(value) else {
                    throw CellarError(
                        .usage, "--row: expected a text or a number for \"\(name)\", found \(value.kind).",
                        column: name)
                }
                values[place] = value
            }
            return try complete(values, features, model)
        }
        return try samples(of: rows, model)
    }

    private static func samples(of rows: [[RowValue]], _ model: LoadedModel) throws(CellarError)
        -> [Samples]
    {
        guard model.takesValues else {
            var values: [Float] = []
            for row in rows {
                for (index, value) in row.enumerated() {
                    let column =
                        model.features.indices.contains(index) ? model.features[index] : "value \(index + 1)"
                    values.append(try value.plainNumber(column))
                }
            }
            return [Samples(shape: [model.inputWidth], floats: values)]
        }
        let columns = try InputColumns(of: model)
        do throws(FieldFault) {
            let samples = try columns.samples(rows)
            if let fault = columns.unknownValue(in: samples) { throw fault }
            return samples
        } catch {
            throw CellarError(
                .usage, "--row: expected \(error.expected) for \"\(error.column)\", found \(error.found).",
                column: error.column, remedy: error.fix)
        }
    }

    private static func place(
        of name: String, _ places: inout NamePositions, _ model: LoadedModel
    ) throws(CellarError) -> Int {
        if let place = places.position(of: name) { return place }
        let features = model.features
        let hint = nearest(name, in: features).map { "Did you mean \"\($0)\"?" }
        throw CellarError(
            .usage,
            "--row: \(model.name) has no column \"\(name)\".", column: name,
            remedy: hint ?? "It has \(features.joined(separator: ", ")).")
    }

    private static func complete(
        _ values: [RowValue?], _ features: [String], _ model: LoadedModel
    ) throws(CellarError) -> [RowValue] {
        let missing = features.indices.filter { values[$0] == nil }.map { features[$0] }
        guard missing.isEmpty else {
            throw CellarError(
                .usage, "--row: \(model.name) also needs \(missing.joined(separator: ", ")).",
                column: missing[0])
        }
        return values.compactMap { $0 }
    }

    /// Splits each word at its commas; behind a known name only at those behind which another one begins.
    private static func split(_ words: [String], among features: [String]) -> [[String]] {
        var places = NamePositions(features)
        return words.map { word in
            let parts = commaSeparated(word)
            guard let first = parts.first, sign(behindNameIn: first, &places) != nil else { return parts }
            return commaSeparated(word) { sign(behindNameIn: $0, &places) != nil }
        }
    }

    /// The place of the equals sign behind a known name. Both a name and a value may have such signs: the longest name is meant.
    private static func sign(behindNameIn part: String, _ places: inout NamePositions) -> String.Index? {
        part.indices.last { part[$0] == "=" && places.position(of: trimmed(part[..<$0])) != nil }
    }

    /// Returns the names in a row; empty if it has none.
    ///
    /// - features: The names that the model has.
    public static func names(_ words: [String], among features: [String] = []) -> [String] {
        if words.first?.drop(while: \.isWhitespace).first == "{" {
            return words.first.flatMap { (try? JSON(parsing: Array($0.utf8)))?.object?.keys } ?? []
        }
        var places = NamePositions(features)
        return split(words, among: features).joined().compactMap { part in
            (sign(behindNameIn: part, &places) ?? part.lastIndex(of: "=")).map { trimmed(part[..<$0]) }
        }
    }

    /// Returns the numbers of values in the rows without names.
    public static func counts(_ words: [String]) -> Set<Int> {
        Set(words.map { commaSeparated($0).count })
    }

    private static func byName(_ parts: [String], _ model: LoadedModel) throws(CellarError) -> [Samples] {
        let features = try model.requiredFeatures()
        var values = [RowValue?](repeating: nil, count: features.count)
        var places = NamePositions(features)
        for part in parts {
            let equals = sign(behindNameIn: part, &places) ?? part.lastIndex(of: "=") ?? part.endIndex
            let name = trimmed(part[..<equals])
            let place = try place(of: name, &places, model)
            guard values[place] == nil else {
                throw CellarError(.usage, "--row: \"\(features[place])\" is given twice.", column: name)
            }
            values[place] = .typed(withoutQuotes(String(part[part.index(after: equals)...])))
        }
        return try samples(of: [complete(values, features, model)], model)
    }
}

/// Returns a value without the quotes around it, as in CSV.
private func withoutQuotes(_ value: String) -> String {
    let text = trimmed(value)
    guard text.count > 1, text.first == "\"", text.last == "\"" else { return value }
    return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
}

func trimmed(_ text: some StringProtocol) -> String {
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}
