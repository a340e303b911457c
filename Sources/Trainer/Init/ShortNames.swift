import Base
import Datasets
import Tensors

/// Where the names of a table come from that its recipe has.
struct NamesSource {
    var reason = ""
    /// True if the first column has names of rows, and no name itself.
    var hasRowNames = false
    /// What else the names could mean; nil if nothing.
    var warning: String?
}

/// The names of a table whose line of names is shorter than its rows.
///
/// The first column lacks a name, as R's names of rows and the classes of some public tables do, or the last columns lack one,
/// because delimiters end the rows alone; or both.
struct ShortNames {
    /// The names of all columns.
    private(set) var names: [String]
    private(set) var source = NamesSource()

    /// Completes the names; nil if they are none of such a table.
    ///
    /// Empty last columns without a name are no columns, unless the first one has names of rows: other texts, or 1, 2, 3 …,
    /// under a name that is not that of an identifier. Dates and numbers with a unit are values.
    ///
    /// - names: The names in the line.
    /// - isBlank: True if blanks separate the names, as they do the words of a title.
    init?(_ names: [String], _ fields: [Texts], isBlank: Bool) {
        let lacking = fields.count - names.count
        let ends = Self.emptyEnds(fields)
        guard lacking > 0, ends >= lacking - 1 else { return nil }
        self.names = names
        let first = fields[0]
        let profile = ColumnProfile(first, FieldReader(TableDialect()))
        let values = Set((0..<first.count).lazy.map { Array(first[$0]) })
        let (isDistinct, areTexts) = (values.count == first.count, profile.textCount == profile.present)
        if ends >= lacking {
            let mayNameRows =
                isDistinct && profile.missing == 0 && first.count > 1
                && (areTexts && !Self.all(first) { NumberForm($0).isNumber } || profile.countsRows)
            let isOther =
                profile.dateOrder != nil || KindGuess.isIdentifier(names[0])
                || Self.all(first) { NumberFrame($0)?.standsFirst ?? false }
            guard mayNameRows, !isOther else {
                complete(fields.count, first: nil)
                source.reason = "delimiters end the rows alone"
                if mayNameRows {
                    source.warning =
                        "the delimiters at the ends of the rows are taken for no columns. If the first column has names of rows instead, name it in the line of names, too."
                }
                return
            }
            let empty = names[fields.count - ends - 1]
            source.warning =
                "the first column is taken for names of rows, which the line of names leaves out, and \(empty) for a column without values. If delimiters only end the rows, let them end the line of names, too."
        }
        if !isDistinct, areTexts, values.count <= 60, values.count * 5 <= first.count {
            complete(fields.count, first: "class")
            source.reason = "the first line lacks one"
            return
        }
        guard isDistinct || areTexts || !isBlank else { return nil }
        complete(fields.count, first: "row")
        source.reason = "the first line has no name for the first column, of names of rows"
        source.hasRowNames = true
    }

    /// Adds names that the line does not have: for the first column, if it lacks one, and for the last ones.
    private mutating func complete(_ count: Int, first: String?) {
        if let first { names.insert(unused(first), at: 0) }
        for place in names.count..<count { names.append(unused("Unnamed: \(place)")) }
    }

    private func unused(_ name: String) -> String {
        guard names.contains(name) else { return name }
        return (1...).lazy.map { "\(name)_\($0)" }.first { !names.contains($0) } ?? name
    }

    /// The number of last columns without any value.
    static func emptyEnds(_ fields: [Texts]) -> Int {
        fields.reversed().prefix { column in
            (0..<column.count).allSatisfy { withoutBlanks(column[$0]).isEmpty }
        }.count
    }

    private static func all(_ column: Texts, _ isValue: (ArraySlice<UInt8>) -> Bool) -> Bool {
        (0..<column.count).allSatisfy { isValue(column[$0]) }
    }

    /// True for names, and for numbers only if they are years or count the columns.
    static func areNames(_ names: [String]) -> Bool {
        guard names.allSatisfy({ Double($0) != nil }) else { return true }
        let numbers = names.compactMap { Int($0) }
        return numbers.count == names.count
            && (names.allSatisfy(FirstLine.isYear)
                || numbers.first.map { $0 <= 1 && numbers == Array($0..<$0 + names.count) } ?? false)
    }

    /// True for different short names without numbers, which a title hardly has.
    static func areSurelyNames(_ names: [String]) -> Bool {
        Set(names).count == names.count
            && names.allSatisfy { $0.count <= 40 && !$0.hasPrefix("Unnamed: ") && Double($0) == nil }
    }
}

extension NumberFrame {
    /// True for a number with a unit behind it, or with a sign of a currency: not for `R12`, which may be a name.
    fileprivate var standsFirst: Bool { mayBeUnit && (before.isEmpty || isKnownSign) }
}

extension ColumnProfile {
    /// True for 1, 2, 3 … in each row.
    fileprivate var countsRows: Bool {
        isWhole && rising && lowest == 1 && highest == Double(rows)
    }
}
