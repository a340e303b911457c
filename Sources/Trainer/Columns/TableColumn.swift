import Base
import Datasets
import Tensors

/// A column of a table as it enters a model: its kind, and its values as the model takes them.
struct TableColumn: Sendable {
    let name: String
    var recipe: ColumnRecipe
    let kind: ColumnRecipe.Kind
    /// The numbers of a number, a boolean or a category of whole numbers, with NaN for a missing value.
    private(set) var numbers: [Double] = []
    /// The texts of other columns, empty for a missing value; dates are in the form of ISO 8601.
    private(set) var texts = Texts()
    /// True if the model takes texts.
    private(set) var isText = false
    /// The kind of values that the model's input does not show; see `TableDialect.values`.
    private(set) var values: LabelKind?
    /// The words for no and yes of a boolean in words.
    private(set) var yesNo: YesNo?
    /// The order of dates that are not in the form of ISO 8601.
    private(set) var order: TableDialect.DateOrder?
    /// True if the recipe does not say the order of dates that may be either of two days.
    private(set) var hasGuessedOrder = false

    /// Reads a column; nil if it is left out.
    ///
    /// - recipe: The path of the recipe, for messages.
    init?(
        _ name: String, _ fields: Texts, _ given: ColumnRecipe, _ reader: FieldReader, file: String,
        recipe path: String
    ) throws(CellarError) {
        let profile = ColumnProfile(fields, reader)
        let guess = KindGuess(name, profile)
        (self.name, recipe) = (name, given)
        kind = given.kind ?? guess.kind
        if given.kind == nil { try given.refuseOptions(ofOthersThan: kind, name, file: path) }
        guard kind != .ignore else { return nil }
        switch kind {
        case .ignore: return nil
        case .number:
            numbers = try Self.numbers(
                fields, reader, profile, name, file, given.writing?.valueName ?? "a number")
            if profile.present > 0, profile.booleans == profile.present { values = .booleans }
        case .boolean:
            if profile.textCount > 0 {
                yesNo = profile.yesNo
                guard yesNo != nil else {
                    throw Self.wrong("yes and no, or True and False", profile, name, file)
                }
                readTexts(fields, reader)
            } else {
                numbers = try Self.numbers(fields, reader, profile, name, file)
                values = .booleans
                if let row = numbers.firstIndex(where: { !$0.isNaN && $0 != 0 && $0 != 1 }) {
                    throw CellarError(
                        .badData, file: file, row: row + 1, column: name, expected: "0 and 1 for a boolean",
                        found: "\(numbers[row])", fix: "Write `\(name): number`.")
                }
            }
        case .category:
            let areNumbers = profile.present > 0 && profile.numbers == profile.present
            if areNumbers, profile.whole == profile.numbers,
                max(abs(profile.lowest), abs(profile.highest)) < 0xFF_FFFF
            {
                numbers = try Self.numbers(fields, reader, profile, name, file)
            } else if areNumbers || profile.present > 0 && profile.booleans == profile.present {
                let kind = reader.kind(ofNumbers: fields, isMissing: profile.missing > 0)
                (isText, values, texts) = (true, kind, reader.texts(fields, as: kind))
            } else {
                readTexts(fields, reader)
            }
        case .date:
            // If a text is no date, the order of those before it finds it.
            let best = profile.dates.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
            guard let found = given.order ?? profile.dateOrder ?? best?.key else {
                throw Self.wrong("dates", profile, name, file)
            }
            hasGuessedOrder = given.order == nil && profile.hasAmbiguousDates
            try readDates(fields, reader, found, file)
        case .text: readTexts(fields, reader)
        }
    }

    private mutating func readTexts(_ fields: Texts, _ reader: FieldReader) {
        isText = true
        texts.reserve(fields.count)
        for row in 0..<fields.count { texts.append(reader.text(fields[row])) }
    }

    private mutating func readDates(
        _ fields: Texts, _ reader: FieldReader, _ order: TableDialect.DateOrder, _ file: String
    ) throws(CellarError) {
        isText = true
        self.order = order
        for row in 0..<fields.count {
            let text = reader.text(fields[row])
            if text.isEmpty {
                texts.append([])
                continue
            }
            guard let date = DateText(text, order: order) else {
                throw CellarError(
                    .badData, file: file, row: row + 1, column: name, expected: order.valueName,
                    found: "\"\(String(decoding: text.prefix(60), as: UTF8.self))\"",
                    fix: "Correct it, or write another kind for the column.")
            }
            texts.append(date.iso.utf8)
        }
    }

