import Base
import Tensors
import Zip

@testable import Datasets

/// JSON: what is read is written and read again to the same value.
let json = FuzzTarget(name: "json") { bytes in
    guard let value = try? JSON(parsing: bytes) else { return }
    let text = value.text()
    guard let again = try? JSON(parsing: text, depthLimit: 512) else { fault("not read again: \(text)") }
    guard again.text() == text else { fault("another value: \(text) and \(again.text())") }
}

/// NumPy arrays, by all three readers.
let npy = FuzzTarget(name: "npy") { bytes in
    let path = Scratch.file(bytes)
    let samples = try? readNPY(path)
    let numbers = try? readNPYNumbers(path)
    _ = try? readNPYLabels(path)
    if let samples, let numbers, samples.count != numbers.shape.first {
        fault("\(samples.count) samples of \(numbers.shape)")
    }
}

/// Tables: the first byte chooses the dialect and the size of blocks. Whole or in blocks, the rows are the same.
let csv = FuzzTarget(name: "csv") { bytes in
    guard let choice = bytes.first else { return }
    var dialect = TableDialect()
    if choice & 1 != 0 { dialect.hasHeader = false }
    if choice & 2 != 0 { (dialect.decimal, dialect.thousands) = (UInt8(ascii: ","), UInt8(ascii: ".")) }
    if choice & 4 != 0 { dialect.comment = UInt8(ascii: "#") }
    if choice & 8 != 0 { dialect.hasUnits = true }
    if choice & 16 != 0 { dialect.isLatin1 = true }
    let path = Scratch.file(Array(bytes.dropFirst()))
    let table = try? Table(path: path, dialect: dialect)
    if let table {
        let fields = try? table.allFields()
        if let fields, fields.contains(where: { $0.count != table.rowCount }) {
            fault("columns of several lengths")
        }
        _ = try? table.missingValues()
        for name in table.columns { _ = try? table.numbers(name) }
    }
    let rows = try? readInBlocks(path, dialect, block: [16, 64, 256, 1 << 18][Int(choice >> 5) & 3])
    if let table, let rows, rows != table.rowCount {
        fault("\(rows) rows in blocks, \(table.rowCount) at once")
    }
}

private func readInBlocks(_ path: String, _ dialect: TableDialect, block: Int) throws(CellarError) -> Int {
    var reader = try CSVReader(path: path, dialect: dialect, block: block)
    let names = reader.header.names
    try reader.select(numbers: Array(names.prefix(1)), texts: Array(names.dropFirst()), missingAsNaN: true)
    var (chunk, rows) = (CSVChunk(), 0)
    while try reader.read(into: &chunk) {
        rows += chunk.count
        for row in 0..<chunk.count {
            _ = chunk.row(row)
            for column in 0..<max(0, names.count - 1) { _ = chunk.text(row, column: column) }
        }
    }
    return rows
}

/// Objects, one a line, by blocks; the first byte is the size of a block.
let jsonLines = FuzzTarget(name: "jsonl") { bytes in
    guard let choice = bytes.first else { return }
    let path = Scratch.file(Array(bytes.dropFirst()))
    guard var reader = try? JSONLinesReader(path: path, block: 16 << Int(choice & 7)) else { return }
    let names = reader.names
    let scanner = JSONLineScanner(
        file: path, numbers: Array(names.prefix(2)), keys: Array(names.dropFirst(2).prefix(1)),
        keepsAll: choice & 8 != 0,
        new: [])
    var chunk = JSONLinesChunk()
    while (try? reader.take(into: &chunk)) == true {
        scanner.scan(&chunk)
        if (try? chunk.check()) == nil { return }
        for row in 0..<chunk.count { _ = chunk.object(row) }
    }
}

/// Archives: every member is unpacked within the limits.
let zip = FuzzTarget(name: "zip") { bytes in
    guard let archive = try? ZipArchive(bytes: bytes, name: "input") else { return }
    for member in archive.members.prefix(50) {
        guard let content = try? archive.bytes(of: member.name, limit: 1 << 20) else { continue }
        if content.count > 1 << 20 { fault("\(content.count) bytes of \(member.name)") }
    }
}

/// The rows that a model was trained on: the first byte chooses the words of a file (even) or hashes (odd).
let rowHashes = FuzzTarget(name: "row-hashes") { bytes in
    guard let choice = bytes.first else { return }
    var words: [UInt64] = []
    for start in stride(from: 1, to: bytes.count - 7, by: 8) {
        words.append((0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
    }
    let hashes = choice & 1 == 0 ? RowHashes(words: words) : RowHashes(words)
    guard let hashes else { return }
    // Any row may be asked for, and what was written is read.
    let asked = words + (0..<64).map { UInt64($0) << 58 } + [.max]
    var marks = [Bool](repeating: false, count: asked.count)
    hashes.mark(asked, in: &marks)
    if choice & 1 != 0, marks.prefix(words.count).contains(false) { fault("a row is missed") }
    guard let again = RowHashes(words: hashes.words) else { fault("what was written is refused") }
    var marksAgain = [Bool](repeating: false, count: asked.count)
    again.mark(asked, in: &marksAgain)
    if marks != marksAgain { fault("what was written is another set") }
} seeds: {
    [3, 10_000, 10_001, 60_000].map { count in
        var state: UInt64 = 1
        let hashes = RowHashes(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state ^ state >> 29
            })
        return [0]
            + hashes.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
            }
    }
}
