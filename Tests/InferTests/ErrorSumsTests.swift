import Metrics
import Testing

@testable import Infer

/// scikit-learn 1.9's r2_score of the same arrays.
@Test("R² of several outputs is the mean of theirs")
func r2OfSeveralOutputs() throws {
    var sums = ErrorSums()
    let (truth, prediction) = ([1.0, 10, 2, 20, 4, 25], [1.5, 12, 2, 19, 3, 25])
    for index in truth.indices { sums.add(truth[index], prediction[index], output: index % 2) }
    #expect(abs(try #require(sums.r2) - 0.8446428571428571) < 1e-15)
    #expect(abs(sums.meanAbsoluteError - 4.5 / 6) < 1e-15)
    #expect(abs(sums.meanSquaredError - 6.25 / 6) < 1e-15)
    var constant = ErrorSums()
    for value in [1.0, 1] { constant.add(value, 2, output: 0) }
    #expect(constant.r2 == nil)
}

@Test("a score that equals the threshold counts as it was predicted")
func pointOfPredictions() {
    // Of Keras' 0.5 the second class is not predicted.
    let point = ThresholdChoices.Point(
        threshold: 0.5, truth: [1, 1, 0, 0, 1], prediction: [1, 0, 0, 1, 1], positive: 1)
    #expect((point.truePositives, point.falsePositives) == (2, 1))
    #expect((point.falseNegatives, point.trueNegatives) == (1, 1))
    #expect(point.accuracy == 0.6)
}
