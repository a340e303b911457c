import Base
import Metrics
import Testing

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
