import Base
import Datasets
import Tensors

/// Finds the columns that give the target away.
///
/// A copy of the target is one in any table from 20 rows on. Other columns may tell all classes apart because they are good
/// features: with fewer than 200 rows, or a class of fewer than 20, they are kept, with a comment. A number that does by a
/// threshold is kept in tables of fewer than 1,000 rows, with a warning from 200 on.
struct TargetLeaks {
    struct Leak {
        var columns: [Int]
        var reason: String
        /// True for a copy of the target, which tells nothing in a table of any size.
        var isCopy = false
        /// False if the table is too small to tell a leak from a good feature.
        var isCertain = true
        /// True for what is not certain, but to be warned of.
        var isLikely = false
    }

    private let fields: [Texts]
    private let columns: [TableSurvey.SurveyedColumn]
    private let target: Int
    /// One for each column.
    private let readers: [FieldReader]
    /// The class of each row, -1 where it is missing; empty for a target of numbers.
    private var classes: [Int] = []
    private var sizes: [Int] = []
    private var rows: Int { fields[target].count }

    init(_ fields: [Texts], _ survey: TableSurvey, _ readers: [FieldReader]) {
        (self.fields, columns, target, self.readers) = (fields, survey.columns, survey.target, readers)
        guard case .classes = survey.task else { return }
        var numbers: [[UInt8]: Int] = [:]
        classes.reserveCapacity(rows)
        for row in 0..<rows {
            let text = readers[target].text(fields[target][row])
            if text.isEmpty {
                classes.append(-1)
                continue
            }
            let number = numbers[Array(text), default: sizes.count]
            if number == sizes.count {
                numbers[Array(text)] = number
                sizes.append(0)
            }
            sizes[number] += 1
            classes.append(number)
        }
    }

    static let fewestRows = 200, fewestOfClass = 20, fewestRowsOfNumbers = 1000

    /// All leaks among the columns that are not left out.
    var all: [Leak] {
        guard rows >= 20 else { return [] }
        let inputs = columns.indices.filter { $0 != target && columns[$0].kind != .ignore }
        let isCertain =
            sizes.reduce(0, +) >= TargetLeaks.fewestRows && sizes.min() ?? 0 >= TargetLeaks.fewestOfClass
        guard !classes.isEmpty else {
            let copies = inputs.filter(isCopy)
            return copies.map { Leak(columns: [$0], reason: "a copy of the target", isCopy: true) }
                + sums(of: inputs.filter { !copies.contains($0) && columns[$0].kind == .number })
        }
        var leaks = inputs.compactMap { column -> Leak? in
            if isTranslation(column) {
                return Leak(
                    columns: [column], reason: "a copy of the target: each value goes with one class",
                    isCopy: true)
            }
            if let reason = reason(column) {
                return Leak(columns: [column], reason: reason, isCertain: isCertain)
            }
            guard areRanges(column) else { return nil }
            return Leak(
                columns: [column],
                reason: sizes.count == 2
                    ? "one threshold tells the classes apart" : "each class is a range of it",
                isCertain: isCertain && sizes.count == 2 && rows >= TargetLeaks.fewestRowsOfNumbers,
                isLikely: isCertain)
        }
        if let block = oneHotBlock(inputs) {
            leaks.append(
                Leak(
                    columns: block,
                    reason: "a copy of the target: with it, exactly one of these columns is 1 in each row"
                ))
        }
        return leaks
    }

    /// Why a column tells the classes of all rows, or those of one class from all others; nil if it does not.
    private func reason(_ column: Int) -> String? {
        let profile = columns[column].profile
        if profile.missing > 0, missesOneClass(column) {
            return "it is missing in the rows of one class and no others"
        }
        let values = profile.distinct + (profile.missing > 0 ? 1 : 0)
        if (2...max(sizes.count, rows / 20)).contains(values), !profile.hasManyValues, values >= sizes.count,
            eachValueHasOneClass(column)
        {
            return "each value goes with one class"
        }
        return nil
    }

    /// True if a column of as many values as there are classes has another text in place of each class.
    private func isTranslation(_ column: Int) -> Bool {
        let profile = columns[column].profile
        guard profile.distinct >= sizes.count, profile.distinct <= max(sizes.count, 2), !profile.hasManyValues
        else { return false }
        return eachValueHasOneClass(column)
    }

    private func eachValueHasOneClass(_ column: Int) -> Bool {
        var meaning: [[UInt8]: Int] = [:]
        for row in 0..<rows where classes[row] >= 0 {
            let value = Array(fields[column][row])
            let known = meaning[value, default: classes[row]]
            if known != classes[row] { return false }
            meaning[value] = known
        }
        return true
    }

    /// True if exactly the rows of one class, or exactly all others, lack a value.
    private func missesOneClass(_ column: Int) -> Bool {
        /// The classes with and without the value.
        var (present, missing) = (Set<Int>(), Set<Int>())
        for row in 0..<rows where classes[row] >= 0 {
            let number = classes[row]
            if readers[column].isMissing(fields[column][row]) {
                if present.contains(number) { return false }
                missing.insert(number)
            } else {
                if missing.contains(number) { return false }
                present.insert(number)
            }
        }
        return present.count == 1 && !missing.isEmpty || missing.count == 1 && !present.isEmpty
    }

