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
            ("a,b\n1,2\n# said\n", "write `comment: \"#\"` in the recipe"),
            ("# said\na,b\n1,2\n", "column 'a': expected a column with that name, found only \"# said\""),
            ("a;b\n1;2,5\n", "Write decimals with a point."),
            ("a,b\n1,\"2\nno end\n", "line 2: column 'b': row 1: expected a closing quote"),
            ("a,b\n1,\"2\"x\n", "line 2: column 'b': row 1: expected a delimiter after the closing quote"),
            ("a,b\n", "expected rows after the first line, found none"),
            ("a,b\n\n  \n", "expected rows after the first line, found none"), ("", "found an empty file"),
            ("\n\n", "found only blank lines"),
            ("a,a,b\n1,2,3\n", "column 'a': expected one column with that name, found \"a\" and \"a\""),
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
            ([0xFF, 0xFE, 0, 0], "UTF-32"), ([97, 0, 44, 0], "binary"), ([0x89, 0x50, 0x4E, 0x47], "PNG"),
            ([97, 44, 0, 0, 10], "binary"), ([97, 44, 0xFF, 0xFE, 10, 49, 44, 49], "UTF-8"),
        ] as [([UInt8], String)])
    func otherFormats(bytes: [UInt8], word: String) throws {
        let error = try #require(failure { () throws(CellarError) in try Table(bytes: bytes, name: "x") })
        #expect(error.description.contains(word))
    }

    @Test("a boolean far down a column of numbers is refused", arguments: [8, 1 << 16])
    func booleansAcrossBlocks(block: Int) throws {
        let numbers = String(repeating: "1,2\n", count: 50)
        let booleans = String(repeating: "True,2\n", count: 50)
        for text in [numbers + booleans, booleans + numbers] {
            let error = #expect(throws: CellarError.self) {
                try rows("a,b\n" + text, numbers: ["a"], block: block)
            }
            #expect(error?.place.row == 51 && error?.place.column == "a")
        }
        let found = try rows("a,b\n" + booleans, numbers: ["b", "a"], block: block)
        #expect(found.map(\.numbers) == Array(repeating: [2, 1], count: 50))
    }

    @Test func damagedCompression() throws {
        try Fixtures.temporaryFolder { folder in
            let file = folder.appendingPathComponent("t.csv")
            // gzip of "a,b\n1,2\n3,4\n", without its last five bytes.
            let whole = try #require(
                Data(base64Encoded: "H4sIAAAAAAACA0vUSeIy1DHiMtYx4QIA5enWzgwAAAA="))
            try whole.write(to: file)
            #expect(try Table(path: file.path).rowCount == 2)
            try (whole + whole).write(to: file)
            #expect(failure { () throws(CellarError) in try Table(path: file.path).numbers("a") } != nil)
            for bad in [whole.dropLast(5), whole.dropLast(5) + [1, 2, 3, 4, 5], whole + [7]] {
                try bad.write(to: file)
                let error = failure { () throws(CellarError) in try Table(path: file.path) }
                #expect(error?.message.contains("gzip") == true, "\(String(describing: error))")
            }
        }
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
        #expect(missing.columns.map(\.count) == [2, 2, 2])
        #expect(missing.description == "missing values: 6\n  a  2\n  b  2\n  c  2")
        let column = try table.numbersOrNaN(["a"])[0]
        #expect(column[0] == 1 && column[1].isNaN && column[2].isNaN && column[3] == 4)
        #expect(failure { () throws(CellarError) in try table.numbers("a") }?.place.row == 2)
    }

    @Test func saysWhereBytesAreNoText() throws {
        for (bad, word) in [(0xFC, "fc"), (0, "NUL")] as [(UInt8, String)] {
            let bytes = Array("a,note,b\n1,x,2\n3,Z".utf8) + [bad] + Array("rich,4\n".utf8)
            let error = try #require(
                failure { () throws(CellarError) in try Table(bytes: bytes, name: "t") })
            #expect((error.place.row, error.place.line, error.place.column) == (2, 3, "note"))
            #expect(bad == 0 || error.message.contains(word), "\(error)")
        }
    }

    @Test(
        "a first line of numbers is no header, unless the user says so",
        arguments: ["6,148,1\n1,85,0\n", "6,,1\n1,85,0\n", "\"6\";1e3\n1;2\n"])
    func numbersAsNames(text: String) throws {
        func table(_ change: (inout TableDialect) -> Void) throws -> Table {
            var dialect = TableDialect()
            change(&dialect)
            return try Table(bytes: Array(text.utf8), name: "t", dialect: dialect)
        }
        let error = try #require(
            failure { () throws(CellarError) in try Table(bytes: Array(text.utf8), name: "t") })
        #expect(error.remedy?.contains("header: false") == true)
        let bare = try table { $0.hasHeader = false }
        #expect(bare.rowCount == 2 && bare.columns.first == "0")
        #expect(try table { $0.hasHeader = true }.rowCount == 1)
        let names = bare.columns.map { "n" + $0 }
        let named = try table { $0.names = names }
        #expect(named.columns == names && named.rowCount == 2)
        #expect(throws: CellarError.self) { try table { $0.names = ["a"] } }
    }

    @Test func readsExcelsSeparatorLineAndComments() throws {
        var dialect = TableDialect()
        try dialect.setComment("#")
        let text = "sep=|\r\n# a, b, \"c\r\na|b # names\r\n1|\"#2\"\r\n# more\r\n3|x # said\r\n"
        let table = try Table(bytes: Array(text.utf8), name: "t", dialect: dialect)
        #expect(table.columns == ["a", "b"])
        #expect(try table.text("b") == ["#2", "x "])
        #expect(try table.numbers("a") == [1, 3])
    }

    @Test(
        "guesses the delimiter",
        arguments: [
            ("a|b\n1|2\n", ["a", "b"]), ("a b c\n1 2 3\n", ["a", "b", "c"]),
            (" a   b\n  1  2\n", ["a", "b"]), ("my number\n3\n", ["my number"]),
            ("x,y,tube 12\"\n1,p,5\" pipe\n2,q,a\n", ["x", "y", "tube 12\""]),
            ("a;b;y;;\n1;2;p;;\n", ["a", "b", "y", "Unnamed: 3", "Unnamed: 4"]),
            ("\"age_(20, 30]\",fare\n1,7\n", ["age_(20, 30]", "fare"]),
        ] as [(String, [String])])
    func guesses(text: String, columns: [String]) throws {
        let table = try Table(bytes: Array(text.utf8), name: "t")
        #expect(table.columns == columns)
        #expect(table.rowCount == text.count { $0 == "\n" } - 1)
    }

    @Test func refusesMixedBooleansAndDoubtfulThousands() throws {
        func error(_ text: String) -> CellarError? {
            failure { () throws(CellarError) in
                try Table(bytes: Array(text.utf8), name: "t").numbers("a")
            }
        }
        let mixed = try #require(error("b,a\nx,True\ny,FALSE\nz,1\n"))
        #expect((mixed.place.row, mixed.place.line, mixed.place.column) == (3, 4, "a"))
        let first = try #require(error("b,a\nx,1\ny,true\n"))
        #expect(first.place.row == 2)
        #expect(try Table(bytes: Array("a\ntrue\nFalse\n".utf8), name: "t").numbers("a") == [1, 0])
        #expect(error("a;b\n1.234;1\n12.500;1\n980;1\n")?.place.row == 1)
        #expect(error("a;b\n1.234;1\n12.500;1\n98.5;1\n") == nil)
        #expect(error("a;b\n0.234;1\n12.500;1\n980;1\n") == nil)
        #expect(error("a;b\n1,5;1\n")?.remedy?.contains("point") == true)
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

    @Test("noise is the same table in blocks of any size, or the same error")
    func noiseInBlocks() throws {
        var random = MersenneTwister(seed: 4)
        let alphabet = Array("a1.,,\"\n\r\r# \u{e9}".utf8.prefix(11)) + Array("é".utf8)
        var dialects = [TableDialect(), TableDialect(), TableDialect()]
        try dialects[1].setComment("#")
        try dialects[2].setDelimiter("blank")
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("noise.csv").path
            for index in 0..<600 {
                let dialect = dialects[index % 3]
                let header = index % 3 == 2 ? "a b\n" : "a,b\n"
                let noise = (0..<random.draw(through: 80)).map { _ in
                    alphabet[random.draw(through: alphabet.count - 1)]
                }
                try Data(header.utf8 + noise).write(to: URL(fileURLWithPath: path))
                let whole = Result { try Table(path: path, dialect: dialect).text("a") }
                for block in [4, 5, 9, 64] {
                    let blocks = Result { () -> [String] in
                        var reader = try CSVReader(path: path, dialect: dialect, block: block)
                        try reader.select(numbers: [], texts: ["a"])
                        var (chunk, found) = (CSVChunk(), [String]())
                        while try reader.read(into: &chunk) {
                            found += (0..<chunk.count).map { chunk.text($0) }
                        }
                        return found
                    }
                    switch (whole, blocks) {
                    case (.success(let a), .success(let b)): #expect(a == b, "noise \(index)")
                    case (.failure, .failure): break
                    default:
                        Issue.record("noise \(index), block \(block): \(whole) \(blocks) \(noise)")
                    }
                }
            }
        }
    }

    @Test func survivesAnyBytes() {
        // Noise of the bytes that matter: it must end in rows or in an error, and in the same for each block size.
        var random = MersenneTwister(seed: 3)
        let alphabet = Array("a1.,\"\n\r; \t-e".utf8)
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
