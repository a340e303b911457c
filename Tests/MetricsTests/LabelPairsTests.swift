import Base
import Metrics
import Testing

@Test("numbers classes by value, takes 3 and 3.0 for one, and leaves padded codes alone")
func ordersNumbers() throws {
    #expect(try LabelPairs(truth: ["10", "9"], prediction: ["-1", "9"]).classes == ["-1", "9", "10"])
    let mixed = try LabelPairs(truth: ["3", "1"], prediction: ["3.0", "0.0"])
    #expect(mixed.classes == ["0.0", "1.0", "3.0"])
    #expect(mixed.truth == [2, 1])
    #expect(mixed.prediction == [2, 0])
    #expect(
        try LabelPairs(truth: ["007", "7"], prediction: ["10", "-"]).classes == ["-", "007", "10", "7"])
    #expect(try LabelPairs(truth: ["0", "b"], prediction: ["B", "é"]).classes == ["0", "B", "b", "é"])
}

@Test("tells many labels apart")
func manyLabels() throws {
    // Enough to make the table grow several times, of one byte up to more than eight.
    let names = (0..<5_000).map { "\($0 * $0 * $0)x" }
    let pairs = try LabelPairs(truth: names, prediction: names.reversed())
    #expect(pairs.classes.count == names.count)
    #expect(pairs.truth.map { pairs.classes[Int($0)] } == names)
    #expect(pairs.prediction.map { pairs.classes[Int($0)] } == names.reversed())
}

@Test("row by row they are the same pairs; what is no UTF-8 is an error")
func labelsRowByRow() throws {
    var rows = LabelRows()
    for (truth, prediction) in [("b", "a"), ("a", "a")] {
        rows.add(truth: truth.utf8.span)
        rows.add(prediction: prediction.utf8.span)
    }
    #expect(try rows.pairs() == LabelPairs(truth: ["b", "a"], prediction: ["a", "a"]))
    #expect(throws: CellarError.self) { try LabelPairs(truth: ["1"], prediction: ["0.25"]) }
    rows.add(truth: [0xFF].span)
    rows.add(prediction: [97].span)
    #expect(throws: CellarError(.badData, "A label is not valid UTF-8.", remedy: "Save the labels as UTF-8."))
    {
        try rows.pairs()
    }
}