    private static func numbers(
        _ fields: Texts, _ reader: FieldReader, _ profile: ColumnProfile, _ name: String, _ file: String,
        _ expected: String = "a number"
    ) throws(CellarError) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(fields.count)
        for row in 0..<fields.count {
            switch reader.number(fields[row]) {
            case .number(let number) where Float(number).isFinite: numbers.append(number)
            case .boolean(let boolean) where !profile.isMixed: numbers.append(boolean ? 1 : 0)
            case .missing: numbers.append(.nan)
            default:
                let text = String(decoding: fields[row].prefix(60), as: UTF8.self)
                throw CellarError(
                    .badData, file: file, row: row + 1, column: name, expected: expected,
                    found: "\"\(text)\"",
                    fix:
                        "Correct it, write `missing: [\"\(text)\"]` if it marks a missing value, or `\(name): category`."
                )
            }
        }
        return numbers
    }

    private static func wrong(
        _ expected: String, _ profile: ColumnProfile, _ name: String, _ file: String
    ) -> CellarError {
        CellarError(
            .badData, file: file, row: profile.firstText?.row, column: name, expected: expected,
            found: profile.firstText.map { "\"\($0.text.prefix(60))\"" } ?? "other values",
            fix: "Write another kind for the column, such as `\(name): category`.")
    }

    /// The samples of the column's input.
    var samples: Samples {
        isText ? Samples(texts: texts) : Samples(shape: [1], floats: numbers.map { Float($0) })
    }

    /// The number of rows.
    var count: Int { isText ? texts.count : numbers.count }

    func isMissing(_ row: Int) -> Bool { isText ? texts.range(row).isEmpty : numbers[row].isNaN }

    /// Releases the values, which are in the samples.
    mutating func release() { (numbers, texts) = ([], Texts()) }
}

/// A guess of a column's kind, with its reason.
public struct KindGuess: Sendable {
    public let kind: ColumnRecipe.Kind
    public let reason: String

    public init(_ name: String, _ profile: ColumnProfile) {
        (kind, reason) = KindGuess.guess(name, profile)
    }

    private static func guess(_ name: String, _ p: ColumnProfile) -> (ColumnRecipe.Kind, String) {
        if p.present == 0 { return (.ignore, "all values are missing") }
        if p.distinct == 1, p.missing == 0 { return (.ignore, "constant") }
        let lower = name.lowercased()
        let isUnique = !p.hasManyValues && p.distinct == p.present && p.present > 20 || p.hasManyValues
        let isCalledID =
            isIdentifier(name) || lower.hasPrefix("unnamed:") || lower.hasSuffix("id") && p.mayBeIdentifiers
        if p.textCount == 0 {
            if p.booleans == p.present { return (.boolean, "True and False") }
            if isUnique, p.whole == p.present,
                isCalledID || p.rising && p.present == p.rows && p.present > 20 && p.isEven
            {
                return (.ignore, "an identifier: another whole number in each row")
            }
            if isCodeName(lower), p.whole == p.present, p.distinct > 2 {
                return isUnique
                    ? (.ignore, "a code of its own in each row")
                    : (.category, "a code (\(p.distinct) values)")
            }
            return (.number, p.distinct <= 12 ? "numbers (\(p.distinct) values)" : "numbers")
        }
        if let pair = p.yesNo {
            let words = "\(pair.no[0]) and \(pair.yes[0])"
            // A missing answer is an answer of its own.
            return p.missing == 0 ? (.boolean, words) : (.category, words + ", or neither")
        }
        if let order = p.dateOrder, p.distinct > 2 {
            return (
                .date,
                order == .timeOfDay
                    ? "times of day"
                    : "dates, \(order.rawValue.replacing("_", with: " "))"
                        + (p.hasAmbiguousDates
                            ? "; they could also be \(order == .dayFirst ? "month first: then order: month_first" : "day first: then order: day_first")"
                            : "")
            )
        }
        let average = Double(p.words) / Double(max(p.textCount, 1))
        if isUnique || Double(p.distinct) > 0.5 * Double(p.present) && p.distinct > 50 {
            return average >= 3
                ? (.text, "texts of \(Int(average.rounded())) words on average")
                : (.ignore, "texts that are different in almost each row (\(p.distinct) values)")
        }
        if average >= 6, p.distinct > 50 {
            return (.text, "texts of \(Int(average.rounded())) words on average")
        }
        return (.category, "\(p.distinct) different values")
    }

    /// True for names that identifiers have.
    static func isIdentifier(_ name: String) -> Bool {
        let lower = name.lowercased()
        return ["id", "index", "uuid", "guid", "rownum", "rownumber", "row_number"].contains(lower)
            || lower.hasSuffix("_id") || lower.hasSuffix(" id") || name.hasSuffix("ID")
            || name.hasSuffix("Id")
    }

    private static func isCodeName(_ lower: String) -> Bool {
        ["zip", "zipcode", "zip_code", "postcode", "postal_code", "plz", "area code", "area_code"].contains(
            lower)
    }
}

extension ColumnProfile {
    /// True if whole numbers rise by one from row to row.
    fileprivate var isEven: Bool { highest - lowest == Double(present - 1) }
}
