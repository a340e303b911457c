import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// All rows of a text, read through a file in blocks of that size.
private func rows(
    _ text: String, numbers: [String], texts: [String] = [], block: Int = 64
) throws -> [(row: String, numbers: [Float], texts: [String])] {
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("table.csv")
        try Data(text.utf8).write(to: file)
        var reader = try CSVReader(path: file.path, block: block)
        try reader.select(numbers: numbers, texts: texts)
        var chunk = CSVChunk()
        var rows: [(row: String, numbers: [Float], texts: [String])] = []
        while try reader.read(into: &chunk) {
            #expect(chunk.firstRow == rows.count + 1)
            for index in 0..<chunk.count {
                let values = chunk.numbers[index * chunk.columns..<(index + 1) * chunk.columns]
                let texts = texts.indices.map { chunk.text(index, column: $0) }
                rows.append((String(decoding: chunk.row(index), as: UTF8.self), Array(values), texts))
            }
        }
        return rows
    }
}

@Suite struct CSVReaderTests {
    @Test("is the same for any size of block", arguments: [4, 5, 7, 16, 33, 1 << 16])
    func blocks(block: Int) throws {
        let text =
            "\u{FEFF}name,  my number ,other,\"x, y\"\r\n\"a \"\"b\"\", c\",1.5,k,2\r\n\r\n\"two\nlines\",-2e3,,\"3\"\n  \nz, 4 ,\"q\",0.25"
        let found = try rows(text, numbers: ["x, y", "my number"], texts: ["name"], block: block)
        #expect(found.map(\.numbers) == [[2, 1.5], [3, -2000], [0.25, 4]])
        #expect(found.map(\.texts) == [["a \"b\", c"], ["two\nlines"], ["z"]])
        #expect(
            found.map(\.row) == [
                "\"a \"\"b\"\", c\",1.5,k,2", "\"two\nlines\",-2e3,,\"3\"", "z, 4 ,\"q\",0.25",
            ])
    }

    @Test("finds the delimiter", arguments: [",", ";", "\t"])
    func delimiters(delimiter: String) throws {
        let others = [",", ";", "\t"].filter { $0 != delimiter }.joined()
        let text = "a\(delimiter)\"b\(others)\(others)\(others)\"\(delimiter)c\n1\(delimiter)2\(delimiter)3\n"
        #expect(try rows(text, numbers: ["c", "a"]).map(\.numbers) == [[3, 1]])
    }

    @Test func oneColumn() throws {
        let found = try rows("pH\n3.1\n\n3.2", numbers: ["ph"])
        #expect(found.map(\.numbers) == [[3.1], [3.2]])
    }

    @Test func prefersTheExactName() throws {
        #expect(try rows("ph,pH\n1,2\n", numbers: ["pH"]).map(\.numbers) == [[2]])
        #expect(throws: CellarError.self) { try rows("ph,pH\n1,2\n", numbers: ["PH"]) }
    }

    @Test("crosses from block to block at each byte")
    func manyRows() throws {
        var text = "id,value\n"
        for row in 0..<5000 { text += "\(row),\(Double(row) / 8)\r\n" }
        let found = try rows(text, numbers: ["value", "id"], block: 61)
        #expect(found.count == 5000)
        #expect(found.indices.allSatisfy { found[$0].numbers == [Float($0) / 8, Float($0)] })
        #expect(found[4999].row == "4999,624.875")
    }

    @Test(
        "names the row, the line and the column",
        arguments: [
            ("a,b\n1,2\n3\n", "line 3: row 2: expected 2 fields, as in the first line, found 1."),
            ("a,b\n1,2\n3,4,5\n", "line 3: row 2: expected 2 fields, as in the first line, found 3."),
            ("a,b\n1,2,\n", "line 2: row 1: expected 2 fields, as in the first line, found 3."),
            ("a,b\nx,2,3\n", "line 2: row 1: expected 2 fields, as in the first line, found 3."),
            ("a,b\n1,2\n\nx,3\n", "line 4: column 'a': row 2: expected a number, found \"x\"."),
            ("a,b\n\"1\",2\n1,\n", "line 3: column 'b': row 2: expected a number, found an empty field."),
            (
                "a,b\n1,NaN\n",
                "line 2: column 'b': row 1: expected a number, found the missing value \"NaN\"."
            ),
            ("a,b\n1,-inf\n", "line 2: column 'b': row 1: expected a finite number, found \"-inf\"."),
            (
                "a,b\n1,1e39\n",
                "line 2: column 'b': row 1: expected a number within the range of the type, found \"1e39\"."
            ),
            (
                "a,b,c\n1,2,\"p\nq\"\n1,y,\"\"",
                "line 4: column 'b': row 2: expected a number, found \"y\"."
            ),
            ("a;b\n1;2,5\n", "Write decimals with a point."),
            ("a,b\n1,\"2\nno end\n", "line 2: column 'b': row 1: expected a closing quote"),
            ("a,b\n1,\"2\"x\n", "line 2: column 'b': row 1: expected a delimiter after the closing quote"),
            ("a,b\n", "expected rows after the first line, found none"),
            ("a,b\n\n  \n", "expected rows after the first line, found none"), ("", "found an empty file"),
            ("\n\n", "found only blank lines"),
            ("a,a,b\n1,2,3\n", "column 'a': expected unique column names"),
            ("a,bb c\n1,2\n", "column 'b': expected a column with that name, found only \"a\", \"bb c\""),
        ])
    func errors(text: String, message: String) throws {
        for block in [4, 1 << 16] {
            do {
                _ = try rows(text, numbers: ["a", "b"], block: block)
                Issue.record("no error")
            } catch let error as CellarError {
                #expect(error.description.contains(message), "\(error)")
                #expect(error.description.contains("table.csv"))
            }
        }
    }

    @Test func suggestsTheNearestName() throws {
        do {
            _ = try rows("alcohol,pH\n1,2\n", numbers: ["alcool"])
            Issue.record("no error")
        } catch let error as CellarError {
            #expect(error.remedy == "Did you mean \"alcohol\"?")
        }
    }

    @Test func missingFileAndFolder() throws {
        try Fixtures.temporaryFolder { folder in
            let none = folder.appendingPathComponent("none.csv").path
            #expect(failure { () throws(CellarError) in try Table(path: none) }?.category == .noInput)
            #expect(failure { () throws(CellarError) in try Table(path: folder.path) }?.category == .noInput)
        }
    }

    @Test(
        "knows what is no table",
        arguments: [
            ([0xFF, 0xFE, 97, 0], "UTF-16"), ([0x1F, 0x8B, 8, 0], "gzip"), ([0x89, 0x50, 0x4E, 0x47], "PNG"),
            ([97, 44, 0, 0, 10], "binary"), ([97, 44, 0xFF, 0xFE, 10, 49, 44, 49], "UTF-8"),
        ] as [([UInt8], String)])
    func otherFormats(bytes: [UInt8], word: String) throws {
        let error = try #require(failure { () throws(CellarError) in try Table(bytes: bytes, name: "x") })
        #expect(error.description.contains(word))
    }

    @Test func readsAPipe() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a,b\n1,2\n3,".utf8))
        var reader = try CSVReader(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "pipe")
        try reader.select(numbers: ["b"])
        var chunk = CSVChunk()
        // The first row comes while the other is still on its way.
        #expect(try reader.read(into: &chunk))
        #expect(chunk.count == 1)
        #expect(chunk.numbers.first == 2)
        pipe.fileHandleForWriting.write(Data("4".utf8))
        try pipe.fileHandleForWriting.close()
        #expect(try reader.read(into: &chunk))
        #expect(chunk.firstRow == 2)
        #expect(chunk.numbers.first == 4)
        #expect(try !reader.read(into: &chunk))
    }
}

