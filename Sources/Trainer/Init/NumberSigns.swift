import Base
import Datasets
import Tensors

/// The signs in a table's numbers, chosen by what its columns of numbers show.
///
/// A number such as `12.5` or `1,234.5` can be read with a decimal point only, `1,23` or `0,123` with a decimal comma only, and
/// `1,234` with either. Signs between groups stand before three digits, and the first group has no leading zero. A column that
/// decides has its own signs; one that does not has those of most others.
struct NumberSigns {
    /// The signs of the table: those of most columns.
    private(set) var table = NumberWriting.Signs()
    /// The signs of columns that have others.
    private(set) var own: [Int: NumberWriting.Signs] = [:]
    /// The columns whose numbers can all be read with either sign, with one of them.
    private(set) var uncertain: [Int: String] = [:]
    /// True if other columns do not decide for them either: none does, they do in both ways, or both signs are among the uncertain.
    private(set) var isDoubtful = false

    private static let point = UInt8(ascii: "."), comma = UInt8(ascii: ",")

    init(_ columns: [Texts], _ readers: [FieldReader], delimiter: UInt8) {
        let all = zip(columns, readers).map { ColumnSigns($0, $1) }
        let known = all.indices.filter { all[$0].isNumeric }
        let points = known.filter { all[$0].fitsPoint }
        // Beside decimal points, numbers of always as many groups may be versions.
        let commas = known.filter {
            all[$0].fitsComma || all[$0].areGroupsOfPoints(thatVary: !points.isEmpty)
        }
        let undecided = known.filter {
            !points.contains($0) && !commas.contains($0) && all[$0].commas ?? all[$0].points != nil
        }
        let withCommas = undecided.filter { all[$0].commas != nil }
        var isComma = commas.count > points.count
        if points.isEmpty, commas.isEmpty {
            isComma =
                delimiter != Self.comma && !withCommas.isEmpty && !withCommas.contains { all[$0].isGrouped }
        }
        let isUnknown = points.isEmpty && commas.isEmpty && !withCommas.isEmpty
        let isMixed = !points.isEmpty && !commas.isEmpty
        let hasBoth =
            withCommas.count < undecided.count && withCommas.contains { !all[$0].isGrouped }
        isDoubtful = isUnknown || isMixed || hasBoth
        for index in undecided where isDoubtful || isComma || all[index].commas != nil {
            // With a decimal comma all numbers of such a column would have decimals.
            if isDoubtful || isComma || !all[index].isGrouped {
                uncertain[index] = all[index].commas ?? all[index].points
            }
        }
        let others = isComma ? points : commas
        table = Self.signs(of: known.filter { !others.contains($0) }.map { all[$0] }, isComma)
        for index in known {
            let signs = Self.signs(of: [all[index]], others.contains(index) ? !isComma : isComma)
            let isOther = signs.thousands != nil && signs.thousands != table.thousands
            if others.contains(index) || isOther { own[index] = signs }
        }
    }

    /// The signs of columns with a decimal comma, or without one.
    private static func signs(of columns: [ColumnSigns], _ isComma: Bool) -> NumberWriting.Signs {
        let group = columns.lazy.compactMap(\.group).first
        guard isComma else {
            return NumberWriting.Signs(thousands: columns.contains { $0.commas != nil } ? comma : group)
        }
        let hasPoints = columns.contains { $0.points != nil }
        return NumberWriting.Signs(decimal: comma, thousands: hasPoints ? point : group)
    }
}

/// The signs in one column.
private struct ColumnSigns {
    /// The numbers that only one decimal sign fits.
    private var withPoint = 0, withComma = 0
    /// The first number with a comma, and the first one with a point.
    private(set) var commas, points: String?
    /// True for whole numbers without signs of up to three digits, and of more.
    private var hasShort = false, hasLong = false
    /// True for numbers such as 1.234.567.
    private var hasPointGroups = false
    /// True for numbers such as 1.234.
    private var hasTwoGroups = false
    /// Another sign between groups of three digits: a blank or an apostrophe.
    private(set) var group: UInt8?
    private var present = 0, numbers = 0

    /// True if most values are numbers.
    var isNumeric: Bool { numbers * 2 > present }
    /// True if only numbers below 1,000 have no sign, which separates thousands then.
    var isGrouped: Bool { hasShort && !hasLong }
    /// True if more numbers have a decimal point than a decimal comma, and the reverse.
    var fitsPoint: Bool { withPoint > withComma }
    var fitsComma: Bool { withComma > withPoint }

    /// True for numbers such as 1.234.567, if nothing else decides.
    ///
    /// - thatVary: True if there must be numbers of fewer groups, too.
    func areGroupsOfPoints(thatVary: Bool) -> Bool {
        hasPointGroups && withComma == withPoint && (!thatVary || hasShort || hasTwoGroups)
    }

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
            add(reader.withoutUnits(field))
        }
    }

    private mutating func add(_ field: ArraySlice<UInt8>) {
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
        var example: String { String(decoding: field, as: UTF8.self) }
        if hasComma, commas == nil { commas = example }
        if hasPoint, points == nil { points = example }
        if us == eu {
            hasTwoGroups = true
            return
        }
        if eu, !hasComma {
            hasPointGroups = true
        } else if us {
            withPoint += 1
        } else {
            withComma += 1
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
