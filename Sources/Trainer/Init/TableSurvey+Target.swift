import Base
import Datasets
import Tensors

// The column to predict, and what is predicted.
extension TableSurvey {
    mutating func chooseTarget(_ wanted: String?, _ table: Table) throws(CellarError) {
        let names = columns.map(\.name)
        if let wanted {
            var positions = NamePositions(names)
            guard
                let place = positions.position(of: wanted)
                    ?? Int(wanted).flatMap({ names.indices.contains($0) && !table.header.isInFile ? $0 : nil }
                    )
            else {
                throw CellarError(
                    .usage, file: path, column: wanted, expected: "a column with that name",
                    found: "only \(names.prefix(30).map { "\"\($0)\"" }.joined(separator: ", "))",
                    fix: nearest(wanted, in: names).map { "Did you mean \"\($0)\"?" }
                        ?? "Name one of them with --target.")
            }
            (target, targetReason) = (place, "as asked")
            return
        }
        let hasNames = table.header.isInFile || dialect.names != nil
        let usable = columns.indices.filter { isUsable($0, hasNames) }
        let known = TargetNames(names)
        guard let last = usable.last(where: { !known.isUnlikely($0) }) ?? usable.last else {
            throw CellarError(
                .badData, file: path, expected: "a column to predict",
                found: "none with several values that repeat",
                fix: "Name the column with --target.")
        }
        let strengths = usable.map { known.strength(of: $0, isBinary: columns[$0].profile.distinct == 2) }
        func all(_ strength: TargetNames.Strength) -> [Int] {
            zip(usable, strengths).filter { $1 == strength }.map(\.0)
        }
        (target, targetReason) = (last, "the last column")
        let isKnown = last == usable.last && strengths.last ?? .none > .none
        if let place = all(.sure).min(by: { known.rank(of: $0) ?? .max < known.rank(of: $1) ?? .max }) {
            (target, targetReason) = (place, "by its name")
            let isBinary = columns[last].profile.distinct == 2
            let isPlausible = isBinary || known.strength(of: last, isBinary: false) >= .likely
            otherTargets = last != place && isPlausible ? [last] : []
        } else if isKnown {
            let numbered = known.isNumberedY(last) ? usable.filter(known.isNumberedY) : []
            otherTargets = (all(.likely) + numbered).filter { $0 != last }
        } else if let place = all(.likely).last {
            (target, targetReason) = (place, "by its name")
            otherTargets = all(.likely).dropLast()
        } else {
            let evidence = TargetEvidence(columns, usable: usable.filter { !known.isUnlikely($0) })
            let choice = hasNames ? evidence.amongNamed(last) : evidence.withoutNames(last)
            (target, targetReason) = (choice.column, choice.reason)
            let weak = all(.weak).filter { $0 != target }
            otherTargets = weak + choice.others.filter { !weak.contains($0) }
            isTargetByPlaceAlone = choice.isByPlaceAlone
        }
    }

    /// True if the column may be one to predict: neither free text, a date nor another value in each row, and not mostly missing.
    private func isUsable(_ index: Int, _ hasNames: Bool) -> Bool {
        let (column, profile) = (columns[index], columns[index].profile)
        // Without names, large numbers that hardly repeat may be prices only in the usual place.
        let mayBeNumbers = hasNames || index == columns.count - 1 || !profile.mayBeIdentifiers
        return !column.isAmbiguous && profile.distinct > 1 && column.kind != .date && column.kind != .text
            && !(column.kind == .ignore && profile.distinct > profile.rows / 2)
            && profile.missing * 2 <= profile.rows && mayBeNumbers
    }

    mutating func chooseTask(_ fields: Texts, _ reader: FieldReader) throws(CellarError) {
        let profile = columns[target].profile
        missingTargets = profile.missing
        let isNumeric = profile.textCount == 0 && profile.booleans == 0
        let areCodes = profile.areClassCodes(isCalledClass: columns[target].isCalledClass)
        // A few whole numbers that hardly repeat are measurements.
        let areFew =
            profile.distinct <= 12 && profile.whole == profile.numbers
            && (profile.distinct <= 2 || profile.distinct * 2 <= profile.present)
        guard !isNumeric || areFew || areCodes else {
            task = .numbers
            return
        }
        guard profile.distinct >= 2 else {
            throw CellarError(
                .badData, file: path, column: columns[target].name,
                expected: "two or more different values to predict",
                found: "\(profile.distinct)", fix: "Name another column with --target.")
        }
        guard profile.distinct <= 200, profile.distinct * 2 <= profile.present else {
            throw CellarError(
                .badData, file: path, row: profile.firstText?.row, column: columns[target].name,
                expected: "classes, each of several rows, or numbers",
                found: "\(profile.distinct) different texts in \(profile.present) rows",
                fix: "Name another column with --target.")
        }
        let labels = LabelColumn(
            (0..<fields.count).map { String(decoding: reader.text(fields[$0]), as: UTF8.self) })
        let found = try labels.classes(file: path, column: columns[target].name, missing: .keep)
        var counts = found.names.map { _ in 0 }
        for row in found.rows where row >= 0 { counts[Int(row)] += 1 }
        task = .classes(Array(zip(found.names, counts)).map { ($0, $1) })
        mayBeNumbers = isNumeric && profile.distinct > 12
    }
}

extension TableSurvey.SurveyedColumn {
    fileprivate var isCalledClass: Bool {
        ["class", "class?", "label", "labels"].contains(name.lowercased())
    }
}

extension ColumnProfile {
    /// True if whole numbers are the numbers of classes, such as 1 to 26: all from 0 or 1 on without a gap, each in several rows, and
    /// no one in ten times as many rows as another. A column that is called a class needs no such order.
    fileprivate func areClassCodes(isCalledClass: Bool) -> Bool {
        guard isWhole, !hasManyValues, (13...200).contains(distinct), distinct * 5 <= present else {
            return false
        }
        if isCalledClass { return true }
        guard lowest == 0 || lowest == 1, highest - lowest == Double(distinct - 1),
            let (least, most) = counts.values.min().flatMap({ least in counts.values.max().map { (least, $0) }
            })
        else { return false }
        return least >= 2 && most < 10 * least
    }
}
