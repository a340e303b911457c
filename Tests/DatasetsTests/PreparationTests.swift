import Base
import Foundation
import Testing

@testable import Datasets

private struct GoldenPreparation: Decodable {
    struct Scaler: Decodable {
        var x, transformed: [[Double]]
        var mean, `var`, scale: [Double]
    }
    struct Encoder: Decodable {
        var labels, classes: [String]
        var codes: [Int]
    }
    var scalers: [Scaler]
    var encoders: [Encoder]
}

@Suite struct PreparationTests {
    @Test func scalesAsScikitLearn() throws {
        let golden = try GoldenFiles.decode("preparation.json", as: GoldenPreparation.self)
        for (number, entry) in golden.scalers.enumerated() {
            let scaler = StandardScaler(fitting: entry.x)
            #expect(close(scaler.mean, entry.mean), "case \(number)")
            #expect(
                zip(scaler.scale, entry.scale).allSatisfy { abs($0 - $1) <= 1e-9 * $1 }, "case \(number)")
            // Which columns count as constant is exact.
            #expect(scaler.scale.map { $0 == 1 } == entry.scale.map { $0 == 1 }, "case \(number)")
            for (found, expected) in zip(scaler.transform(entry.x), entry.transformed) {
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-8 }, "case \(number)")
            }
        }
    }

    @Test func encodesAsScikitLearn() throws {
        let golden = try GoldenFiles.decode("preparation.json", as: GoldenPreparation.self)
        for entry in golden.encoders {
            let found = try LabelColumn(entry.labels).classes()
            #expect(found.names == entry.classes)
            #expect(found.rows.map { Int($0) } == entry.codes)
        }
    }

    @Test func judgesTheBalance() {
        let even = ClassDistribution(classes: ["a", "b"], labels: [0, 0, 1])
        #expect(even.ratio == 2)
        #expect(!even.isImbalanced)
        let uneven = ClassDistribution(classes: ["bad", "good"], labels: [1, 1, 1, 1, 1, 0, 0])
        #expect(uneven.isImbalanced)
        #expect(
            uneven.description == """
                classes:
                  bad   2   28.6 %
                  good  5   71.4 %
                imbalanced: largest to smallest class 2.50, more than 2
                """)
        #expect(ClassDistribution(classes: ["a", "b"], labels: [0]).ratio == .infinity)
    }

    @Test func summary() {
        let summary = DataSummary(
            name: "wine.csv", samples: 3, shape: [2], features: ["pH", "alcohol"],
            classes: ClassDistribution(classes: ["bad", "good"], labels: [0, 1, 1]),
            missing: MissingValues(columns: [.init(name: "pH", count: 0)]))
        #expect(
            summary.description == """
                wine.csv: 3 samples of 2
                features: pH, alcohol
                missing values: none in 1 columns
                classes:
                  bad   1   33.3 %
                  good  2   66.7 %
                balanced: largest to smallest class 2.00
                """)
    }
}
