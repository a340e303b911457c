import Base

/// Reads a stream of Arrow's IPC format: a schema, then batches of rows, then the end mark.
///
/// It reads little-endian numbers, columns of fixed width, texts and bytes, and missing values. Dictionaries,
/// compression and columns within columns are refused. Nothing in a stream is believed: sizes, positions and offsets are
/// checked, and memory grows with the bytes that arrive, not with those that a message announces. A stream without its end
/// mark is refused, because it may have been cut.
public struct ArrowReader: ~Copyable {
    private let input: InputFile
    public let schema: ArrowSchema
    public var name: String { input.name }
    private var position = 0
    private var rows = 0
    private var hasEnded = false

    /// Opens a stream, `-` for standard input, and reads its schema.
    public init(path: String) throws(CellarError) { try self.init(InputFile(path: path)) }

    /// Reads from a descriptor, which stays open.
    public init(descriptor: Int32, name: String) throws(CellarError) {
        try self.init(InputFile(descriptor: descriptor, name: name))
    }

    private init(_ input: consuming InputFile) throws(CellarError) {
        var bytes: [UInt8] = []
        do {
            let message = try Message.read(input, &bytes, isFirst: true)
            guard let message, message.kind == .schema, message.bodySize == 0 else {
                throw CellarError(
                    .badData, "the Arrow stream does not begin with a schema.",
                    remedy: "Write it with `pa.ipc.new_stream`.")
            }
            schema = try ArrowSchema(message.content)
            position = message.size
        } catch { throw CellarError(error).at(file: input.name) }
        self.input = input
    }

    /// The size of the file; nil for a pipe.
    public var size: Int? { input.size }

    /// The next batch's first byte in the stream.
    public var nextPosition: Int { position }

    /// Waits until a pipe has data. Returns false if `stop` returns true first.
    public func waitForData(unless stop: () -> Bool) -> Bool { input.waitForData(unless: stop) }

    /// Reads the next batch, whose memory is reused. Returns false at the end of the stream.
    public mutating func read(into batch: inout ArrowBatch) throws(CellarError) -> Bool {
        guard !hasEnded else { return false }
        do { return try next(&batch) } catch { throw error.at(file: name) }
    }

    private mutating func next(_ batch: inout ArrowBatch) throws(CellarError) -> Bool {
        guard let message = try Message.read(input, &batch.body, isFirst: false) else {
            hasEnded = true
            return false
        }
        position += message.size
        batch.size = message.bodySize
        switch message.kind {
        case .batch:
            batch.firstRow = rows + 1
            try batch.read(message.content, schema)
            rows += batch.rows
            return true
        case .schema: throw CellarError.damagedArrow("a second schema")
        case .dictionary: throw CellarError.damagedArrow("a dictionary")
        }
    }
}

/// A message's description, after its body has been read.
private struct Message {
    enum Kind: UInt8 { case schema = 1, dictionary, batch }
    let kind: Kind
    let content: FlatTable
    /// The bytes of the body, and of the whole message.
    let bodySize, size: Int

    private static let longestDescription = 1 << 26
    private static let longestBody = 1 << 36

    /// Reads a message and its body, which replaces the first bytes of `body`. Returns nil at the end mark.
    static func read(
        _ input: borrowing InputFile, _ body: inout [UInt8], isFirst: Bool
    ) throws(CellarError) -> Message? {
        var start = [UInt8](repeating: 0, count: 4)
        try Message.fill(&start, 4, input)
        if isFirst { try Message.refuseOtherFormats(start) }
        var prefix = 4
        // Streams of before 2019 lack this mark.
        if start == [255, 255, 255, 255] {
            try Message.fill(&start, 4, input)
            prefix = 8
        }
        let length = start.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        if length == 0 { return nil }
        guard length <= Message.longestDescription else {
            throw .damagedArrow("a description of \(length) bytes")
        }
        var description: [UInt8] = []
        try Message.fill(&description, length, input)
        description.removeLast(description.count - length)
        let table = try FlatMessage(description).root()
        let announced = try table.integer(3, or: Int64(0))
        guard let content = try table.table(2) else { throw .damagedArrow("a message without content") }
        guard announced >= 0, announced <= Int64(Message.longestBody) else {
            throw .damagedArrow("a body of \(announced) bytes")
        }
        guard let kind = Kind(rawValue: try table.integer(1, or: UInt8(0))) else {
            throw .damagedArrow("a message of an unknown kind")
        }
        let bodySize = Int(announced)
        try Message.fill(&body, bodySize, input)
        return Message(kind: kind, content: content, bodySize: bodySize, size: prefix + length + bodySize)
    }

    /// Reads `count` bytes into the start of `bytes`, which grows as they arrive.
    private static func fill(
        _ bytes: inout [UInt8], _ count: Int, _ input: borrowing InputFile
    ) throws(CellarError) {
        var used = 0
        while used < count {
            if used == bytes.count {
                let more = min(max(used, 1 << 20), count - used)
                if used == 0 {
                    bytes = [UInt8](repeating: 0, count: more)
                } else {
                    bytes += [UInt8](repeating: 0, count: more)
                }
            }
            let read = try input.read(into: &bytes, at: used, limit: count)
            guard read > 0 else {
                throw CellarError(
                    .badData, "the Arrow stream ends in the middle, without its end mark.",
                    remedy: "It was cut: check the program that wrote it.")
            }
            used += read
        }
    }

    private static func refuseOtherFormats(_ start: [UInt8]) throws(CellarError) {
        if start == Array("ARRO".utf8) {
            throw CellarError(
                .badData, "this is an Arrow file (Feather), not an Arrow stream.",
                remedy: "Write a stream: `pa.ipc.new_stream` in place of `pa.ipc.new_file`.")
        }
        // A text or a compressed file gives an absurd length.
        if start != [255, 255, 255, 255], start[3] != 0 || start == [0, 0, 0, 0] {
            throw CellarError(
                .badData, "this is not an Arrow stream.",
                remedy: "Check --format: csv, tsv and jsonl are the other formats.")
        }
    }
}
