import Base
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Against pandas, NumPy and Matplotlib: see Golden/explore/make_summaries.py.
@Suite("Summaries of columns")
struct ExplorationTests {
    private static func golden() throws -> JSON {
        try JSON(
            parsing: [UInt8](
                Data(contentsOf: URL(fileURLWithPath: GoldenFiles.path("explore/summaries.json")))))
    }

    /// Sums of some hundred numbers, in another order: a few units of the last place.
    private func isNear(_ found: Double, _ wanted: Double?) -> Bool {
        guard let wanted else { return found.isNaN }
        return (found - wanted).magnitude <= 1e-11 * max(1, wanted.magnitude)
    }

    @Test("equal pandas' describe, Matplotlib's whiskers and NumPy's histogram")
    func summaries() throws {
        let columns = try #require(Self.golden()["columns"]?.object)
        #expect(columns.members.count == 9)
        for (name, wanted) in columns.members {
            let values = (wanted["values"]?.array ?? []).map { $0.double ?? .nan }
            let found = try #require(NumberSummary(values))
            let pairs: [(Double, String)] = [
                (found.mean, "mean"), (found.deviation, "std"), (found.minimum, "min"),
                (found.lowQuartile, "25%"),
                (found.median, "50%"), (found.highQuartile, "75%"), (found.maximum, "max"),
            ]
            for (value, key) in pairs {
                #expect(isNear(value, wanted[key]?.double), "\(name) \(key): \(value)")
            }
            #expect(found.count == wanted["count"]?.int && found.missing == wanted["missing"]?.int)
            #expect(found.distinct == wanted["distinct"]?.int)
            #expect(
                [found.lowWhisker, found.highWhisker].map { Optional($0) }
                    == wanted["whiskers"]?.array?.map(\.double))
            #expect(
                found.outliers.map { Optional($0) } == wanted["outliers"]?.array?.map(\.double), "\(name)")
            let edges = (wanted["edges"]?.array ?? []).compactMap(\.double)
            #expect(
                ValueHistogram(values, edges: edges).counts.map { Optional($0) }
                    == wanted["counts"]?.array?.map(\.int))
            #expect(found.histogram.counts.reduce(0, +) == found.count, "\(name): each number is in one bin")
        }
    }

    @Test("have pandas' correlations, and rows repeat as pandas finds them")
    func correlations() throws {
        let golden = try Self.golden()
        let table = try Table(path: Fixtures.data.appendingPathComponent("wine.csv").path)
        let features = Array(table.columns.dropLast())
        let labels = try table.text("quality").map { $0 == "good" ? 1 : 0 }
        let columns = try table.numbers(features) + [labels.map(Double.init)]
        let wanted = try #require(golden["correlations"]?.array)
        let prepared = CorrelatedColumns(columns)
        for (row, first) in columns.enumerated() {
            for (column, second) in columns.enumerated() {
                #expect(isNear(correlation(first, second), wanted[row].array?[column].double))
                #expect(isNear(prepared.correlation(row, column), wanted[row].array?[column].double))
            }
        }
        let keys = rowHashes(of: [try table.samples(features)])
        let repeats = RepeatedRows(keys: keys, labels: labels)
        #expect(repeats.repeated == golden["repeated"]?.int)
        #expect(repeats.conflictingGroups == golden["conflicting_groups"]?.int)
        let texts = try features.map { try table.text($0) }
        #expect(RepeatedRows(keys: textRowKeys(texts, count: table.rowCount), labels: labels) == repeats)
    }

    @Test("of prepared columns are those of each pair, with missing and extreme numbers", arguments: 0..<40)
    func preparedCorrelations(seed: Int) {
        var random = RandomNumbers(seed: seed)
        let rows = 2 + seed * 3 % 50
        // Columns of all sizes, some constant, some with missing numbers, one with an outlier where another has none.
        let columns = (0..<12).map { column in
            let scale = pow(10, Double(column * 7 % 13) - 6)
            return (0..<rows).map { row in
                let drawn = scale * (random.uniform() + Double(row % 3) + Double(column * 1000))
                let number = column == 3 ? 0.1 : drawn
                let isMissing = seed % 2 == 1 && column % 3 == 1 && random.uniform() < 0.4
                return isMissing ? Double.nan : column == 5 && row == 0 ? 1e9 : number
            }
        }
        let prepared = CorrelatedColumns(columns)
        for first in columns.indices {
            for second in columns.indices {
                let (found, wanted) = (
                    prepared.correlation(first, second), correlation(columns[first], columns[second])
                )
                #expect(
                    found.isNaN ? wanted.isNaN : abs(found - wanted) < 1e-9,
                    "\(first) \(second): \(found) \(wanted)")
            }
        }
    }

    @Test("exist for values at the limits, and not without numbers")
    func limits() {
        #expect(NumberSummary([]) == nil && NumberSummary([.nan, .infinity]) == nil)
        let wide = NumberSummary([-1e308, 1e308, 0])
        #expect(wide?.histogram.counts.reduce(0, +) == 3)
        #expect(correlation([1, 1, 1], [1, 2, 3]).isNaN && correlation([1], [2]).isNaN)
        #expect(isNear(correlation([1, .nan, 2, 3], [2, 5, 4, 6]), 1))
        #expect(sharedRows([1, 2, 1, 3], of: [2, 3], in: [0, 1]) == 1)
    }

    @Test("of pictures have sizes, brightness and a few thumbnails of each class")
    func pictures() {
        var pictures = PictureCollection(classes: 2, most: 1)
        pictures.add(
            Samples(shape: [2, 2], bytes: [0, 0, 0, 0, 255, 255, 255, 255, 0, 255, 0, 255]),
            labels: [0, 1, 1])
        #expect(pictures.brightness == [0, 1, 0.5] && pictures.thumbnails.map(\.count) == [1, 1])
        #expect(Set(pictures.keys).count == 3 && pictures.sizes.first?.count == 3)
    }
}
