import Datasets
import Plots

extension DataExploration {
    /// Advice for a recipe on these data, as sentences.
    mutating func suggest() {
        suggestMissing()
        suggestClasses()
        suggestRows()
        suggestColumns()
        if let pictures { suggestPictures(pictures) }
    }

    private mutating func suggestMissing() {
        let missing = columns.filter { $0.missing > 0 }
        if !missing.isEmpty {
            let found = Self.named(missing.map { "\($0.name): \($0.missing)" })
            suggestions.append(
                kind == .table
                    ? "Values are missing (\(found)): a recipe with columns:, as trainer init writes it, takes them; without it trainer fit refuses them."
                    : "Fill in or remove missing values before training (\(found)); trainer fit refuses them."
            )
        }
        if missingLabels > 0 {
            suggestions.append(
                "\(missingLabels) rows have no \(target ?? "label"): remove them, or leave them out by missing_target: drop."
            )
        }
    }

    private mutating func suggestClasses() {
        guard let classes else { return }
        let present = classes.counts.filter { $0 > 0 }
        if classes.isImbalanced {
            suggestions.append(
                "The classes are imbalanced: use split: { stratify: true } and fit: { class_weight: balanced }, and look at recall "
                    + "and precision of each class, not at accuracy alone.")
        }
        if let least = present.min(), least < 10, present.count > 1 {
            let rare = zip(classes.classes, classes.counts).filter { $0.1 < 10 }.map(\.0)
            suggestions.append(
                "Fewer than 10 rows of \(Self.named(rare)): a model cannot learn these classes, nor a test measure them."
            )
        }
        if present.count < 2 { suggestions.append("There is only one class: nothing can be learned.") }
    }

    private mutating func suggestRows() {
        if let repeats, repeats.repeated > 0 {
            let share = Double(repeats.repeated) / Double(max(rowCount, 1))
            suggestions.append(
                "\(repeats.repeated) rows (\((share * 100).fixed(1)) %) repeat an earlier one: keep equal rows in one part by split: { group: "
                    + "duplicates }, or remove them.")
        }
        if let repeats, repeats.conflictingGroups > 0 {
            suggestions.append(
                "\(repeats.conflictingRows) rows in \(repeats.conflictingGroups) groups have equal values and different labels: no model can get all of them right."
            )
        }
        for shared in shared where shared.count > 0 {
            suggestions.append(
                "\(shared.count) rows of \(shared.part) also occur in \(shared.other): results on \(shared.part) are too good."
            )
        }
    }

    private mutating func suggestColumns() {
        func names(_ role: ExploredColumn.Role) -> [String] { columns.filter { $0.role == role }.map(\.name) }
        if !names(.constant).isEmpty {
            suggestions.append(
                "Leave out columns with a single value by features: \(Self.named(names(.constant))).")
        }
        if !names(.identifier).isEmpty {
            suggestions.append(
                "Leave out columns that number or name the rows by features: \(Self.named(names(.identifier)))."
            )
        }
        if !names(.text).isEmpty {
            suggestions.append(
                "Columns of text (\(Self.named(names(.text)))) need a recipe with columns:, as trainer init writes it; without it leave them out."
            )
        }
        let numbers = columns.compactMap(\.numbers)
        let spreads = numbers.map(\.deviation).filter { $0.isFinite && $0 > 0 }
        if spreads.count > 1, let low = spreads.min(), let high = spreads.max(), high > 10 * low || high > 10,
            kind != .pictures
        {
            let what = high > 10 * low ? "different scales" : "large scales"
            suggestions.append(
                "The columns have \(what) (standard deviations from \(shortNumber(low)) to \(shortNumber(high))): use preprocess: "
                    + "[StandardScaler].")
        }
        for pair in strongestCorrelations.prefix(5) where pair.value.magnitude > 0.95 {
            let isTarget = pair.first == target || pair.second == target
            suggestions.append(
                isTarget
                    ? "\(pair.first) and \(pair.second) correlate by \(pair.value.fixed(3)): check that the column is known before the target is."
                    : "\(pair.first) and \(pair.second) say nearly the same (correlation \(pair.value.fixed(3))): one of them is enough."
            )
        }
        if correlationsAreCut {
            suggestions.append(
                "Correlations are those of the first \(mostCorrelated) of \(numericCount) numeric columns: pairs of the others were not looked at."
            )
        }
        let wild = columns.filter { column in
            guard let numbers = column.numbers, numbers.count > 50 else { return false }
            return Double(numbers.outliers.count) > 0.05 * Double(numbers.count)
        }
        if !wild.isEmpty {
            suggestions.append(
                "More than 5 % of the values are outliers in \(Self.named(wild.map(\.name))): look at the box plots."
            )
        }
    }

    private mutating func suggestPictures(_ pictures: PictureCollection) {
        if pictures.sizes.count > 1, let most = pictures.sizes.first {
            suggestions.append(
                "The pictures have \(pictures.sizes.count) sizes or kinds: use size: [\(most.height), \(most.width)], the most frequent one, or crop them."
            )
        }
        let plain = pictures.brightness.count { $0 <= 0 || $0 >= 1 }
        if plain > 0 { suggestions.append("\(plain) pictures are wholly black or white: check them.") }
    }

    /// `a, b and 3 more`.
    static func named(_ names: [String]) -> String {
        names.count <= 6
            ? names.joined(separator: ", ")
            : names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
    }
}
