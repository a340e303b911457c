import Base
import Testing

@testable import Metrics

/// One call of scikit-learn's `classification_report`, and of `confusion_matrix` where there are few classes.
struct ReportCase: Decodable, CustomStringConvertible {
    let truth, prediction: [String]
    let labels: [String]?
    let digits: Int
    let zeroDivision: String
    let text: String
    /// Name, key (empty for `accuracy`) and number, in the order of Python's dict.
    let dict: [Score]
    let matrix: [Int]?
    let normalised: [String: [Number]]?

    struct Score: Decodable {
        let name, key: String
        let number: Number

        init(from decoder: any Decoder) throws {
            var parts = try decoder.unkeyedContainer()
            name = try parts.decode(String.self)
            key = try parts.decode(String.self)
            number = try parts.decode(Number.self)
        }
    }

    var description: String { "\(truth.count) rows, labels \(labels ?? []), \(digits) digits" }

    func report() throws -> ClassificationReport {
        let pairs = try LabelPairs(truth: truth, prediction: prediction)
        let others = (labels ?? []).filter { !pairs.classes.contains($0) }
        let counts = try ClassCounts(
            truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes + others)
        let zero: [String: ClassificationReport.ZeroDivision] = [
            "warn": .warn, "zero": .zero, "one": .one, "nan": .nan,
        ]
        return try ClassificationReport(
            counts, labels: labels?.compactMap { counts.classes.firstIndex(of: $0) },
            zeroDivision: #require(zero[zeroDivision]))
    }
}

@Test("prints scikit-learn's report to the byte", arguments: try golden("reports.json", of: ReportCase.self))
func reportText(_ expected: ReportCase) throws {
    let found = try expected.report().text(digits: expected.digits)
    #expect(Array(found.utf8) == Array(expected.text.utf8), "\(found)\n\(expected.text)")
}

@Test("has scikit-learn's output_dict as JSON", arguments: try golden("reports.json", of: ReportCase.self))
func reportJSON(_ expected: ReportCase) throws {
    let members = try #require(try expected.report().json.object).members
    var found: [(name: String, key: String, number: Double)] = []
    for (name, value) in members {
        if let number = value.double { found.append((name, "", number)) }
        for (key, score) in value.object?.members ?? [] {
            found.append((name, key, try #require(score.double)))
        }
    }
    #expect(found.map(\.name) == expected.dict.map(\.name))
    #expect(found.map(\.key) == expected.dict.map(\.key))
    for (ours, theirs) in zip(found, expected.dict) {
        #expect(theirs.number.agrees(with: ours.number), "\(ours), \(theirs.number)")
    }
}

@Test("counts scikit-learn's confusion matrix", arguments: try golden("reports.json", of: ReportCase.self))
func confusionMatrix(_ expected: ReportCase) throws {
    guard let counts = expected.matrix, let normalised = expected.normalised else { return }
    let matrix = try ConfusionMatrix(LabelPairs(truth: expected.truth, prediction: expected.prediction))
    #expect(matrix.counts == counts)
    for (name, shares) in normalised {
        let by = try #require(ConfusionMatrix.Normalisation(rawValue: name))
        let found = matrix.normalised(by: by)
        #expect(found.count == shares.count)
        #expect(zip(shares, found).allSatisfy { $0.agrees(with: $1) }, "\(name): \(found), \(shares)")
    }
}

@Test("says which classes made a score 0")
func zeroDivisionWarnings() throws {
    let counts = try ClassCounts(
        truth: [0, 1, 1] as [Int32], prediction: [0, 0, 0], classes: ["a", "b", "c"])
    #expect(
        try ClassificationReport(counts).warnings == [
            "Precision is set to 0 for a class without predictions: 'b'."
        ])
    #expect(try ClassificationReport(counts, labels: [0, 1, 2]).warnings.count == 3)
    #expect(try ClassificationReport(counts, zeroDivision: .one).warnings.isEmpty)
}

@Test("refuses what cannot be reported")
func reportErrors() throws {
    let counts = try ClassCounts(truth: [0] as [UInt8], prediction: [0], classes: ["a"])
    #expect(throws: CellarError.self) { try ClassificationReport(counts, labels: [1]) }
    #expect(throws: CellarError.self) { try ClassificationReport(counts, labels: []) }
    #expect(throws: CellarError.self) { try LabelPairs(truth: ["a"], prediction: []) }
    #expect(throws: CellarError.self) { try LabelPairs(truth: [], prediction: []) }
    #expect(
        throws: CellarError(
            .badData, "Row 2: the prediction is class number 7, but the 2 classes are numbered 0 to 1.")
    ) {
        try ConfusionMatrix(truth: [0, 1] as [Int32], prediction: [0, 7], classes: ["a", "b"])
    }
    #expect(throws: CellarError.self) {
        try ClassCounts(truth: [-1], prediction: [0] as [Int32], classes: (0..<300).map { "\($0)" })
    }
    #expect(throws: CellarError.self) {
        try ConfusionMatrix(truth: [0] as [Int32], prediction: [0], classes: (0..<3_000).map { "\($0)" })
    }
}
