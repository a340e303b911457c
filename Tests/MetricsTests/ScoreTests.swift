import Base
import Foundation
import Metrics
import Testing

/// scikit-learn's scores of one set of rows.
struct ScoreCase: Decodable, CustomStringConvertible {
    let truth, prediction: [Int32]
    let classes: Int
    /// [rows, classes]; where there are two classes, only the second column is in the file.
    let probabilities, secondOfTwo: [Number]?
    let logLoss, brier, accuracy, squaredError: Number
    let binaryLogLoss, binaryBrier, area: Number?
    /// False positive rates, true positive rates, thresholds.
    let curve: [[Number]]?

    var description: String { "\(truth.count) rows of \(classes) classes" }

    var table: [Double] {
        probabilities?.map(\.value) ?? (secondOfTwo ?? []).flatMap { [1 - $0.value, $0.value] }
    }
}

@Test("scores as scikit-learn does", arguments: try golden("scores.json", of: ScoreCase.self))
func scores(_ expected: ScoreCase) throws {
    let (truth, table, classes) = (expected.truth, expected.table, expected.classes)
    // The logarithms of the two libraries may differ in the last bit.
    #expect(
        expected.logLoss.agrees(
            with: try logLoss(truth: truth, probabilities: table, classes: classes), relative: 1e-15))
    #expect(expected.brier.agrees(with: try brierScore(truth: truth, probabilities: table, classes: classes)))
    #expect(expected.accuracy.agrees(with: try accuracy(truth: truth, prediction: expected.prediction)))
    let first = truth.indices.map { table[$0 * classes] }
    #expect(
        expected.squaredError.agrees(
            with: try meanSquaredError(truth: truth.map(Double.init), prediction: first)))

    guard let area = expected.area, let second = expected.secondOfTwo?.map(\.value) else { return }
    #expect(
        try #require(expected.binaryLogLoss).agrees(
            with: try logLoss(truth: truth, probabilities: second, classes: 2)))
    #expect(
        try #require(expected.binaryBrier).agrees(
            with: try brierScore(truth: truth, probabilities: second, classes: 2)))
    let curve = try ROCCurve(truth: truth.map { $0 == 1 }, scores: second)
    #expect(area.agrees(with: curve.area), "\(area) \(curve.area)")
    if let points = expected.curve {
        #expect(points[0].map(\.value) == curve.falsePositiveRates)
        #expect(points[1].map(\.value) == curve.truePositiveRates)
        #expect(points[2].map(\.value) == curve.thresholds)
    }
}

@Test("refuses scores without meaning")
func scoreErrors() {
    #expect(throws: CellarError(.badData, "Row 2: 1.5 is not a probability (0 to 1).")) {
        try logLoss(truth: [0, 1], probabilities: [0.5, 1.5], classes: 2)
    }
    #expect(throws: CellarError.self) {
        try brierScore(truth: [0, 1], probabilities: [0.5, .nan], classes: 2)
    }
    #expect(throws: CellarError.self) {
        try logLoss(truth: [0, 3], probabilities: [1, 0, 0, 0, 1, 0], classes: 3)
    }
    #expect(throws: CellarError.self) { try logLoss(truth: [0, 1], probabilities: [1, 0, 0], classes: 3) }
    #expect(throws: CellarError.self) { try logLoss(truth: [], probabilities: [], classes: 2) }
    #expect(throws: CellarError.self) { try ROCCurve(truth: [true, true], scores: [0.1, 0.2]) }
    #expect(throws: CellarError.self) { try ROCCurve(truth: [true, false], scores: [0.1, .nan]) }
    #expect(throws: CellarError.self) { try meanSquaredError(truth: [1], prediction: []) }
}

struct PairedCase: Decodable {
    let first, second: Int
    let pValue: Number
}

@Test("McNemar's exact test gives SciPy's p-value", arguments: try golden("paired.json", of: PairedCase.self))
func pairedComparison(_ expected: PairedCase) throws {
    // First only, second only, then three rows that both have right and one that both have wrong.
    let ones = { (count: Int) in [Int32](repeating: 1, count: count) }
    let zeros = { (count: Int) in [Int32](repeating: 0, count: count) }
    let comparison = try PairedComparison(
        truth: ones(expected.first + expected.second + 4),
        first: ones(expected.first) + zeros(expected.second) + ones(3) + zeros(1),
        second: zeros(expected.first) + ones(expected.second) + ones(3) + zeros(1))
    #expect(comparison.onlyFirstRight == expected.first)
    #expect(comparison.onlySecondRight == expected.second)
    #expect(comparison.bothRight == 3)
    #expect(comparison.bothWrong == 1)
    #expect(
        comparison.accuracyDifference
            == Double(expected.second - expected.first) / Double(expected.first + expected.second + 4))
    #expect(
        expected.pValue.agrees(with: comparison.pValue, relative: 1e-12),
        "\(comparison.pValue) \(expected.pValue)")
}
