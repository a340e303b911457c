import Base

/// Reads a stream of Arrow's IPC format: a schema, then batches of rows, then the end mark.
///
/// It reads little-endian numbers, columns of fixed width, texts and bytes, and missing values. Dictionaries,
/// compression and columns within columns are refused. Nothing in a stream is believed: sizes, positions and offsets are
/// checked, and memory grows with the bytes that arrive, not with those that a message announces. A stream without its end
/// mark is refused, because it may have been cut. Behind the end mark there is nothing, or another stream with the same columns,
/// as in the outputs of several processes one after another.
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

    /// Reads the next batch, whose memory is reused. Returns false at the end of the last stream, or if `stop` returns true behind
    /// the end mark of one.
    public mutating func read(
        into batch: inout ArrowBatch, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        guard !hasEnded else { return false }
        do {
            while true {
                if let message = try Message.read(input, &batch.body, isFirst: false) {
                    try take(message, &batch)
                    return true
                }
                guard input.waitForData(unless: stop), try beginNextStream(&batch.body) else {
                    hasEnded = true
                    return false
                }
            }
        } catch { throw error.at(file: name) }
    }

    /// Reads the schema of the stream behind an end mark. Returns false at the end of the input.
    private mutating func beginNextStream(_ body: inout [UInt8]) throws(CellarError) -> Bool {
        guard let start = try Message.start(input) else { return false }
        guard start == Message.mark || start[3] == 0, start != [0, 0, 0, 0],
            let message = try Message.read(input, &body, isFirst: false, after: start),
            message.kind == .schema, message.bodySize == 0
        else {
            throw CellarError(
                .badData, "behind the end mark of the Arrow stream are bytes that are no further stream.",
                remedy: "Check the program that wrote it.")
        }
        guard try ArrowSchema(message.content).hasSameColumns(as: schema) else {
            throw CellarError(
                .badData, "behind the end mark of the Arrow stream is a stream with other columns.",
                remedy: "Give each to a command of its own.")
        }
        position += Message.endSize + message.size
        return true
    }

    private mutating func take(_ message: Message, _ batch: inout ArrowBatch) throws(CellarError) {
        position += message.size
        batch.size = message.bodySize
        switch message.kind {
        case .batch:
            batch.firstRow = rows + 1
            try batch.read(message.content, schema)
            rows += batch.rows
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

    /// The first bytes of a message; streams of before 2019 lack them.
    static let mark: [UInt8] = [255, 255, 255, 255]
    /// The bytes of an end mark.
    static let endSize = 8
    private static let longestDescription = 1 << 26
    private static let longestBody = 1 << 36

    /// Reads the first bytes of a message; nil at the end of the input.
    static func start(_ input: borrowing InputFile) throws(CellarError) -> [UInt8]? {
        var start: [UInt8] = [0]
        guard try input.read(into: &start, at: 0) > 0 else { return nil }
        var rest = [UInt8](repeating: 0, count: 3)
        try fill(&rest, 3, input)
        return start + rest
    }

    /// Reads a message and its body, which replaces the first bytes of `body`. Returns nil at the end mark.
    ///
    /// - start: The first bytes, if they were read already.
    static func read(
        _ input: borrowing InputFile, _ body: inout [UInt8], isFirst: Bool, after start: [UInt8]? = nil
    ) throws(CellarError) -> Message? {
        var first = start ?? [UInt8](repeating: 0, count: 4)
        if start == nil { try Message.fill(&first, 4, input) }
        if isFirst { try Message.refuseOtherFormats(first) }
        var prefix = 4
        if first == mark {
            try Message.fill(&first, 4, input)
            prefix = 8
        }
        let length = first.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
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
        if start != mark, start[3] != 0 || start == [0, 0, 0, 0] {
            throw CellarError(
                .badData, "this is not an Arrow stream.",
                remedy: "Check --format: csv, tsv and jsonl are the other formats.")
        }
    }
}