    /// True if no number of one class lies between those of another.
    private func areRanges(_ column: Int) -> Bool {
        let profile = columns[column].profile
        guard profile.textCount == 0, profile.booleans == 0, profile.distinct > 2 else { return false }
        var ranges = sizes.map { _ in (low: Double.infinity, high: -Double.infinity) }
        func overlap() -> Bool {
            let found = ranges.filter { $0.low <= $0.high }.sorted { $0.low < $1.low }
            return zip(found, found.dropFirst()).contains { $0.high >= $1.low }
        }
        var present = 0
        for row in 0..<rows where classes[row] >= 0 {
            guard case .number(let number) = readers[column].number(fields[column][row]) else { continue }
            present += 1
            let range = ranges[classes[row]]
            ranges[classes[row]] = (min(range.low, number), max(range.high, number))
            if present & (present - 1) == 0, overlap() { return false }
        }
        return present * 10 >= rows * 9 && ranges.allSatisfy { $0.low <= $0.high } && !overlap()
    }

    /// The columns of 0 and 1 next to a target of 0 and 1 of which, with the target, exactly one is 1 in each row.
    private func oneHotBlock(_ inputs: [Int]) -> [Int]? {
        func isBit(_ column: Int) -> Bool {
            let profile = columns[column].profile
            return profile.isWhole && profile.missing == 0 && profile.distinct <= 2 && profile.lowest >= 0
                && profile.highest <= 1
        }
        func isOne(_ column: Int, _ row: Int) -> Bool {
            readers[column].number(fields[column][row]) == .number(1)
        }
        guard isBit(target) else { return nil }
        var taken = (0..<rows).map { isOne(target, $0) }
        var block: [Int] = []
        for side in [
            stride(from: target - 1, through: 0, by: -1),
            stride(from: target + 1, through: columns.count - 1, by: 1),
        ] {
            for column in side {
                guard isBit(column), !(0..<rows).contains(where: { taken[$0] && isOne(column, $0) }) else {
                    break
                }
                for row in 0..<rows where isOne(column, row) { taken[row] = true }
                block.append(column)
                if !taken.contains(false) {
                    let left = block.filter(inputs.contains)
                    return block.count > 1 && !left.isEmpty ? left : nil
                }
            }
        }
        return nil
    }

    /// True for the same values, and for the same numbers in another writing or in other units: `$1,234.56` beside 1.23456.
    private func isCopy(_ column: Int) -> Bool {
        if (0..<rows).allSatisfy({ fields[column][$0].elementsEqual(fields[target][$0]) }) { return true }
        guard columns[column].kind == .number else { return false }
        var (factor, count): (Double?, Int) = (nil, 0)
        for row in 0..<rows {
            guard case .number(let a) = readers[column].number(fields[column][row]),
                case .number(let b) = readers[target].number(fields[target][row])
            else { continue }
            if a == 0 || b == 0 {
                if a != b { return false }
                continue
            }
            let ratio = a / b
            guard abs(ratio - (factor ?? ratio)) <= 1e-9 * abs(ratio) else { return false }
            (factor, count) = (factor ?? ratio, count + 1)
        }
        return count * 2 >= rows && columns[target].profile.distinct > 2
    }

    /// Pairs of columns, and columns side by side, that add up to the target.
    private func sums(of inputs: [Int]) -> [Leak] {
        guard columns[target].profile.distinct > 10, inputs.count <= 300 else { return [] }
        func number(_ column: Int, _ row: Int) -> Double {
            if case .number(let number) = readers[column].number(fields[column][row]) { return number }
            return .nan
        }
        // A few rows tell almost all sums from the target, but where it is 0 many sums are.
        let telling = (0..<rows).filter { number(target, $0) != 0 }
        let chosen = stride(from: 0, to: telling.count, by: max(telling.count / 64, 1)).map { telling[$0] }
        let (few, wanted) = (
            inputs.map { column in chosen.map { number(column, $0) } }, chosen.map { number(target, $0) }
        )
        guard !chosen.isEmpty else { return [] }
        func isClose(_ sum: Double, _ wanted: Double) -> Bool {
            wanted.isNaN || abs(sum - wanted) <= 1e-9 * max(abs(wanted), 1)
        }
        func fits(_ parts: [Int]) -> Bool {
            wanted.indices.allSatisfy { row in isClose(parts.reduce(0) { $0 + few[$1][row] }, wanted[row]) }
                && (0..<rows).allSatisfy { row in
                    isClose(parts.reduce(0) { $0 + number(inputs[$1], row) }, number(target, row))
                }
        }
        var found: [[Int]] = []
        for a in inputs.indices {
            for b in inputs.indices.dropFirst(a + 1) where isClose(few[a][0] + few[b][0], wanted[0]) {
                if fits([a, b]) { found.append([a, b]) }
            }
            for end in inputs.indices.dropFirst(a + 2).prefix(10) where fits(Array(a...end)) {
                found.append(Array(a...end))
            }
        }
        return found.map { parts in
            let names = parts.map { columns[inputs[$0]].name }.joined(separator: " + ")
            return Leak(columns: parts.map { inputs[$0] }, reason: "a part of the target, which is \(names)")
        }
    }
}
