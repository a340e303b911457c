import Base
import Metrics
import Testing

@Test("numbers are compared by value, and texts by code point")
func ordersNumbers() throws {
    #expect(try LabelPairs(truth: ["10", "9"], prediction: ["-1", "9"]).classes == ["-1", "9", "10"])
    let mixed = try LabelPairs(truth: ["3", "1"], prediction: ["3.0", "0.0"])
    #expect(mixed.classes == ["0.0", "1.0", "3.0"])
    #expect(mixed.truth == [2, 1])
    #expect(mixed.prediction == [2, 0])
    #expect(try LabelPairs(truth: ["007", "7"], prediction: ["10", "+7"]).classes == ["7", "10"])
    #expect(
        try LabelPairs(truth: ["007", "-"], prediction: ["10", "7"].map { $0 + "x" }).classes
            == ["-", "007", "10x", "7x"])
    #expect(try LabelPairs(truth: ["0", "b"], prediction: ["B", "é"]).classes == ["0", "B", "b", "é"])
    // scikit-learn refuses a column of numbers with a column of texts.
    #expect(throws: CellarError.self) { try LabelPairs(truth: ["1", "2"], prediction: ["1", "x"]) }
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

@Test("measurements and texts that are not UTF-8 are errors")
func refusedLabels() throws {
    #expect(throws: CellarError.self) { try LabelPairs(truth: ["1"], prediction: ["0.25"]) }
    var (truth, prediction) = (LabelColumn(["b"]), LabelColumn(["a"]))
    truth.add([0xFF].span)
    prediction.add([97].span)
    #expect { try LabelPairs(truth: truth, prediction: prediction) } throws: { "\($0)".contains("UTF-8") }
}

@Test("rows without a label are an error with their number and places")
func missingLabels() throws {
    #expect {
        try LabelPairs(truth: ["a", "NA", "b", ""], prediction: ["a", "a", "b", "b"])
    } throws: {
        "\($0)".contains("the missing value NA; 2 of 4 rows have no label (2, 4)")
    }
}
