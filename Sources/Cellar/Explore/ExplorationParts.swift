import Base
import Datasets
import Trainer

extension DataExploration {
    mutating func setTarget(_ column: ExploredColumn, _ labels: LabelColumn, file: String) throws(CellarError)
    {
        missingLabels = labels.missingCount
        let isMeasured = column.numbers.map { !$0.isIntegral || $0.distinct > 50 } ?? false
        guard !isMeasured else {
            targetNumbers = column
            return
        }
        let read = try labels.classes(file: file, column: column.name, missing: .keep)
        self.labels = read.rows.map { Int($0) }
        classes = ClassDistribution(classes: read.names, labels: self.labels.filter { $0 >= 0 })
    }

    /// Correlations of at most this many columns: their pairs take less than a second.
    var mostCorrelated: Int { min(1_000, max(100, Int((4e8 / Double(max(rowCount, 1))).squareRoot()))) }

    mutating func correlate() {
        let numeric = correlatable.prefix(mostCorrelated)
        var series = numeric.map { ($0.name, $0.values) }
        // The target beside the columns: what it goes with is what one wants to know.
        if let target, let numbers = targetNumbers?.values ?? binaryTarget {
            series.append((target, numbers))
        }
        guard series.count > 1 else { return }
        let prepared = CorrelatedColumns(series.map(\.1))
        var values = [Double](repeating: 1, count: series.count * series.count)
        for row in series.indices {
            for column in series.indices where column > row {
                let found = prepared.correlation(row, column)
                values[row * series.count + column] = found
                values[column * series.count + row] = found
            }
        }
        correlations = (series.map(\.0), values)
    }

    private var correlatable: [ExploredColumn] {
        columns.filter { $0.numbers != nil && $0.role != .constant }
    }

    /// True if some numeric columns were not compared with others.
    var correlationsAreCut: Bool { correlatable.count > mostCorrelated }
    var numericCount: Int { correlatable.count }

    /// Two classes as 0 and 1.
    private var binaryTarget: [Double]? {
        classes?.classes.count == 2 ? labels.map { $0 < 0 ? .nan : Double($0) } : nil
    }

    /// Divides the rows as the recipe does, and looks for equal ones.
    ///
    /// - Parameter count: The rows that the recipe divides, from the first on; nil for all.
    mutating func divide(_ keys: [UInt64], _ recipe: RecipeData?, dividing count: Int? = nil)
        throws(CellarError)
    {
        let hasLabels = labels.count == rowCount
        repeats = RepeatedRows(keys: keys, labels: hasLabels ? labels : nil)
        let first = count ?? rowCount
        let classNumbers = hasLabels ? Array(labels.prefix(first)) : nil
        if let rows = try recipe?.parts(
            first, classes: { classNumbers }, hashes: { () throws(CellarError) in Array(keys.prefix(first)) })
        {
            let rest = parts.dropFirst()
            parts = [ExploredPart(name: "train", rows: rows.train)]
            if let validation = rows.validation {
                parts.append(ExploredPart(name: "validation", rows: validation))
            }
            if let test = rows.test { parts.append(ExploredPart(name: "test", rows: test)) }
            parts += rest
        }
        for (index, part) in parts.enumerated() {
            for other in parts[..<index] {
                shared.append(
                    SharedRows(
                        part: part.name, other: other.name,
                        count: sharedRows(keys, of: part.rows, in: other.rows)))
            }
        }
    }

    /// The five pairs of columns with the largest correlations, the largest first.
    public var strongestCorrelations: [(first: String, second: String, value: Double)] {
        guard let (names, values) = correlations else { return [] }
        var strongest: [(first: String, second: String, value: Double)] = []
        for row in names.indices {
            for column in names.indices.dropFirst(row + 1) {
                let value = values[row * names.count + column]
                let place = strongest.firstIndex { $0.value.magnitude < value.magnitude } ?? strongest.count
                guard place < 5, !value.isNaN else { continue }
                strongest.insert((names[row], names[column], value), at: place)
                if strongest.count > 5 { strongest.removeLast() }
            }
        }
        return strongest
    }
}
