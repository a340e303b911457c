import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Fields of all kinds: short and long, signed, with a point anywhere, with blanks, quotes and exponents.
private func number(_ random: inout MersenneTwister) -> String {
    let digits = "\(random.draw(through: 99_999_999) >> random.draw(through: 26))"
    switch random.draw(through: 15) {
    case 0: return "-" + digits
    case 1: return "." + digits
    case 2: return digits + "."
    case 3: return "-0.0" + digits
    case 4: return digits + "." + digits + digits
    case 5: return digits + "e-3"
    case 6: return " " + digits + " "
    case 7: return "+" + digits
    case 8: return random.draw(through: 5) == 0 ? "\"\(digits)\"" : digits
    default: return digits.prefix(2) + "." + digits.suffix(3)
    }
}

private func text(_ random: inout MersenneTwister) -> String {
    ["good", "", "caf\u{E9}", "a b", "12", "x\"y", "\"a,b\"", "\"two\nlines\""][
        random.draw(through: 7) * (random.draw(through: 9) == 0 ? 1 : 0)]
}

/// Everything that a table's rows give, and the error that ends them.
private func read(_ file: String, _ numbers: [String], _ texts: [String], portable: Bool) throws -> [String] {
    var reader = try CSVReader(path: file, block: 10_000)
    try reader.select(numbers: numbers, texts: texts)
    if portable { reader.usePortableCode() }
    var chunk = CSVChunk()
    var found: [String] = []
    do {
        while try reader.read(into: &chunk) {
            for row in 0..<chunk.count {
                let values = chunk.numbers[row * chunk.columns..<(row + 1) * chunk.columns]
                found.append(values.map { String($0.bitPattern) }.joined(separator: " "))
                found.append(texts.indices.map { chunk.text(row, column: $0) }.joined(separator: "|"))
                found.append(String(decoding: chunk.row(row), as: UTF8.self))
            }
        }
    } catch { found.append("\(error)") }
    return found
}

@Test(
    "with vector instructions or without, rows are the same, and so are errors",
    arguments: [1, 2, 7, 8, 9, 12, 25], [false, true])
func vectorsMakeNoDifference(fields: Int, isBad: Bool) throws {
    try Fixtures.temporaryFolder { folder in
        var random = MersenneTwister(seed: UInt32(fields))
        let names = (0..<fields).map { "c\($0)" }
        // Every fourth column is text, but the first; the numbers are wanted in another order than they stand.
        let texts = names.filter { Int($0.dropFirst())! % 4 == 3 }
        let numbers = names.filter { !texts.contains($0) && $0 != "c5" }
        let ordered = fields == 12 ? numbers : Array(numbers.reversed())
        var table = names.joined(separator: ",") + "\n"
        for row in 0..<1500 {
            let values = names.map { texts.contains($0) ? text(&random) : number(&random) }
            table += values.joined(separator: ",") + (row % 7 == 0 ? "\r\n" : "\n")
            if row % 100 == 99 { table += " \n" }
        }
        if isBad { table += names.map { _ in "1.2.3" }.joined(separator: ",") + "\n" }
        let file = folder.appendingPathComponent("table.csv").path
        try Data(table.utf8).write(to: URL(fileURLWithPath: file))
        let vectors = try read(file, ordered, texts, portable: false)
        #expect(try vectors == read(file, ordered, texts, portable: true))
        // Three entries a row; the block with the fault gives none but its message.
        #expect(isBad ? vectors.last?.contains("1.2.3") == true : vectors.count == 4500)
    }
}

@Test("short numbers are read as Swift reads them, eight at a time or fewer")
func shortNumbers() throws {
    try Fixtures.temporaryFolder { folder in
        var random = MersenneTwister(seed: 5)
        var table = "a,b,c,d,e,f,g,h,i,j,k\n"
        var wanted: [Float] = []
        for _ in 0..<5000 {
            var fields: [String] = []
            for _ in 0..<11 {
                let digits = Array("\(random.draw(through: 9_999_999))".prefix(1 + random.draw(through: 6)))
                let place = random.draw(through: digits.count)
                var field = String(digits[..<place])
                if place < digits.count { field += "." + String(digits[place...]) }
                if random.draw(through: 1) == 0 && field.count < 8 { field = "-" + field }
                fields.append(field)
                wanted.append(
                    try #require(Float(field.replacing("-.", with: "-0.").replacing(/^\./, with: "0."))))
            }
            table += fields.joined(separator: ",") + "\n"
        }
        let file = folder.appendingPathComponent("table.csv").path
        try Data(table.utf8).write(to: URL(fileURLWithPath: file))
        var reader = try CSVReader(path: file)
        try reader.select(numbers: "abcdefghijk".map(String.init))
        var chunk = CSVChunk()
        var found: [Float] = []
        while try reader.read(into: &chunk) { found += chunk.numbers.prefix(chunk.count * chunk.columns) }
        #expect(found == wanted)
    }
}
