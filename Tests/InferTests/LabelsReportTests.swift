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
    #expect(found.matrix.classes == [" a", "1,5", "\(long)1", "\(long)2", "say \"hi\""])
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
