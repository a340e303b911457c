import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// The values of rows of ARFF.
private func values(_ rows: String, columns: Int, block: Int? = nil) throws -> [[String]] {
    let names = (0..<columns).map { "@attribute a\($0) string\n" }.joined()
    return try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.arff"
        let text = "% comment\n@RELATION r\n" + names + "\n@data\n" + rows
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var dialect = TableDialect()
        dialect.names = (0..<columns).map { "a\($0)" }
        (dialect.skippedLines, dialect.hasHeader, dialect.delimiter) = (columns + 4, false, UInt8(ascii: ","))
        guard let block else {
            let table = try Table(path: path, dialect: dialect)
            let texts = try table.columns.map { try table.text($0) }
            return (0..<table.rowCount).map { row in texts.map { $0[row] } }
        }
        var reader = try CSVReader(path: path, dialect: dialect, block: block)
        try reader.select(numbers: [], texts: dialect.names ?? [])
        var (chunk, all) = (CSVChunk(), [[String]]())
        while try reader.read(into: &chunk) {
            all += (0..<chunk.count).map { row in (0..<columns).map { chunk.text(row, column: $0) } }
        }
        return all
    }
}

@Test(
    "values of ARFF are those that Weka reads, whatever the size of the blocks", arguments: [nil, 1, 7, 4096])
func valuesOfARFF(_ block: Int?) throws {
    let cases: [(row: String, values: [String])] = [
        ("1,2", ["1", "2"]), ("  1 ,\t2  ", ["1", "2"]), ("'a, b',c", ["a, b", "c"]),
        ("\"a, b\",'c'", ["a, b", "c"]), ("'it\\'s',\"\\\"q\\\"\"", ["it's", "\"q\""]),
        ("'a\\\\b','\\%'", ["a\\b", "%"]), ("' a ','b'", [" a ", "b"]),
        ("'100% a','b' % c, d", ["100% a", "b"]),
        ("100%,50% up", ["100%", "50% up"]), ("?,'?'", ["?", "?"]), ("O'Brien,d'Or", ["O'Brien", "d'Or"]),
        ("1\t2", ["1", "2"]), ("1 'a b'", ["1", "a b"]), ("a,''", ["a", ""]), ("a,", ["a", ""]),
    ]
    let rows = cases.map(\.row).joined(separator: "\n% '\n\n")
    #expect(try values(rows, columns: 2, block: block) == cases.map(\.values))
    #expect(
        try values(rows.replacing("\n", with: "\r\n") + "\r\n", columns: 2, block: block)
            == cases.map(\.values))
    // A quote that is not closed stays.
    #expect(try values("'a,b\n", columns: 2, block: block) == [["'a", "b"]])
}

@Test("what only resembles ARFF passes unchanged")
func noARFF() throws {
    for text in ["% '\n@relations\n", "@relation", "a,@relation r\n'1, 2',3\n", "", "%", "@data\n'1, 2'\n"] {
        #expect(ARFFDecoder.begins(Array(text.utf8)) != true, "\(text)")
    }
    #expect(ARFFDecoder.begins(Array("\n % c\r\n@Relation r\r\n".utf8)) == true)
}
