import Base
import Datasets

/// Asks for a first look at data: a recipe, a table, a folder of pictures, IDX files or an array.
public struct ExploreRequest: Sendable {
    /// A recipe (.yaml), a table (CSV), a folder with a subfolder of PNG files for each class or with IDX files, an IDX file, or an
    /// array (.npy).
    public var path: String
    /// The column with the classes or values to predict; nil for that of the recipe, or else the last one if it has classes.
    public var target: String?
    /// The file with the labels of an array or of IDX pictures.
    public var labels: String?
    /// A picture to keep as it is, counted from 1.
    public var sample: Int?

    public init(path: String, target: String? = nil, labels: String? = nil) {
        (self.path, self.target, self.labels) = (path, target, labels)
    }
}

/// The result of a first look at data.
public struct DataExploration: Sendable {
    public enum Kind: String, Sendable { case table, pictures, array }

    public internal(set) var kind: Kind
    public internal(set) var name: String
    public internal(set) var rowCount: Int
    /// The columns of a table or array, without the target.
    public internal(set) var columns: [ExploredColumn] = []
    /// The column to predict, and how it was chosen.
    public internal(set) var target: String?
    public internal(set) var targetIsGuessed = false
    /// The classes of the rows that have one; nil without classes.
    public internal(set) var classes: ClassDistribution?
    /// The class of each row, -1 for none; empty without classes.
    public internal(set) var labels: [Int] = []
    public internal(set) var missingLabels = 0
    /// The target's numbers, if it has numbers and no classes.
    public internal(set) var targetNumbers: ExploredColumn?
    /// The parts of the data, if they are divided.
    public internal(set) var parts: [ExploredPart] = []
    public internal(set) var repeats: RepeatedRows?
    /// Numbers of rows of one part that occur in another as well.
    public internal(set) var shared: [SharedRows] = []
    public internal(set) var pictures: PictureCollection?
    /// The first rows of a table, with all its columns.
    public internal(set) var head: (columns: [String], rows: [[String]]) = ([], [])
    /// The number of the picture that was asked for, counted from 1.
    public internal(set) var sampleNumber: Int?
    /// Names of the numeric columns, and their correlations row by row.
    public internal(set) var correlations: (names: [String], values: [Double])?
    public internal(set) var suggestions: [String] = []

    init(_ kind: Kind, name: String, rowCount: Int) {
        (self.kind, self.name, self.rowCount) = (kind, name, rowCount)
    }
}

public struct ExploredPart: Equatable, Sendable {
    public let name: String
    public let rows: [Int]
}

public struct SharedRows: Equatable, Sendable {
    public let part, other: String
    public let count: Int
}

/// A column of a table or array.
public struct ExploredColumn: Equatable, Sendable {
    public enum Role: String, Sendable { case number, text, constant, identifier }

    public let name: String
    /// Empty for a text column.
    public let values: [Double]
    /// Nil for a text column, or where nothing is known.
    public let numbers: NumberSummary?
    public let missing, distinct: Int
    public let role: Role
    /// The most frequent texts with their counts; empty for a column of numbers.
    public let frequent: [Frequent]

    public struct Frequent: Equatable, Sendable {
        public let text: String
        public let count: Int
    }

    /// A column of numbers, with NaN for missing ones.
    init(_ name: String, numbers values: [Double]) {
        let summary = NumberSummary(values)
        (self.name, self.values, numbers, frequent) = (name, values, summary, [])
        missing = values.count { !$0.isFinite }
        distinct = summary?.distinct ?? 0
        // Measurements are often all different too, but seldom whole and without a gap.
        let isRunning =
            summary.map { $0.isIntegral && $0.maximum - $0.minimum == Double($0.count - 1) } ?? false
        role =
            distinct <= 1
            ? .constant : isRunning && distinct == values.count && values.count >= 20 ? .identifier : .number
    }

    /// A column of texts, of which empty ones and words for a missing value are none.
    init(_ name: String, texts: [String]) {
        var counts: [ExactText: Int] = [:]
        for text in texts { counts[ExactText(text), default: 0] += 1 }
        let reader = FieldReader(TableDialect())
        counts = counts.filter { !reader.isMissing(Array($0.key.text.utf8)[...]) }
        (self.name, values, numbers, distinct) = (name, [], nil, counts.count)
        missing = texts.count - counts.values.reduce(0, +)
        let isUnique = counts.count == texts.count && texts.count >= 20
        role = counts.count <= 1 ? .constant : isUnique ? .identifier : .text
        frequent = Array(
            counts.map { Frequent(text: $0.text, count: $1) }
                .sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(8))
    }
}
