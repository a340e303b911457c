import Base

/// The preparation of a column: an entry of `columns:`. Options that the recipe leaves out are chosen by the data.
public struct ColumnRecipe: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case number, boolean, category, date, text, ignore

        /// The name of a column of that kind in messages.
        var valueName: String { self == .text ? "texts" : "a \(rawValue)" }
    }

    public enum Impute: Equatable, Sendable {
        case mean, median, mostFrequent
        case constant(Double)
    }

    public enum Scale: String, CaseIterable, Sendable {
        case standard, minmax, robust, none
    }

    public enum Encoding: String, CaseIterable, Sendable {
        case oneHot = "one_hot"
        case embedding
        case multiHot = "multi_hot"
        case tfIdf = "tf_idf"
        case count
    }

    public enum Unknown: String, CaseIterable, Sendable {
        /// No column is 1, or the bucket of rare categories.
        case ignore
        /// A column of its own, shared with rare categories.
        case bucket
        /// An error.
        case error
    }

    public enum DatePart: String, CaseIterable, Sendable { case year, month, day, weekday, hour }

    public var kind: Kind?
    public var impute: Impute?
    public var indicator: Bool?
    public var scale: Scale?
    /// Takes the logarithm of 1 + x before the scaler.
    public var isLogarithmic = false
    public var encoding: Encoding?
    public var dimension: Int?
    /// Categories with fewer training rows are rare.
    public var rare: Int?
    public var unknown: Unknown?
    public var parts: [DatePart]?
    public var isCyclic = true
    public var order: TableDialect.DateOrder?
    public var maxTokens: Int?
    public var ngrams: Int?
    /// How numbers are written.
    public var writing: NumberWriting?
    /// The keys that the recipe gives, and the line of the first.
    private(set) var keys: [String] = []
    private(set) var line: Int?

    public init(kind: Kind? = nil) { self.kind = kind }
}

extension ColumnRecipe {
    /// Reads an entry: a kind, or a mapping with options.
    init(_ section: inout RecipeSection, _ name: String) throws(CellarError) {
        self.init()
        func choice<Value: RawRepresentable & CaseIterable>(
            _ word: String?, _ key: String, _ section: RecipeSection
        ) throws(CellarError) -> Value? where Value.RawValue == String {
            guard let word else { return nil }
            if let value = Value(rawValue: word) { return value }
            let words = Value.allCases.map(\.rawValue)
            throw section.error(
                "\(name): \(key) is \"\(word)\"; expected \(words.joined(separator: ", ")).", key: key,
                remedy: nearest(word, in: words).map { "Did you mean \($0)?" })
        }
        line = section.line(of: name)
        if let word = section.options.object[name]?.string {
            kind = word == "auto" ? nil : try choice(try section.text(name), name, section)
            return
        }
        guard var part = try section.section(name) else { return }
        keys = Array(part.options.object.keys)
        let word = try part.text("kind")
        kind = word == "auto" ? nil : try choice(word, "kind", part)
        if let value = part.options.value("impute") {
            switch (value.string, value.double) {
            case ("mean"?, _): impute = .mean
            case ("median"?, _): impute = .median
            case ("most_frequent"?, _): impute = .mostFrequent
            case (_, let number?): impute = .constant(number)
            default:
                throw part.error(
                    "\(name): impute is mean, median, most_frequent or a number, not \(value.text()).",
                    key: "impute")
            }
        }
        if part.options.object["indicator"] != nil {
            indicator = try part.read { (o) throws(CellarError) in try o.bool("indicator", default: false) }
        }
        for (place, step) in try part.words("scale").enumerated() {
            if step == "log1p", place == 0 {
                isLogarithmic = true
            } else if step != "log1p", scale == nil {
                scale = try choice(step, "scale", part)
            } else {
                throw part.error(
                    "\(name): scale is one scaler, or log1p and then one scaler.", key: "scale",
                    remedy: "For example scale: [log1p, standard].")
            }
        }
        if isLogarithmic, scale == nil { scale = ColumnRecipe.Scale.none }
        encoding = try choice(try part.text("encode"), "encode", part)
        unknown = try choice(try part.text("unknown"), "unknown", part)
        order = try choice(try part.text("order"), "order", part)
        let units = try part.words("unit")
        if let unit = units.first(where: { !NumberWriting.isUnit($0) }) {
            throw part.error(
                "\(name): unit is what stands beside numbers, such as km or \"${}/hr\", but is \"\(unit)\".",
                key: "unit")
        }
        let form: NumberWriting.NumberStyle? = try choice(try part.text("form"), "form", part)
        let signs = try Self.signs(&part, name)
        if let form, [.duration, .feet].contains(form) {
            for (key, isGiven) in [("unit", !units.isEmpty), ("decimal", signs != nil)] where isGiven {
                throw part.error(
                    "\(name): form: \(form.rawValue) has units and signs of its own; leave \(key) out.",
                    key: key)
            }
        }
        if !units.isEmpty || form != nil || signs != nil {
            writing = NumberWriting(units: units, form: form, signs: signs)
        }
        if part.options.object["parts"] != nil {
            var found: [DatePart] = []
            for word in try part.words("parts") {
                if let one: DatePart = try choice(word, "parts", part) { found.append(one) }
            }
            parts = found
        }
        try part.read { (options) throws(CellarError) in
            if options.object["dimension"] != nil { dimension = try options.int("dimension", in: 1...4096) }
            if options.object["rare"] != nil { rare = try options.int("rare", in: 1...1_000_000_000) }
            if options.object["max_tokens"] != nil {
                maxTokens = try options.int("max_tokens", in: 2...1_000_000)
            }
            if options.object["ngrams"] != nil { ngrams = try options.int("ngrams", in: 1...10) }
            isCyclic = try options.bool("cyclic", default: true)
            options.ignore("dimension", "rare", "max_tokens", "ngrams")
        }
        try part.rejectUnknownKeys()
        try checkOptions(name, file: part.file)
    }
}

extension ColumnRecipe {
    /// Reads a column's own signs.
    private static func signs(
        _ part: inout RecipeSection, _ name: String
    ) throws(CellarError) -> NumberWriting.Signs? {
        let (decimal, thousands) = (try part.text("decimal"), try part.text("thousands"))
        guard decimal != nil || thousands != nil else { return nil }
        var dialect = TableDialect()
        do throws(CellarError) {
            if let decimal { try dialect.setDecimal(decimal) }
            if let thousands { try dialect.setThousands(thousands) }
        } catch {
            throw part.error("\(name): \(error.message)", key: decimal == nil ? "thousands" : "decimal")
        }
        guard decimal == nil || decimal != thousands else {
            throw part.error("\(name): decimal and thousands are the same sign.", key: "thousands")
        }
        return NumberWriting.Signs(decimal: decimal?.utf8.first, thousands: dialect.thousands)
    }
}

/// The section `columns` of a table: the kinds of columns, of which those that are not named are guessed.
public struct ColumnsRecipe: Equatable, Sendable {
    public var columns: [String: ColumnRecipe] = [:]
    /// False: columns that are not named are left out.
    public var guessesOthers = true

    public init() {}

    init(_ section: RecipeSection) throws(CellarError) {
        var section = section
        for name in section.options.object.keys {
            // A column called others is written as a mapping.
            if name == "others", let word = section.options.object[name]?.string,
                word == "auto" || word == "ignore"
            {
                _ = try section.text(name)
                guessesOthers = word == "auto"
                continue
            }
            columns[name] = try ColumnRecipe(&section, name)
        }
    }
}
