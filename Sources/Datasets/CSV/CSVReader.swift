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

    private let input: InputFile
    private let block: Int
    private var plan: CSVPlan
    private var position: CSVPlan.Position
    /// Bytes that were read and not yet given out: the start of a row.
    private var rest: [UInt8]
    private var ended: Bool

    /// A row that is longer than this is a quote that was never closed.
    private static let longestRow = 1 << 26

    /// Opens a table and reads its first line. `-` is standard input. `block` is how many bytes to read at once.
    public init(path: String, block: Int = 1 << 20) throws(DataError) {
        try self.init(InputFile(path: path), block: block)
    }

    /// Reads from a descriptor, which stays open.
    public init(descriptor: Int32, name: String, block: Int = 1 << 20) throws(DataError) {
        try self.init(InputFile(descriptor: descriptor, name: name), block: block)
    }

    private init(_ input: consuming InputFile, block: Int) throws(DataError) {
        let found = try CSVReader.start(of: input, block: block)
        let plan = try CSVPlan(file: input.name, header: found.header, numbers: [], texts: [])
        (header, rest, ended) = (found.header, found.rest, found.ended)
        (self.plan, self.block, name) = (plan, block, input.name)
        position = CSVPlan.Position(line: found.line)
        self.input = input
    }

    private static func start(of input: borrowing InputFile, block: Int) throws(DataError) -> CSVStart.Found {
        var start = CSVStart()
        var bytes = [UInt8](repeating: 0, count: block)
        while true {
            let count = try input.read(into: &bytes, at: 0)
            if let found = try start.add(bytes[..<count], file: input.name) { return found }
        }
    }

    /// Says which columns to read as numbers and which as text. Before the first `read`.
    public mutating func select(numbers: [String], texts: [String] = []) throws(DataError) {
        plan = try CSVPlan(file: name, header: header, numbers: numbers, texts: texts)
    }

    /// Fills the chunk with the next rows. False where there are no more.
    ///
    /// Throws at a row with too few or too many fields, and at text, nothing, NaN or infinity in a numeric column, with
    /// the row's number, its line and the column. A table without rows is an error too.
    public mutating func read(into chunk: inout CSVChunk) throws(DataError) -> Bool {
        (chunk.columns, chunk.textColumns, chunk.firstRow) = (plan.numbers, plan.texts, position.row)
        chunk.count = 0
        var used = rest.count
        if chunk.bytes.count < used + block {
            chunk.bytes += [UInt8](repeating: 0, count: used + block - chunk.bytes.count)
        }
        chunk.bytes.replaceSubrange(0..<used, with: rest)
        rest.removeAll(keepingCapacity: true)
        while true {
            // What is there already comes first: the other end of a pipe may wait for its answer.
            let consumed = try fill(&chunk, used)
            if chunk.count > 0 {
                rest.append(contentsOf: chunk.bytes[consumed..<used])
                return true
            }
            if ended { break }
            // Blank lines may have been passed over; what is left is the start of a row.
            if consumed > 0 {
                chunk.bytes.replaceSubrange(0..<(used - consumed), with: Array(chunk.bytes[consumed..<used]))
                used -= consumed
            }
            guard used < CSVReader.longestRow else {
                throw DataError(
                    .badData, file: name, row: position.row, line: position.line,
                    expected: "a row of at most \(CSVReader.longestRow >> 20) MB", found: "more",
                    fix: "Look for a quote that is not closed.")
            }
            if used == chunk.bytes.count { chunk.bytes += [UInt8](repeating: 0, count: used) }
            let count = try input.read(into: &chunk.bytes, at: used)
            ended = count == 0
            used += count
        }
        guard position.row > 1 else {
            throw DataError(
                .badData, file: name, expected: "rows below the first line", found: "none",
                fix: "Use a table with data; its first line names the columns.")
        }
        return false
    }

    /// Scans `chunk.bytes[..<used]` and returns how many bytes made whole rows.
    private mutating func fill(_ chunk: inout CSVChunk, _ used: Int) throws(DataError) -> Int {
        // The shortest row has one byte a field: its digit-less fields' delimiters and its line's end.
        let capacity = used / max(header.names.count, 2) + 1
        if chunk.rows.count < capacity || chunk.numbers.count < capacity * plan.numbers
            || chunk.texts.count < capacity * plan.texts
        {
            chunk.rows = Array(repeating: cn_range(), count: capacity)
            chunk.numbers = Array(repeating: 0, count: capacity * plan.numbers)
            chunk.texts = Array(repeating: cn_range(), count: capacity * plan.texts)
        }
        let found = try plan.scan(
            chunk.bytes, 0..<used, last: ended, floats: &chunk.numbers, texts: &chunk.texts,
            rows: &chunk.rows, position: &position)
        chunk.count = found.rows
        return found.bytes
    }
}
