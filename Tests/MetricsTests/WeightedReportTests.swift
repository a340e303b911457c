import Base
import Testing

@testable import Metrics

/// scikit-learn's `classification_report` and `confusion_matrix` of rows with weights.
struct WeightedCase: Decodable, CustomStringConvertible {
    let truth, prediction: [String]
    let weights: [Number]
    let labels: [String]?
    let digits: Int
    let zeroDivision, text: String
    let dict: [ReportCase.Score]
    let accuracy: Number
    let matrix: [Number]
    let normalised: [String: [Number]]

    var description: String { "\(truth.count) rows, labels \(labels ?? []), \(digits) digits" }
}

/// The same of rows that may have several labels.
struct LabelSetsCase: Decodable, CustomStringConvertible {
    let names: [String]
    let truth, prediction: [Int]
    let weights: [Number]?
    let labels: [Int]
    let digits: Int
    let zeroDivision, text: String
    let dict: [ReportCase.Score]
    let matrices: [Number]
    let accuracy, hamming: Number

    var description: String { "\(truth.count / names.count) rows of \(names.count) labels" }
}

private let zeroDivisions: [String: ClassificationReport.ZeroDivision] = [
    "warn": .warn, "zero": .zero, "one": .one, "nan": .nan,
]

private func expectSame(_ json: JSON, _ dict: [ReportCase.Score]) throws {
    var found: [(name: String, key: String, number: Double)] = []
    for (name, value) in try #require(json.object).members {
        if let number = value.double { found.append((name, "", number)) }
        for (key, score) in value.object?.members ?? [] {
            found.append((name, key, try #require(score.double)))
        }
    }
    #expect(found.map(\.name) == dict.map(\.name))
    #expect(found.map(\.key) == dict.map(\.key))
    for (ours, theirs) in zip(found, dict) {
        #expect(theirs.number.agrees(with: ours.number), "\(ours), \(theirs.number)")
    }
}

@Test(
    "reports rows with weights as scikit-learn", arguments: try golden("weighted.json", of: WeightedCase.self)
)
func weightedReport(_ expected: WeightedCase) throws {
    let pairs = try LabelPairs(truth: expected.truth, prediction: expected.prediction)
    let weights = expected.weights.map(\.value)
    let totals = try ClassTotals(pairs, weights: weights)
    let chosen = expected.labels?.compactMap { pairs.classes.firstIndex(of: $0) }
    let report = try ClassificationReport(
        totals, labels: chosen, zeroDivision: #require(zeroDivisions[expected.zeroDivision]))
    #expect(report.text(digits: expected.digits) == expected.text)
    try expectSame(report.json, expected.dict)
    #expect(expected.accuracy.agrees(with: totals.accuracy))
    let whole = try ConfusionMatrix(pairs, weights: weights)
    let matrix = chosen.map(whole.selecting) ?? whole
    let sums = try #require(matrix.sums)
    #expect(zip(expected.matrix, sums).allSatisfy { $0.agrees(with: $1) })
    for (name, shares) in expected.normalised {
        let found = matrix.normalised(by: try #require(ConfusionMatrix.Normalisation(rawValue: name)))
        #expect(found.count == shares.count)
        #expect(zip(shares, found).allSatisfy { $0.agrees(with: $1) }, "\(name)")
    }
}

@Test(
    "reports several labels per row as scikit-learn",
    arguments: try golden("multilabel.json", of: LabelSetsCase.self))
func labelSetsReport(_ expected: LabelSetsCase) throws {
    let sets = try LabelSets(
        labels: expected.names, truth: expected.truth.map { $0 == 1 },
        prediction: expected.prediction.map { $0 == 1 }, weights: expected.weights?.map(\.value))
    let report = try ClassificationReport(
        sets.selecting(expected.labels), zeroDivision: #require(zeroDivisions[expected.zeroDivision]))
    #expect(report.text(digits: expected.digits) == expected.text)
    try expectSame(report.json, expected.dict)
    #expect(expected.accuracy.agrees(with: sets.subsetAccuracy))
    #expect(expected.hamming.agrees(with: sets.hammingLoss, relative: 1e-14))
    let counts = try sets.counts().flatMap {
        [$0.trueNegatives, $0.falsePositives, $0.falseNegatives, $0.truePositives]
    }
    // A difference of sums that is 0 in exact arithmetic may leave a trace of rounding, in either program.
    #expect(
        zip(expected.matrices, counts).allSatisfy {
            $0.agrees(with: $1, relative: 1e-12) || abs($0.value - $1) < 1e-12
        })
}

@Test("refuses weights that are none")
func weightErrors() throws {
    let pairs = try LabelPairs(truth: ["a", "b"], prediction: ["a", "a"])
    for weights in [[1], [1, -1], [1, .nan], [1, .infinity], [0, 0]] {
        #expect(throws: CellarError.self) { try ClassTotals(pairs, weights: weights) }
        #expect(throws: CellarError.self) { try ConfusionMatrix(pairs, weights: weights) }
    }
    #expect(throws: CellarError.self) { try LabelSets(labels: ["a"], truth: [], prediction: []) }
    #expect(throws: CellarError.self) {
        try LabelSets(labels: ["a", "b"], truth: [true], prediction: [true])
    }
}
