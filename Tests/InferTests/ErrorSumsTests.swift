import Base
import Foundation
import Metrics
import TestSupport
import Testing

@testable import Infer

/// The sums are in double in both, so that only the order of additions differs: 1e-12 of the value.
@Test("R² of several outputs is the mean of theirs, as scikit-learn's (make_r2.py)")
func r2OfSeveralOutputs() throws {
    let file = Fixtures.repository.appendingPathComponent("Tests/InferTests/Golden/r2.json")
    let cases = try #require(JSON(parsing: [UInt8](Data(contentsOf: file))).array)
    #expect(cases.count == 4)
    for entry in cases {
        let width = try #require(entry["width"]?.double.map { Int($0) })
        func numbers(_ key: String) -> [Double] { (entry[key]?.array ?? []).compactMap(\.double) }
        let (truth, prediction) = (numbers("truth"), numbers("prediction"))
        #expect(truth.count == 40 * width && prediction.count == truth.count)
        var sums = ErrorSums()
        for index in truth.indices { sums.add(truth[index], prediction[index], output: index % width) }
        for (found, key) in [
            (try #require(sums.r2), "r2"), (sums.meanAbsoluteError, "mae"), (sums.meanSquaredError, "mse"),
        ] {
            let expected = try #require(entry[key]?.double)
            #expect(abs(found - expected) <= 1e-12 * max(abs(expected), 1), "\(key) of \(width)")
        }
    }
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
