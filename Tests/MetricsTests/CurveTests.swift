import Base
import Testing

@testable import Metrics

/// scikit-learn's curves of one set of scores.
struct CurveCase: Decodable, CustomStringConvertible {
    let truth: [Int]
    let scores, precision, recall, thresholds, `false`, `true`, at: [Number]
    /// Precision, recall and thresholds with `drop_intermediate`.
    let dropped: [[Number]]
    let averagePrecision, area, threshold, bestF1: Number
    let atThreshold: [String: Number]

    var description: String { "\(truth.count) rows" }
}

@Test("draws scikit-learn's curves", arguments: try golden("curves.json", of: CurveCase.self))
func curves(_ expected: CurveCase) throws {
    let steps = try ThresholdSteps(
        truth: expected.truth.map { $0 == 1 }, scores: expected.scores.map(\.value))
    let curve = try PrecisionRecallCurve(steps)
    #expect(curve.precisions == expected.precision.map(\.value))
    #expect(curve.recalls == expected.recall.map(\.value))
    #expect(curve.thresholds == expected.thresholds.map(\.value))
    #expect(expected.averagePrecision.agrees(with: curve.averagePrecision))
    let dropped = try PrecisionRecallCurve(steps, dropsIntermediate: true)
    #expect(dropped.precisions == expected.dropped[0].map(\.value))
    #expect(dropped.recalls == expected.dropped[1].map(\.value))
    #expect(dropped.thresholds == expected.dropped[2].map(\.value))
    let roc = try ROCCurve(steps)
    #expect(roc.falsePositiveRates == expected.false.map(\.value))
    #expect(roc.truePositiveRates == expected.true.map(\.value))
    #expect(roc.thresholds == expected.at.map(\.value))
    #expect(expected.area.agrees(with: roc.area))

    let choices = try ThresholdChoices(steps)
    let point = choices.point(at: expected.threshold.value)
    let found = [
        "precision": point.precision, "recall": point.recall, "f1": point.f1, "accuracy": point.accuracy,
        "balanced": point.balancedAccuracy, "specificity": point.specificity,
    ]
    for (name, value) in expected.atThreshold {
        #expect(value.agrees(with: try #require(found[name])), "\(name)")
    }
    #expect(expected.bestF1.agrees(with: choices.best(by: \.f1).f1))
    #expect(choices.point(at: 2).truePositives == 0)
    #expect(choices.point(at: -1).trueNegatives == 0)
}

@Test("refuses curves of one class")
func curveErrors() throws {
    let steps = try ThresholdSteps(truth: [true, true], scores: [0.1, 0.2])
    #expect(throws: CellarError.self) { try PrecisionRecallCurve(steps) }
    #expect(throws: CellarError.self) { try ROCCurve(steps) }
    #expect(throws: CellarError.self) { try ThresholdChoices(steps) }
    #expect(throws: CellarError.self) { try ThresholdSteps(truth: [true], scores: [.infinity]) }
    #expect(throws: CellarError.self) { try ThresholdSteps(truth: [], scores: []) }
}

struct CalibrationCase: Decodable, CustomStringConvertible {
    let truth: [Int32]
    let classes, bins: Int
    let logits, top, frequency, mean: [Number]
    let right: [Bool]
    let sizes: [Int]
    let error, maximum, temperature, lossBefore, lossAfter: Number

    var description: String { "\(truth.count) rows of \(classes) classes, \(bins) bins" }
}

@Test(
    "bins probabilities and fits a temperature as scikit-learn",
    arguments: try golden("calibration.json", of: CalibrationCase.self))