@Suite struct TableTests {
    @Test func realWine() throws {
        let table = try Table(path: Fixtures.data.appendingPathComponent("wine.csv").path)
        #expect(table.rowCount == 1599)
        #expect(table.columns.count == 12)
        #expect(try table.numbers("alcohol").prefix(3) == [9.4, 9.8, 9.8])
        #expect(try table.text("quality").prefix(4) == ["bad", "bad", "bad", "good"])
        #expect(try table.missingValues().total == 0)
        let samples = try table.samples(["pH", "fixed acidity"])
        #expect(samples.shape == [2])
        #expect(samples.count == 1599)
        guard case .floats(let values) = samples.storage else {
            Issue.record("no floats")
            return
        }
        #expect(values.prefix(2) == [3.51, 7.4])
        let error = try #require(failure { () throws(CellarError) in try table.numbers("quality") })
        #expect((error.place.row, error.place.line, error.place.column) == (1, 2, "quality"))
    }

    @Test func countsMissingValues() throws {
        let text = "a,b,c\n1,,x\nNA,?,null\nNaN,3, \n4,\"\",n/a\n"
        let table = try Table(bytes: Array(text.utf8), name: "gaps")
        let missing = try table.missingValues()
        #expect(missing.columns.map(\.count) == [2, 3, 3])
        #expect(missing.description == "missing values: 8\n  a  2\n  b  3\n  c  3")
        let column = try table.numbersOrNaN(["a"])[0]
        #expect(column[0] == 1 && column[1].isNaN && column[2].isNaN && column[3] == 4)
        #expect(failure { () throws(CellarError) in try table.numbers("a") }?.place.row == 2)
    }

    @Test func keepsPlacesBeyondOneBlockOfRows() throws {
        var text = "n,t\n"
        for row in 0..<10_000 { text += "\(row),\"t\(row)\"\n" }
        let table = try Table(bytes: Array(text.utf8), name: "long")
        #expect(try table.numbers("n") == (0..<10_000).map(Double.init))
        #expect(try table.text("t") == (0..<10_000).map { "t\($0)" })
        let bad = try Table(bytes: Array((text + "x,1\n").utf8), name: "long")
        let error = try #require(failure { () throws(CellarError) in try bad.numbers("n") })
        #expect((error.place.row, error.place.line) == (10_001, 10_002))
    }

    @Test func survivesAnyBytes() {
        // Noise of the bytes that matter: it must end in rows or in an error, and in the same for each block size.
        var random = MersenneTwister(seed: 3)
        let alphabet = Array("a1.,\"\n\r; \t-e\u{e9}".utf8)
        var good = 0
        for _ in 0..<3000 {
            let noise = (0..<random.draw(through: 60)).map { _ in
                alphabet[random.draw(through: alphabet.count - 1)]
            }
            let bytes = Array("a,b\n".utf8) + noise
            if failure(of: { () throws(CellarError) in
                let table = try Table(bytes: bytes, name: "noise")
                return try table.text("a")
            }) == nil {
                good += 1
            }
        }
        #expect(good > 50 && good < 2950)
    }
}
