import Base
import Datasets
import Network
import Tensors

/// A survey of a table before a recipe is written: its dialect, the kinds of its columns, and the column to
/// predict.
public struct TableSurvey: Sendable {
    public let path: String
    public private(set) var dialect: TableDialect
    private let delimiter: UInt8
    let strays: [String]
    private let strayWarnings: [String]
    /// What the names could mean as well; nil if nothing.
    private let doubtfulNames: String?
    private let rowsOfTotals: [String]
    /// A name in the first line that is a value of its column, too; nil if it is known that the line has the names.
    let doubtfulName: String?
    /// Where the names come from that the dialect has.
    let namesReason: String
    public private(set) var columns: [SurveyedColumn] = []
    public private(set) var rows = 0
    public private(set) var duplicates = 0
    public internal(set) var target = 0
    public internal(set) var targetReason = ""
    /// Other columns that suit a target as well.
    var otherTargets: [Int] = []
    /// True if nothing but the place of the target tells that it is one.
    var isTargetByPlaceAlone = false
    public internal(set) var task = SurveyTask.classes([])
    /// True if the classes are whole numbers that could be amounts.
    var mayBeNumbers = false
    public internal(set) var missingTargets = 0
    /// The options of the division of the rows.
    private(set) var isStratified = false, keepsDuplicatesTogether = false

    public struct SurveyedColumn: Sendable {
        public var name: String
        public var profile: ColumnProfile
        public var kind: ColumnRecipe.Kind
        public var reason: String
        /// True if another column has the same name.
        public var isAmbiguous: Bool
        /// What keeps numbers from being read, and what to write in the recipe; nil if the column has none.
        var obstacle: WritingGuess.Obstacle?
        /// How the numbers are written, if not as in other columns.
        var writing: NumberWriting?
        /// A warning about numbers that could be read otherwise; nil if there are none.
        var doubt: String?
        /// Why the column probably gives the target away; nil for one that does not, or that is left out.
        var leak: String?
    }

    public enum SurveyTask: Sendable {
        /// Classes with their numbers of rows.
        case classes([(name: String, count: Int)])
        case numbers
    }

    /// - target: The name of the column to predict; nil chooses one.
    /// - header: Whether the first line names the columns; nil finds out.
    public init(path: String, target wanted: String? = nil, header: Bool? = nil) throws(CellarError) {
        self.path = path
        let found = try Self.read(path, header: header)
        let (table, fields) = (found.table, found.fields)
        delimiter = table.header.delimiter
        (dialect, strays, doubtfulName) = (found.dialect, found.strays, found.doubtfulName)
        strayWarnings = found.strayWarnings
        (namesReason, doubtfulNames) = (found.names.reason, found.names.warning)
        rowsOfTotals = found.rowsOfTotals
        rows = table.rowCount
        let reader = FieldReader(dialect)
        var positions = NamePositions(table.columns)
        columns = zip(table.columns, fields).enumerated().map { index, column in
            let (name, fields) = column
            let (reader, writing) = (found.reader(index), found.writings[index])
            let profile = ColumnProfile(fields, reader)
            let guess = KindGuess(name, profile)
            // Larger numbers than measurements are identifiers in any column without a name.
            if !table.header.isInFile, dialect.names == nil, profile.mayBeIdentifiers,
                name == "0" || profile.lowest > 1e8
            {
                let place = name == "0" ? " in the first column" : ""
                return SurveyedColumn(
                    name: name, profile: profile, kind: .ignore,
                    reason: "large whole numbers\(place) that hardly repeat: an identifier",
                    isAmbiguous: false)
            }
            // As for pandas, names of rows are no column; dates among them tell something.
            if found.names.hasRowNames, index == 0, guess.kind != .date {
                return SurveyedColumn(
                    name: name, profile: profile, kind: .ignore, reason: "names of rows", isAmbiguous: false)
            }
            let isAmbiguous = positions.positions(of: name).count > 1
            var reason = isAmbiguous ? "another column has the same name" : guess.reason
            let doubt = found.doubt(about: index)
            reason += doubt?.remark ?? ""
            if guess.kind != .number, profile.numbers * 2 > profile.present, let text = profile.firstText {
                reason +=
                    "; \(profile.numbers) of \(profile.present) are numbers, but not \"\(text.text.prefix(20))\" in row \(text.row)"
            }
            if writing.writing != nil, guess.kind == .number { reason += "; " + writing.remark }
            if guess.kind == .date, profile.dateOrder == .timeOfDay {
                reason += "; if they are spans of time: { kind: number, form: duration }"
            }
            if guess.kind == .number, doubt == nil, writing.writing?.signs == nil, dialect.decimal == nil,
                Self.mayBeThousands(fields, reader)
            {
                reason += "; if their point separates thousands, write { kind: number, thousands: \".\" }"
            }
            return SurveyedColumn(
                name: name, profile: profile, kind: isAmbiguous ? .ignore : guess.kind, reason: reason,
                isAmbiguous: isAmbiguous,
                obstacle: guess.kind == .number
                    ? nil : writing.obstacle ?? Self.obstacle(guess.kind, profile, fields, reader),
                writing: writing.writing, doubt: found.areSignsDoubtful ? doubt?.warning(name) : nil)
        }
        try chooseTarget(wanted, table)
        try chooseTask(fields[target], found.reader(target))
        leaveOut(TargetLeaks(fields, self, fields.indices.map { found.reader($0) }).all)
        try checkInputs()
        let present = (0..<rows).filter { !reader.isMissing(fields[target][$0]) }
        let hashes = rowHashes(of: inputs.map { Samples(texts: fields[$0].selecting(present)) })
        duplicates = hashes.count - Set(hashes).count
        (isStratified, keepsDuplicatesTogether) = (
            suitsStratification, duplicates > 0 && usable - duplicates >= 20
        )
    }

