import Base
import Datasets
import Tensors

/// The signs in a table's numbers, chosen by what all columns of numbers show.
///
/// A number such as `12.5` or `1,234.5` can be read with a decimal point only, `1,23` or `0,123` with a decimal comma only, and
/// `1,234` with either. Signs between groups stand before three digits, and the first group has no leading zero.
struct NumberSigns {
    /// The decimal sign and the sign of thousands, as in `TableDialect`.
    private(set) var decimal: UInt8?
    private(set) var thousands: UInt8?
    /// The columns whose numbers can all be read with either sign where nothing else decides.
    private(set) var uncertain: Set<Int> = []

    private static let point = UInt8(ascii: "."), comma = UInt8(ascii: ",")

    init(
        _ columns: [Texts], names: [String], _ readers: [FieldReader], delimiter: UInt8, file: String
    ) throws(CellarError) {
        let all = zip(columns, readers).map { ColumnSigns($0, $1) }
        let known = all.indices.filter { all[$0].isNumeric }
        func first(_ isOne: (ColumnSigns) -> Bool) -> Int? { known.first { isOne(all[$0]) } }
        let withPoint = first { $0.withPoint > $0.withComma }
        let withComma = first { $0.withComma > $0.withPoint }
        let (hasCommas, hasPoints) = (first { $0.commas != nil }, first { $0.points != nil })
        let hasPointGroups = first { $0.hasPointGroups } != nil
        let group = known.compactMap { all[$0].group }.first
        if let withPoint, let withComma {
            throw Self.contradiction(
                all[withComma].commaExample, names[withComma], all[withPoint].pointExample, names[withPoint],
                file)
        }
        var isComma = withComma != nil || withPoint == nil && hasPointGroups
        if let hasCommas, withPoint == nil, !isComma {
            if let hasPoints {
                throw Self.contradiction(
                    all[hasCommas].commas, names[hasCommas], all[hasPoints].points, names[hasPoints], file)
            }
            // Numbers below 1,000 have no sign of thousands, but as many decimals as others.
            uncertain = Set(known.filter { all[$0].commas != nil })
            isComma = delimiter != Self.comma && !uncertain.contains { all[$0].hasShort && !all[$0].hasLong }
        }
        if isComma {
            decimal = hasCommas == nil ? nil : Self.comma
            thousands = hasPoints == nil ? group : Self.point
        } else {
            thousands = hasCommas == nil ? group : Self.comma
        }
    }

    private static func contradiction(
        _ comma: ColumnSigns.Example?, _ name: String, _ point: ColumnSigns.Example?, _ other: String,
        _ file: String
    ) -> CellarError {
        CellarError(
            .badData, file: file, row: comma?.row, column: name, expected: "one decimal sign in all columns",
            found:
                "\"\(comma?.text ?? "")\" here and \"\(point?.text ?? "")\" in row \(point?.row ?? 0) of \"\(other)\"",
            fix: "Write all numbers with the same signs.")
    }
}

/// The signs in one column.
private struct ColumnSigns {
    struct Example {
        var row: Int
        var text: String
    }
    /// The numbers that only one decimal sign fits, with the first of them.
    private(set) var withPoint = 0, withComma = 0
    private(set) var pointExample, commaExample: Example?
    /// The first number with a comma, and the first one with a point.
    private(set) var commas, points: Example?
    /// True for whole numbers without signs of up to three digits, and of more.
    private(set) var hasShort = false, hasLong = false
    /// True for numbers such as 1.234.567.
    private(set) var hasPointGroups = false
    /// Another sign between groups of three digits: a blank or an apostrophe.
    private(set) var group: UInt8?
    private var present = 0, numbers = 0

    /// True if most values are numbers.
    var isNumeric: Bool { numbers * 2 > present }

    init(_ fields: Texts, _ reader: FieldReader) {
        for row in 0..<fields.count {
            let field = fields[row]
            if field.isEmpty { continue }
            if field.count < 4, field.allSatisfy({ (48...57).contains($0) }) {
                (present, numbers, hasShort) = (present + 1, numbers + 1, true)
                continue
            }
            if reader.isMissing(field) { continue }
            present += 1
            add(reader.withoutUnits(field), row)
        }
    }

    private mutating func add(_ field: ArraySlice<UInt8>, _ row: Int) {
        var text = field
        if text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") { text.removeFirst() }
        if text.last.map({ !(48...57).contains($0) }) ?? true { return }
        var between: UInt8?
        for sign in " '".utf8 where text.contains(sign) {
            guard areGroups(parts(text, at: text.contains(46) ? 46 : 44).whole, sign) else { return }
            between = sign
            text = text.filter { $0 != sign }[...]
        }
        guard text.allSatisfy({ (48...57).contains($0) || $0 == 44 || $0 == 46 }) else { return }
        group = group ?? between
        let (hasComma, hasPoint) = (text.contains(44), text.contains(46))
        if !hasComma, !hasPoint {
            numbers += 1
            if text.count > 3 { hasLong = true }
            return
        }
        let (us, eu) = (fits(text, decimal: 46, group: 44), fits(text, decimal: 44, group: 46))
        guard us || eu else { return }
        numbers += 1
        var example: Example { Example(row: row + 1, text: String(decoding: field, as: UTF8.self)) }
        if hasComma, commas == nil { commas = example }
        if hasPoint, points == nil { points = example }
        if us == eu { return }
        if eu, !hasComma {
            hasPointGroups = true
        } else if us {
            withPoint += 1
            if pointExample == nil { pointExample = example }
        } else {
            withComma += 1
            if commaExample == nil { commaExample = example }
        }
    }

    private func parts(_ text: ArraySlice<UInt8>, at sign: UInt8) -> (
        whole: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
    ) {
        let whole = text.prefix { $0 != sign }
        return (whole, text.dropFirst(whole.count + 1))
    }

    private func areGroups(_ whole: ArraySlice<UInt8>, _ sign: UInt8) -> Bool {
        let groups = whole.split(separator: sign, omittingEmptySubsequences: false)
        return groups.count == 1
            || groups[0].first != 48 && areThousands(groups)
    }

    private func fits(_ text: ArraySlice<UInt8>, decimal: UInt8, group: UInt8) -> Bool {
        let (whole, rest) = parts(text, at: decimal)
        return rest.allSatisfy { (48...57).contains($0) } && areGroups(whole, group)
    }
}
