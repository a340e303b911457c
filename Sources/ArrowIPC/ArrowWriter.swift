import Base

/// Builds the messages of a stream in memory.
public struct ArrowEncoder: Sendable {
    public let schema: ArrowSchema

    public init(_ schema: ArrowSchema) { self.schema = schema }

    private static let version: Int16 = 4
    private static let mark: [UInt8] = [255, 255, 255, 255]

    /// The message that the stream begins with.
    public func start() -> [UInt8] {
        var writer = FlatWriter()
        let places = writer.root([.short(ArrowEncoder.version), .byte(1), .later, .long(0)])
        schema.write(to: &writer, for: places[0])
        return ArrowEncoder.framed(writer.bytes)
    }

    /// The end mark.
    public static var end: [UInt8] { mark + [0, 0, 0, 0] }

    /// The bytes before a batch's body.
    ///
    /// - notes: Keys and values of this message.
    func head(rows: Int, missing: [Int], buffers: [(Int64, Int64)], bodySize: Int, notes: [ArrowNote])
        -> [UInt8]
    {
        var writer = FlatWriter()
        let places = writer.root([
            .short(ArrowEncoder.version), .byte(3), .later, .long(Int64(bodySize)),
            notes.isEmpty ? .missing : .later,
        ])
        let lists = writer.table([.long(Int64(rows)), .later, .later], for: places[0])
        writer.pairs(missing.map { (Int64(rows), Int64($0)) }, for: lists[0])
        writer.pairs(buffers, for: lists[1])
        if !notes.isEmpty { ArrowNote.write(notes, to: &writer, for: places[1]) }
        return ArrowEncoder.framed(writer.bytes)
    }

    private static func framed(_ description: [UInt8]) -> [UInt8] {
        // The body begins at a multiple of 8.
        let size = (description.count + 7) / 8 * 8
        let length = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        return mark + length + description + [UInt8](repeating: 0, count: size - description.count)
    }
}

/// A batch to write: the columns in the order of the schema, then `finish`. Reusing it reuses its memory.
public struct ArrowBatchWriter: Sendable {
    private let encoder: ArrowEncoder
    private var body: [UInt8] = []
    private var used = 0
    private var buffers: [(Int64, Int64)] = []
    private var missing: [Int] = []
    private var rows = 0

    public init(_ encoder: ArrowEncoder) { self.encoder = encoder }

    /// Begins a batch.
    public mutating func start(rows: Int) {
        (self.rows, used) = (rows, 0)
        buffers.removeAll(keepingCapacity: true)
        missing.removeAll(keepingCapacity: true)
    }

    /// Copies a column of a batch with as many rows.
    public mutating func copy(_ index: Int, of batch: ArrowBatch) {
        let column = batch.columns[index]
        missing.append(column.missing)
        if column.type == .null { return missing[missing.count - 1] = rows }
        append(batch.body, column.validity)
        switch column.type {
        case .text, .bytes:
            append(batch.body, column.offsets)
            append(batch.body, column.values)
        default: append(batch.body, column.values)
        }
    }

    /// Adds a column of every `stride`-th number from `start` on.
    public mutating func numbers(_ all: [Float], from start: Int, stride: Int) {
        missing.append(0)
        buffer(0)
        let place = buffer(4 * rows)
        guard rows > 0 else { return }
        precondition(start + (rows - 1) * stride < all.count)
        unsafe body.withUnsafeMutableBytes { body in
            unsafe all.withUnsafeBufferPointer { all in
                for row in 0..<rows {
                    unsafe body.storeBytes(
                        of: all[start + row * stride], toByteOffset: place + 4 * row, as: Float.self)
                }
            }
        }
    }

    /// Adds a column of texts: every `stride`-th label from `start` on is the index of one of `texts`.
    public mutating func texts(
        _ texts: ArrowTexts, _ labels: [Int32], from start: Int, stride: Int
    ) throws(CellarError) {
        missing.append(0)
        buffer(0)
        let offsets = buffer(4 * (rows + 1))
        var size = 0
        for row in 0..<rows { size += texts.places[Int(labels[start + row * stride])].count }
        guard size <= Int(Int32.max) else {
            throw CellarError(
                .badData, "the class names of a batch of \(rows) rows take more than 2 GB.",
                remedy: "Write the stream in smaller batches.")
        }
        let values = buffer(size)
        unsafe body.withUnsafeMutableBytes { body in
            unsafe texts.bytes.withUnsafeBytes { bytes in
                var next = 0
                unsafe body.storeBytes(of: Int32(0), toByteOffset: offsets, as: Int32.self)
                for row in 0..<rows {
                    let place = texts.places[Int(labels[start + row * stride])]
                    unsafe UnsafeMutableRawBufferPointer(
                        rebasing: body[values + next..<values + next + place.count]
                    ).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place]))
                    next += place.count
                    unsafe body.storeBytes(
                        of: Int32(next), toByteOffset: offsets + 4 * (row + 1), as: Int32.self)
                }
            }
        }
    }

    /// Ends the batch, and passes its bytes on in pieces.
    public func finish(
        notes: [ArrowNote] = [], _ write: (Span<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) {
        precondition(missing.count == encoder.schema.fields.count)
        let head = encoder.head(
            rows: rows, missing: missing, buffers: buffers, bodySize: used, notes: notes)
        try write(head.span)
        try write(body.span.extracting(..<used))
    }

    /// Adds an empty batch with notes of its own: readers that do not look for them see no rows.
    public mutating func note(
        _ notes: [ArrowNote], _ write: (Span<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) {
        start(rows: 0)
        for field in encoder.schema.fields {
            missing.append(0)
            for _ in 0..<field.type.bufferCount { buffer(0) }
        }
        try finish(notes: notes, write)
    }

    private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
        let place = buffer(range.count)
        guard !range.isEmpty else { return }
        unsafe body.withUnsafeMutableBytes { body in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: body[place..<place + range.count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
    }

    /// Adds a buffer and returns its position. Buffers begin at multiples of 64, as Arrow advises.
    @discardableResult
    private mutating func buffer(_ size: Int) -> Int {
        let place = used
        buffers.append((Int64(place), Int64(size)))
        used = (place + size + 63) / 64 * 64
        if body.count < used { body += [UInt8](repeating: 0, count: max(used - body.count, body.count)) }
        return place
    }
}

/// Texts of which a column has many copies.
public struct ArrowTexts: Sendable {
    let bytes: [UInt8]
    let places: [Range<Int>]

    public init(_ texts: [String]) {
        var (bytes, places): ([UInt8], [Range<Int>]) = ([], [])
        for text in texts {
            places.append(bytes.count..<bytes.count + text.utf8.count)
            bytes += text.utf8
        }
        (self.bytes, self.places) = (bytes, places)
    }
}