    /// The names of a table's columns.
    public static func columnNames(of path: String, header: Bool? = nil) throws(CellarError) -> [String] {
        try read(path, header: header).table.columns
    }

    /// The columns from which the target is predicted.
    private var inputs: [Int] {
        columns.indices.filter { $0 != target && columns[$0].kind != .ignore }
    }

    /// Leaves out the columns that give the target away, where that is certain and other columns are left.
    private mutating func leaveOut(_ leaks: [TargetLeaks.Leak]) {
        for leak in leaks {
            let leavesOthers = !Set(inputs).isSubset(of: leak.columns)
            for index in leak.columns where columns[index].kind != .ignore {
                if leak.isCopy || leak.isCertain && leavesOthers {
                    (columns[index].kind, columns[index].reason) = (.ignore, leak.reason)
                } else {
                    if leak.isCertain || leak.isLikely { columns[index].leak = leak.reason }
                    columns[index].reason +=
                        "; \(leak.reason): leave it out if it is known only with the target"
                }
            }
        }
    }

    private func checkInputs() throws(CellarError) {
        guard inputs.isEmpty else { return }
        throw CellarError(
            .badData, file: path,
            expected: "columns from which \"\(columns[target].name)\" can be predicted",
            found: "none that is neither constant, an identifier nor a copy of it",
            fix: "Name another column with --target.")
    }

    /// The number of rows with a target.
    var usable: Int { rows - missingTargets }

    /// True if each class has rows enough for every part.
    private var suitsStratification: Bool {
        guard case .classes(let classes) = task, let least = classes.map(\.count).min() else { return false }
        return least >= 10 && usable / 8 >= classes.count
    }

    /// Changes the recipe where preparing its data fails. Throws the error if nothing can be changed.
    public mutating func avoid(_ error: CellarError) throws(CellarError) {
        if let name = error.place.column,
            let column = columns.firstIndex(where: { $0.name == name && $0.kind != .ignore }),
            column != target
        {
            (columns[column].kind, columns[column].reason) = (.ignore, error.message)
            return try checkInputs()
        }
        guard error.place.column == nil, isStratified || keepsDuplicatesTogether else { throw error }
        if isStratified { isStratified = false } else { keepsDuplicatesTogether = false }
    }

    /// Returns what keeps the numbers in texts that are left out from being read; nil if most have none.
    private static func obstacle(
        _ kind: ColumnRecipe.Kind, _ profile: ColumnProfile, _ fields: Texts, _ reader: FieldReader
    ) -> WritingGuess.Obstacle? {
        guard profile.textCount > 0, profile.distinct > 1 else { return nil }
        if kind != .date, kind != .boolean, areMostlyDates(fields, reader) {
            return WritingGuess.Obstacle(
                problem: "they look like dates in a form that is not known", options: nil)
        }
        guard kind == .ignore, areMostlyDigits(fields, reader) else { return nil }
        return WritingGuess.Obstacle(problem: "their form is not known", options: nil)
    }

    /// Warnings before a training.
    public var warnings: [String] {
        (doubtfulNames.map { [$0] } ?? []) + strayWarnings + rowsOfTotals + doubtfulTarget + doubtfulSigns
            + leaks + unreadNumbers
    }

    /// Other columns that may be the one to predict, by their names; nil if none is more likely than others.
    var otherTargetNames: String? {
        guard !otherTargets.isEmpty else { return nil }
        let more = otherTargets.count > 5 ? ", …" : ""
        return otherTargets.prefix(5).map { columns[$0].name }.joined(separator: ", ") + more
    }

    /// A warning if other columns may as well be the one to predict.
    private var doubtfulTarget: [String] {
        let taken = "\(columns[target].name) is taken as the column to predict (\(targetReason)), "
        if let others = otherTargetNames {
            return [taken + "but it could also be \(others): name it with --target."]
        }
        guard isTargetByPlaceAlone else { return [] }
        return [taken + "as no name tells which one is meant: name another with --target."]
    }

    private var doubtfulSigns: [String] {
        columns.enumerated().compactMap { index, column in
            index == target || column.kind == .number ? column.doubt : nil
        }
    }

    private var leaks: [String] {
        columns.compactMap { column in
            column.leak.map {
                "\(column.name) may give \(columns[target].name) away: \($0). Write ignore for it in the recipe if it is known only with the target."
            }
        }
    }

    private var unreadNumbers: [String] {
        columns.enumerated().compactMap { index, column in
            guard index != target, let obstacle = column.obstacle else { return nil }
            let example = column.profile.firstText.map { ", such as \"\($0.text.prefix(40))\"" } ?? ""
            let state = column.kind == .ignore ? "left out" : "taken as \(column.kind.valueName)"
            return "\(column.name) is \(state), though most of its values have numbers\(example): "
                + obstacle.problem + ". If they matter, write them as plain numbers or dates"
                + (obstacle.options.map {
                    // Units in a list all mean the same as the first.
                    let condition =
                        $0.hasPrefix("unit: [") ? "if these units mean the same" : "to read them nevertheless"
                    return ", or, \(condition), \(yaml(column.name)): { kind: number, \($0) } in the recipe."
                } ?? ".")
        }
    }

    /// Makes the recipe name the delimiter. Returns false if it does.
    public mutating func nameDelimiter() -> Bool {
        guard dialect.delimiter == nil else { return false }
        dialect.delimiter = delimiter
        return true
    }
}
