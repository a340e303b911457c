import Metrics
import Testing

private func read(_ text: String) throws(MetricsError) -> LabelPairs {
    try LabelPairs(csv: Array(text.utf8), file: "labels.csv")
}

@Test(
    "reads the two columns wherever they stand",
    arguments: [
        "truth,prediction\nb,a\na,a\n", "truth,prediction\r\nb,a\r\na,a",
        "\u{FEFF}truth;prediction\nb;a\na;a\n\n",
        "id\tprediction\tnote\ttruth\n1\ta\t\tb\n2\ta\t\ta\n",
        "\n\"truth\", prediction ,p\n\"b\",\"a\",0.5\n\na,a,1\n",
        "prediction,note,truth\na,\"two\nlines, and a comma\",b\na,,a\n", "truth,prediction\rb,a\ra,a\r",
    ])
func readsCSV(_ text: String) throws {
    let pairs = try read(text)
    #expect(pairs.classes == ["a", "b"])
    #expect(pairs.truth == [1, 0])
    #expect(pairs.prediction == [0, 0])
    #expect(pairs == (try LabelPairs(truth: ["b", "a"], prediction: ["a", "a"])))
}

@Test("keeps quotes, blanks and long names of labels")
func readsOddLabels() throws {
    let long = String(repeating: "a long name ", count: 9)
    let pairs = try read("truth,prediction\n\"say \"\"hi\"\"\",\(long)1\n\(long)2,\(long)1\n a,\"1,5\"\n")
    #expect(pairs.classes == [" a", "1,5", "\(long)1", "\(long)2", "say \"hi\""])
    #expect(pairs.truth == [4, 3, 0])
    #expect(pairs.prediction == [2, 2, 1])
}

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

@Test(
    "names the place of what is wrong",
    arguments: [
        (
            "",
            "labels.csv: line 1: The file is empty; a header with the columns 'truth' and 'prediction' was expected."
        ),
        (
            "truth,predicted\na,b\n",
            "labels.csv: line 1: The header has no column 'prediction'; it has 'truth', 'predicted'."
        ),
        ("truth,prediction\n", "labels.csv: There is no row below the header."),
        (
            String(repeating: "a,", count: 70_000),
            "labels.csv: line 1: The header has more than 65536 columns, which no table of labels needs."
        ),
        (
            "truth,prediction\na,b\n\na\n",
            "labels.csv: line 4: The row has 1 field, at least 2 were expected."
        ),
        ("truth,prediction\na,b\na,\n", "labels.csv: line 3: column 'prediction': The label is missing."),
        ("truth,prediction\n\"a\nb\",c\n\"a,b\n", "labels.csv: line 4: A quote is opened and never closed."),
        ("truth,prediction\n\"a\"b,c\n", "labels.csv: line 2: Text follows a field's closing quote."),
        (
            "truth,prediction\n1,0.25\n",
            "labels.csv: '0.25' is a measured number, not a class. A report needs class labels; turn scores into "
                + "classes first."
        ),
    ])
func readErrors(_ text: String, _ message: String) {
    #expect { try read(text) } throws: { "\($0)" == message }
}

@Test("refuses labels that are not UTF-8")
func notUTF8() {
    #expect(throws: MetricsError("A label is not UTF-8 text. Save the labels as UTF-8.", file: "x")) {
        try LabelPairs(csv: Array("truth,prediction\n".utf8) + [0xFF, 0x2C, 0x61], file: "x")
    }
}
