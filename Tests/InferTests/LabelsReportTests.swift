import Foundation
import Metrics
import TestSupport
import Testing

@testable import Infer

private func report(_ text: String) throws -> LabelsReport {
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("labels.csv")
        try Data(text.utf8).write(to: file)
        return try LabelsReport(file.path)
    }
}

@Test(
    "columns of labels are found in any position",
    arguments: [
        "truth,prediction\nb,a\na,a\n", "truth,prediction\r\nb,a\r\na,a",
        "\u{FEFF}truth;prediction\nb;a\na;a\n", "id\tprediction\tnote\ttruth\n1\ta\t\tb\n2\ta\t\ta\n",
        "\"truth\",prediction,p\n\"b\",\"a\",0.5\na,a,1\n",
        "prediction,note,truth\na,\"two\nlines, and a comma\",b\na,,a\n",
    ])
func readsLabels(_ text: String) throws {
    let found = try report(text)
    #expect(found.count == 2 && found.accuracy == 0.5)
    #expect(try found.matrix == ConfusionMatrix(LabelPairs(truth: ["b", "a"], prediction: ["a", "a"])))
}

@Test("quotes, blanks and long labels are kept")
func oddLabels() throws {
    let long = String(repeating: "a long name ", count: 9)
    let found = try report("truth,prediction\n\"say \"\"hi\"\"\",\(long)1\n\(long)2,\(long)1\n a,\"1,5\"\n")
    #expect(found.matrix?.classes == [" a", "1,5", "\(long)1", "\(long)2", "say \"hi\""])
}

@Test(
    "the error for a malformed labels file has its place",
    arguments: [
        ("", "empty"), ("truth,predicted\na,b\n", "prediction"),
        ("truth,prediction\n", "expected rows after the first line"),
        ("truth,prediction\na,b\na,\n", "row 2: expected a class"), ("truth,prediction\na,b\na\n", "field"),
        ("truth,prediction\n\"a\nb\",c\n\"a,b\n", "quote"),
        ("truth,prediction\n1,0.25\n", "score or measurement"),
        ("truth,prediction\na,a\nNA,a\n", "1 of 2 rows have no label (2)"),
    ])
func wrongLabels(_ text: String, _ part: String) {
    #expect { try report(text) } throws: { "\($0)".contains(part) && "\($0)".contains("labels.csv") }
}

@Test("more than 2,048 classes have a report without a matrix")
func manyClasses() throws {
    let text = "truth,prediction\n" + (0..<3000).map { "\($0),\($0 % 2999)\n" }.joined()
    let found = try report(text)
    #expect(found.matrix == nil && found.report.rows.count == 3000)
    #expect(found.accuracy == 2999.0 / 3000)
    #expect(found.text.contains("omitted for more than 2048 classes"))
    #expect(found.json["confusion_matrix"] == .null)
}

@Test(
    "a labels file is read in any encoding and dialect",
    arguments: [("truth|prediction\nb|a\na|a\n", "utf16"), ("truth,prediction\rb,a\ra,a\r", "utf8")])
func labelDialects(_ text: String, _ encoding: String) throws {
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("labels.csv")
        try
            (encoding == "utf8"
            ? Data(text.utf8) : Data([0xFF, 0xFE]) + text.data(using: .utf16LittleEndian)!)
            .write(to: file)
        #expect(try LabelsReport(file.path).accuracy == 0.5)
        try (Data("truth,prediction\nb,M".utf8) + [0xFC] + Data("ller\n".utf8)).write(to: file)
        let error = try #require(failure { _ = try LabelsReport(file.path) })
        #expect(error.place.row == 1 && error.place.column == "prediction" && error.category == .badData)
    }
}
