import Base
import Datasets
import Tensors

// The line of units or formats that some tables have below the names.
extension TableSurvey {
    /// The dialect of a table with units or formats (`kg`, `[m/s]`, `5s`) in the line below the names, or with the second half of
    /// names that several columns have, with a comment; nil for another.
    static func unitsBelowNames(
        _ table: Table, _ fields: [Texts], _ dialect: TableDialect
    ) -> (TableDialect, String)? {
        let reader = FieldReader(TableDialect())
        func text(_ column: Int) -> String {
            String(decoding: withoutBlanks(fields[column][0]), as: UTF8.self)
        }
        let (names, all) = (table.columns, fields.indices.map(text))
        guard names.count > 1, table.rowCount > 3, dialect.names == nil, table.header.unnamed.count <= 1,
            !fields.contains(where: { isNumber($0[0], reader) })
        else { return nil }
        let numeric = fields.indices.filter { column in
            let rows = 1..<min(fields[column].count, 500)
            return rows.count { isNumber(fields[column][$0], reader) } * 10 >= rows.count * 9
        }
        let words = all.filter { !$0.isEmpty }
        guard numeric.contains(where: { !all[$0].isEmpty }) else { return nil }
        var other = dialect
        (other.delimiter, other.hasHeader, other.skippedLines) = (
            table.header.delimiter, false, table.firstLine
        )
        let isNamed = Set(names).count == names.count
        if isNamed, words.count(where: isUnit) * 2 > words.count {
            other.names = names
            return (other, "units or formats stand below them")
        }
        let joined = zip(names, all).map { $1.isEmpty ? $0 : "\($0) \($1)" }
        // pandas writes names of two levels in two lines.
        guard !isNamed, Set(joined).count == names.count, numeric.count(where: { !all[$0].isEmpty }) > 1
        else {
            return nil
        }
        other.names = joined
        return (other, "joined from two lines")
    }

    /// True for `[m/s]`, `(kg)`, `kg`, `14n` and `float`.
    private static func isUnit(_ text: String) -> Bool {
        let ends: [Character: Character] = ["[": "]", "(": ")", "{": "}"]
        if let first = text.first, let end = ends[first] { return text.last == end }
        if text.last?.isLetter ?? false, text.count > 1,
            text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber })
        {
            return true
        }
        return units.contains(text.lowercased()) || text.contains("°")
    }

    private static let units: Set = [
        "kg", "g", "mg", "µg", "t", "lb", "lbs", "m", "cm", "mm", "km", "in", "ft", "mi", "nm", "s", "sec",
        "ms", "min",
        "h", "hr", "hrs", "d", "days", "years", "m/s", "km/h", "mph", "kmh", "hz", "khz", "mhz", "ghz", "c",
        "f", "k",
        "degc", "degf", "deg", "%", "percent", "pa", "hpa", "kpa", "mpa", "mbar", "bar", "psi", "w", "kw",
        "mw", "kwh",
        "mwh", "j", "kj", "kcal", "v", "mv", "a", "ma", "ohm", "l", "ml", "m2", "m²", "m3", "m³", "µg/m3",
        "ug/m3", "mg/l",
        "g/l", "ppm", "ppb", "$", "€", "usd", "eur", "utc", "date", "datetime", "time", "timestamp", "text",
        "string",
        "str", "int", "integer", "float", "double", "numeric", "number", "object", "int64", "float64",
        "continuous",
        "discrete", "nominal", "yyyy-mm-dd", "dd.mm.yyyy", "hh:mm",
    ]
}
