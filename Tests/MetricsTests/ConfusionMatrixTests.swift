import Base
import Testing

@testable import Metrics

private let matrix = try? ConfusionMatrix(
    truth: [0, 0, 0, 1, 1, 2] as [UInt8], prediction: [0, 0, 1, 1, 0, 2],
    classes: ["bad", "very good", "x,\"y\""])

@Test("prints a table of the counts")
func matrixText() throws {
    #expect(
        try #require(matrix).text() == """
            truth \\ predicted  bad  very good  x,"y"
            bad                  2          1      0
            very good            1          1      0
            x,"y"                0          0      1

            """)
}

@Test("prints a table of shares")
func matrixShares() throws {
    #expect(
        try #require(matrix).text(normalised: .truth, digits: 2) == """
            truth \\ predicted   bad  very good  x,"y"
            bad                0.67       0.33   0.00
            very good          0.50       0.50   0.00
            x,"y"              0.00       0.00   1.00

            """)
}

@Test("writes CSV with the predicted classes as its header")
func matrixCSV() throws {
    #expect(
        try #require(matrix).csv() == #"""
            truth,bad,very good,"x,""y"""
            bad,2,1,0
            very good,1,1,0
            "x,""y""",0,0,1

            """#)
    #expect(
        try #require(matrix).csv(normalised: .prediction).hasPrefix(
            "truth,bad,very good,\"x,\"\"y\"\"\"\nbad,0.6666666666666666,0.5,0.0\n"))
}

@Test("is an object of classes and rows as JSON")
func matrixJSON() throws {
    #expect(
        try #require(matrix).json() == [
            "classes": ["bad", "very good", "x,\"y\""], "matrix": [[2, 1, 0], [1, 1, 0], [0, 0, 1]],
        ])
}

@Test("a class name cannot send commands to the terminal")
func matrixControlCharacters() throws {
    let matrix = try ConfusionMatrix(truth: [0] as [UInt8], prediction: [0], classes: ["\u{1B}[2Jx"])
    #expect(!matrix.text().contains("\u{1B}"))
}

@Test("of more classes than anybody reads cell by cell, the text has the most frequent confusions")
func confusionsOfManyClasses() throws {
    let classes = (0..<120).map { "class \($0)" }
    // Class 7 is taken for 9 three times of four, class 1 for 2 and 2 for 1 once of two.
    let truth: [Int32] = [7, 7, 7, 7, 1, 1, 2, 2, 50]
    let prediction: [Int32] = [9, 9, 7, 9, 2, 1, 1, 2, 50]
    let matrix = try ConfusionMatrix(truth: truth, prediction: prediction, classes: classes)
    #expect(
        matrix.text() == """
            120 classes; the most frequent confusions (--json has all of the matrix):

            truth    predicted  rows  share of truth
            class 7  class 9       3           0.750
            class 1  class 2       1           0.500
            class 2  class 1       1           0.500

            """)
    #expect(matrix.mostConfused(1).map(\.prediction) == ["class 9"])
    // The forms for programs stay whole.
    #expect(matrix.csv().split(separator: "\n").count == 121)
    var weighted = matrix
    weighted.sums = matrix.counts.map(Double.init)
    weighted.sums?[2 * 120 + 1] = 9.5
    #expect(
        weighted.mostConfused(1) == [
            .init(truth: "class 2", prediction: "class 1", rows: "9.5", share: 9.5 / 10.5)
        ])
}
