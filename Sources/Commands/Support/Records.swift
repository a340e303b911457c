import Base

/// Renderings of records for programs and documents. Tables for people are in `TextTable`.
public enum Records {
    /// One row of CSV as RFC 4180 has it, ended by CRLF; formulas are guarded. A missing value is an empty field, a list is joined by commas.
    public static func csv(_ values: [JSON?]) -> String {
        let fields = values.map { CSVGuard.guarded($0?.recordText ?? "") }
        // A row of one empty field is quoted: an empty line is no record.
        if fields == [""] { return "\"\"\r\n" }
        return String(csvLine(fields).dropLast()) + "\r\n"
    }

    /// One line of JSON, ended by a newline.
    public static func jsonLine(_ value: JSON) -> String { value.strict.text() + "\n" }

    /// An object of the values that are there by their names; missing ones are null.
    public static func object(_ names: [String], _ values: [JSON?]) -> JSON {
        .object(JSONObject(zip(names, values).map { ($0, $1 ?? .null) }))
    }

    /// A table of GitHub-flavoured Markdown; columns of numbers are aligned to the right.
    public static func markdown(_ columns: [String], _ rows: [[JSON?]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let rules = columns.indices.map { column in
            let values = rows.compactMap { column < $0.count ? $0[column] : nil }
            return !values.isEmpty && values.allSatisfy { $0.double != nil } ? "---:" : "---"
        }
        return line(columns.map(markdownText)) + line(rules)
            + rows.map { line($0.map { markdownText($0?.recordText ?? "") }) }.joined()
    }
}

extension JSON {
    /// The value as the text of a field: a string as it is, a list of strings joined by commas, anything else as JSON.
    fileprivate var recordText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .array(let values): values.map(\.recordText).joined(separator: ",")
        default: text()
        }
    }
}
