import Base
import CNumbers

/// Reads a table (CSV) of any length in blocks: memory stays the same, whatever the file's size.
///
/// The first line names the columns; the delimiter is found from it. Quotes, `""` and line ends within quotes, a byte
/// order mark, CRLF, blank lines and a last line without an end are all understood. Wanted columns are found by name,
/// in any order; others are carried along in `CSVChunk.row`.
///
///     var reader = try CSVReader(path: "wine.csv")
///     try reader.select(numbers: ["alcohol", "pH"], texts: ["quality"])
///     var chunk = CSVChunk()
///     while try reader.read(into: &chunk) { … }
public struct CSVReader: ~Copyable, Sendable {
    /// For messages: the path, or "standard input".
    public let name: String
    public let header: CSVHeader

    /// Reads the rows of what `take` gives.
    public var scanner: CSVScanner { CSVScanner(plan: counter.plan) }
    /// Counts the rows from here on.
    public private(set) var counter: CSVCounter

    private let input: InputFile
    private let block: Int
    /// Bytes that were read and not yet given out: the start of a row.
    private var rest: [UInt8]
    private var ended: Bool

    /// A row that is longer than this is a quote that was never closed.
    static let longestRow = 1 << 26

    /// Opens a table and reads its first line. `-` is standard input. `block` is how many bytes to read at once.
    public init(path: String, block: Int = 1 << 18) throws(CellarError) {
        try self.init(InputFile(path: path), block: block)
    }

    /// Reads from a descriptor, which stays open.
    public init(descriptor: Int32, name: String, block: Int = 1 << 18) throws(CellarError) {
        try self.init(InputFile(descriptor: descriptor, name: name), block: block)
    }

    private init(_ input: consuming InputFile, block: Int) throws(CellarError) {
        let found = try CSVReader.start(of: input, block: block)
        let plan = try CSVPlan(file: input.name, header: found.header, numbers: [], texts: [])
        (header, rest, ended) = (found.header, found.rest, found.ended)
        (self.block, name) = (block, input.name)
        counter = CSVCounter(plan: plan, position: CSVPlan.Position(line: found.line))
        self.input = input
    }

    private static func start(of input: borrowing InputFile, block: Int) throws(CellarError) -> CSVStart.Found
    {
        var start = CSVStart()
        var bytes = [UInt8](repeating: 0, count: block)
        while true {
            let count = try input.read(into: &bytes, at: 0)
            if let found = try start.add(bytes[..<count], file: input.name) { return found }
        }
    }

    /// Says which columns to read as numbers and which as text. Before the first `read` or `take`.
    public mutating func select(numbers: [String], texts: [String] = []) throws(CellarError) {
        let plan = try CSVPlan(file: name, header: header, numbers: numbers, texts: texts)
        counter = CSVCounter(plan: plan, position: counter.position)
    }

    /// For tests: reads without vector instructions beyond the platform's own. After `select`.
    mutating func usePortableCode() {
        var plan = counter.plan
        plan.portable = true
        counter = CSVCounter(plan: plan, position: counter.position)
    }

    /// Fills the chunk with the next rows. False where there are no more.
    ///
    /// Throws at a row with too few or too many fields, and at text, nothing, NaN or infinity in a numeric column, with
    /// the row's number, its line and the column. A table without rows is an error too.
    public mutating func read(into chunk: inout CSVChunk) throws(CellarError) -> Bool {
        while try take(into: &chunk) {
            scanner.scan(&chunk)
            try counter.count(&chunk)
            if chunk.count > 0 { return true }
            // Blank lines only.
        }
        chunk.count = 0
        try counter.finish()
        return false
    }

    /// Fills the chunk with the bytes of the next whole rows, for a `CSVScanner` and then a `CSVCounter` to go on with.
    /// False where the table ends, and where `stop` says so while it waits at a pipe.
    public mutating func take(
        into chunk: inout CSVChunk, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        (chunk.count, chunk.size, chunk.lines, chunk.fault, chunk.isTooLong) = (0, 0, 0, nil, false)
        var used = rest.count
        if chunk.bytes.count < used + block {
            chunk.bytes += [UInt8](repeating: 0, count: used + block - chunk.bytes.count)
        }
        chunk.bytes.replaceSubrange(0..<used, with: rest)
        rest.removeAll(keepingCapacity: true)
        while true {
            // What came with the first line may be whole rows already, and a pipe may give no more for long.
            chunk.size = ended ? used : wholeRows(chunk.bytes, used)
            if chunk.size > 0 {
                rest.append(contentsOf: chunk.bytes[chunk.size..<used])
                return true
            }
            if ended { return false }
            if used >= CSVReader.longestRow {
                // Its number is not known before all chunks ahead of it are counted.
                (chunk.isTooLong, ended) = (true, true)
                return true
            }
            if used == chunk.bytes.count { chunk.bytes += [UInt8](repeating: 0, count: used) }
            guard input.waits(unless: stop) else { return false }
            let count = try input.read(into: &chunk.bytes, at: used)
            ended = count == 0
            used += count
        }
    }

    private func wholeRows(_ bytes: [UInt8], _ count: Int) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe cn_csv_whole_rows(CChar(bitPattern: header.delimiter), start, count)
        }
    }
}
