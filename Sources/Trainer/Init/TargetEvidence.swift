import Datasets

/// What the values of a table's columns tell about the one to predict, where no name does.
///
/// Classes are few values, and a column of classes has values of its own: features share theirs with others, as the answers y
/// and n. The column to predict is usually the last one, and else the first.
struct TargetEvidence {
    private let columns: [TableSurvey.SurveyedColumn]
    /// The columns that may be predicted.
    private let usable: [Int]
    /// The values of columns of classes.
    private let classes: [Int: Set<[UInt8]>]

    struct Choice {
        var column: Int
        var reason: String
        /// Other columns that are as likely.
        var others: [Int] = []
        /// True if nothing but the place tells that it is this column.
        var isByPlaceAlone = false
    }

    private static let mostClasses = 30, fewClasses = 12

    init(_ columns: [TableSurvey.SurveyedColumn], usable: [Int]) {
        (self.columns, self.usable) = (columns, usable)
        var classes: [Int: Set<[UInt8]>] = [:]
        for index in usable where columns[index].profile.areClasses(Self.mostClasses) {
            classes[index] = Set(columns[index].profile.counts.keys)
        }
        self.classes = classes
    }

    /// Judges the last column of a table with names of which none tells.
    func amongNamed(_ last: Int) -> Choice {
        var choice = atEnd(last)
        guard hasOthersBehind(last) || !isOwn(last) else { return choice }
        choice.others = usable.filter { $0 != last && (isOwnWords($0) || isSameSort($0, last)) }
        choice.isByPlaceAlone = true
        return choice
    }

    /// Chooses among the columns of a table without names.
    func withoutNames(_ last: Int) -> Choice {
        if let place = onlyWords(last) { return Choice(column: place, reason: "the only column of words") }
        guard let first = usable.first, first != last, columns[..<first].allSatisfy({ $0.kind == .ignore })
        else { return atEnd(last) }
        guard isOwn(first) else {
            guard classes[first] != nil, !isOwn(last) else { return atEnd(last) }
            let isMeasured = classes[last] == nil
            return isMeasured && columns[first].profile.distinct == 2
                ? atStart(first, or: last) : atEnd(last, or: first)
        }
        let (few, many) = (columns[first].profile.distinct == 2, columns[last].profile.distinct > 2)
        let isOnlyOfWords = !usable.contains { $0 != first && $0 != last && isOwnWords($0) }
        if classes[last] == nil {
            let b = columns[last].profile
            let isMeasured = !b.isWhole || b.distinct > Self.mostClasses
            guard isMeasured, columns[first].profile.distinct <= Self.fewClasses else {
                return atEnd(last, or: first)
            }
            return atStart(first, or: isOnlyOfWords ? nil : last)
        }
        if !isOwn(last) {
            guard few || hasWords(first) else { return atEnd(last, or: first) }
            return atStart(first, or: few || isOnlyOfWords ? nil : last)
        }
        if few, many { return atStart(first, or: last) }
        let isEvident = !few && !many || hasWords(last) && !hasWords(first)
        return atEnd(last, or: isEvident ? nil : first)
    }

    private func atStart(_ first: Int, or other: Int?) -> Choice {
        Choice(column: first, reason: "the first column, of few values", others: other.map { [$0] } ?? [])
    }

    /// Chooses the last column, with the others that are as likely: `other`, and classes in words beside amounts.
    private func atEnd(_ last: Int, or other: Int? = nil) -> Choice {
        let hasOthersBehind = hasOthersBehind(last)
        let isFirstLikely = hasOthersBehind || other != nil
        var choice = Choice(
            column: last,
            reason: hasOthersBehind ? "the last column that can be predicted" : "the last column")
        choice.others = usable.prefix(isFirstLikely ? 1 : 0).filter { $0 != last }
        if hasOthersBehind || !columns[last].profile.areClasses(Self.fewClasses) {
            choice.others += usable.filter { $0 != last && isOwnWords($0) && !choice.others.contains($0) }
        }
        return choice
    }

    /// True if columns behind one have values that are not the same in all rows.
    private func hasOthersBehind(_ column: Int) -> Bool {
        columns[(column + 1)...].contains { $0.profile.distinct > 1 }
    }

    /// Returns the one column of classes in words, beside numbers of one form.
    private func onlyWords(_ last: Int) -> Int? {
        let b = columns[last].profile
        let texts = columns.indices.filter { columns[$0].profile.textCount > 0 }
        let others = columns.indices.filter { columns[$0].kind != .ignore && !texts.contains($0) }
        guard texts.count == 1, let place = texts.first, usable.contains(place), others.count > 1,
            columns[place].profile.distinct <= 60,
            place == last || !isOwn(last) || !b.areClasses(Self.fewClasses),
            others.allSatisfy({
                columns[$0].profile.isWhole == b.isWhole || $0 != last && columns[$0].profile.isWhole
            }),
            others.dropLast().contains(where: { columns[$0].profile.isWhole == b.isWhole })
        else { return nil }
        return place
    }

    private func hasWords(_ column: Int) -> Bool {
        classes[column] != nil && columns[column].profile.numbers == 0
    }

    private func isOwnWords(_ column: Int) -> Bool { hasWords(column) && isOwn(column) }

    /// True for classes that no other column has: the same numbers, or most of the same words.
    private func isOwn(_ column: Int) -> Bool {
        classes[column] != nil && !classes.keys.contains { $0 != column && isSameSort($0, column) }
    }

    private func isSameSort(_ a: Int, _ b: Int) -> Bool {
        guard a != b, let first = classes[a], let second = classes[b] else { return false }
        guard hasWords(a), hasWords(b) else { return first == second }
        return first.intersection(second).count * 2 >= first.union(second).count
    }
}

extension ColumnProfile {
    /// True for a few words, each of several rows, or a few whole numbers in a row: 1, 2, 3, or -1 and 1.
    fileprivate func areClasses(_ most: Int) -> Bool {
        guard !hasManyValues, (2...most).contains(distinct), distinct * 4 <= present else { return false }
        if numbers == 0 { return true }
        let isCounted = lowest >= 0 && highest - lowest <= Double(distinct) + 1
        return isWhole && (isCounted || distinct == 2)
    }
}