func calibration(_ expected: CalibrationCase) throws {
    let found = try Reliability(
        probabilities: expected.top.map(\.value), outcomes: expected.right, bins: expected.bins)
    #expect(found.bins.map(\.rows) == expected.sizes)
    let full = found.bins.filter { $0.rows > 0 }
    #expect(zip(expected.frequency, full).allSatisfy { $0.agrees(with: $1.frequency ?? .nan) })
    #expect(zip(expected.mean, full).allSatisfy { $0.agrees(with: $1.meanProbability ?? .nan) })
    // Sums of differences: a few units in the last place.
    #expect(expected.error.agrees(with: found.expectedError, relative: 1e-13))
    #expect(expected.maximum.agrees(with: found.maximumError, relative: 1e-13))

    let temperature = try Temperature(
        logits: expected.logits.map(\.value), truth: expected.truth, classes: expected.classes)
    // SciPy's search compares values of a flat minimum, which gives half of the digits; the losses agree fully.
    #expect(expected.temperature.agrees(with: temperature.value, relative: 1e-6))
    #expect(expected.lossBefore.agrees(with: temperature.lossBefore, relative: 1e-13))
    #expect(expected.lossAfter.agrees(with: temperature.lossAfter, relative: 1e-13))
    #expect(temperature.lossAfter <= temperature.lossBefore)
}

@Test("refuses rows that determine no temperature")
func calibrationErrors() {
    #expect(throws: CellarError.self) { try Temperature(logits: [0, 1, 1, 0], truth: [1, 0], classes: 2) }
    #expect(throws: CellarError.self) { try Temperature(logits: [0, 1, 1, 0], truth: [0, 1], classes: 2) }
    #expect(throws: CellarError.self) { try Temperature(logits: [0, .nan], truth: [0], classes: 2) }
    #expect(throws: CellarError.self) { try Temperature(logits: [0, 1], truth: [2], classes: 2) }
    #expect(throws: CellarError.self) { try Reliability(probabilities: [1.5], outcomes: [true]) }
    #expect(throws: CellarError.self) { try Reliability(probabilities: [], outcomes: []) }
}

struct WilsonCase: Decodable {
    let hits, rows: Int
    let level: Double
    let lower, upper: Number
}

@Test("gives SciPy's Wilson intervals", arguments: try golden("wilson.json", of: WilsonCase.self))
func wilson(_ expected: WilsonCase) {
    let found = wilsonInterval(expected.hits, of: expected.rows, level: expected.level)
    #expect(
        expected.lower.agrees(with: found.lower, relative: 1e-12)
            || abs(expected.lower.value - found.lower) < 1e-15)
    #expect(expected.upper.agrees(with: found.upper, relative: 1e-12))
}

struct RegressionCase: Decodable {
    let truth, prediction: [Number]
    let absolute, median, maximum, squared, root, r2, explained: Number
}

@Test(
    "measures errors of values as scikit-learn",
    arguments: try golden("regression.json", of: RegressionCase.self))
func regression(_ expected: RegressionCase) throws {
    let found = try RegressionReport(
        truth: expected.truth.map(\.value), prediction: expected.prediction.map(\.value))
    #expect(expected.absolute.agrees(with: found.meanAbsoluteError))
    #expect(expected.median.agrees(with: found.medianAbsoluteError))
    #expect(expected.maximum.agrees(with: found.maximumError))
    #expect(expected.squared.agrees(with: found.meanSquaredError))
    #expect(expected.root.agrees(with: found.rootMeanSquaredError))
    // A difference from 1.
    #expect(expected.r2.agrees(with: found.r2 ?? .nan, relative: 1e-12))
    #expect(expected.explained.agrees(with: found.explainedVariance ?? .nan, relative: 1e-12))
}

@Test("leaves R² out where it is not defined")
func regressionEdges() throws {
    #expect(try RegressionReport(truth: [1], prediction: [2]).r2 == nil)
    #expect(try RegressionReport(truth: [1, 1], prediction: [2, 3]).r2 == nil)
    #expect(try RegressionReport(truth: [1, 1], prediction: [2, 4]).meanAbsoluteError == 2)
    #expect(throws: CellarError.self) { try RegressionReport(truth: [], prediction: []) }
}
