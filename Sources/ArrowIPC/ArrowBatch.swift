import Base

/// Rows of a stream: the values of all columns in one block of bytes, which is checked when it is read.
public struct ArrowBatch: Sendable {
    public internal(set) var rows = 0
    /// The number of the first row in the stream, counted from 1.
    public internal(set) var firstRow = 1
    var columns: [Column] = []
    var body: [UInt8] = []
    /// The number of bytes of `body` that belong to this batch.
    var size = 0

    public init() {}

    /// The places of a column's values in the body.
    struct Column: Sendable {
        let type: ArrowType
        let missing: Int
        /// Bit n is set if row n has a value. Empty if all have.
        var validity: Range<Int> = 0..<0
        var values: Range<Int> = 0..<0
        /// For texts and bytes: `rows + 1` positions in `values`.
        var offsets: Range<Int> = 0..<0
    }

    /// Finds the columns of a record batch whose body is already in place, and checks every length and offset.
    mutating func read(_ table: FlatTable, _ schema: ArrowSchema) throws(CellarError) {
        if try table.has(3) {
            throw CellarError(
                .badData, "the Arrow stream is compressed, which is not supported.",
                remedy: "Write it without compression: `pa.ipc.IpcWriteOptions(compression=None)`.")
        }
        let length = try table.integer(0, or: Int64(0))
        let nodes = try table.pairs(1)
        let buffers = try table.pairs(2)
        guard length >= 0, length <= Int64(Int32.max) else {
            throw .damagedArrow("a batch of \(length) rows")
        }
        rows = Int(length)
        guard nodes.count == schema.fields.count,
            buffers.count == schema.fields.reduce(0, { $0 + $1.type.bufferCount })
        else { throw .damagedArrow("a batch with other columns than its schema") }
        columns.removeAll(keepingCapacity: true)
        var next = 0
        for (field, node) in zip(schema.fields, nodes) {
            guard node.0 == length, node.1 >= 0, node.1 <= length else {
                throw .damagedArrow("columns of different lengths")
            }
            let own = buffers[next..<next + field.type.bufferCount]
            next += own.count
            columns.append(try column(field.type, missing: Int(node.1), Array(own)))
        }
    }

    private func column(
        _ type: ArrowType, missing: Int, _ buffers: [(Int64, Int64)]
    ) throws(CellarError) -> Column {
        var ranges: [Range<Int>] = []
        for (offset, length) in buffers {
            guard offset >= 0, length >= 0, offset <= Int64(size), length <= Int64(size) - offset else {
                throw .damagedArrow("a column outside of its batch")
            }
            ranges.append(Int(offset)..<Int(offset) + Int(length))
        }
        var column = Column(type: type, missing: type == .null ? 0 : missing)
        guard let validity = ranges.first else { return column }
        if !validity.isEmpty { column.validity = try validity.first((rows + 7) / 8) }
        if column.validity.isEmpty, missing > 0 { throw .damagedArrow("missing values without their places") }
        switch type {
        case .text(let isLarge), .bytes(let isLarge):
            column.values = ranges[2]
            if rows > 0 || !ranges[1].isEmpty {
                column.offsets = try ranges[1].first((rows + 1) * (isLarge ? 8 : 4))
                guard areOrdered(column.offsets, isLarge: isLarge, limit: column.values.count) else {
                    throw .damagedArrow("texts outside of their batch")
                }
            }
        default:
            // No overflow: at most 2³¹ rows of 2²⁴ bytes each.
            column.values = try ranges[1].first((rows * type.bits + 7) / 8)
        }
        return column
    }

    /// Returns false if an offset is smaller than the one before it, or beyond the bytes of the texts.
    private func areOrdered(_ range: Range<Int>, isLarge: Bool, limit: Int) -> Bool {
        unsafe body.withUnsafeBytes { bytes in
            let offsets = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
            func check<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> Bool {
                var (last, isOrdered) = (T(0), true)
                for row in 0...rows {
                    let offset = unsafe offsets.loadUnaligned(
                        fromByteOffset: row * MemoryLayout<T>.size, as: T.self)
                    isOrdered = isOrdered && offset >= last
                    last = offset
                }
                return isOrdered && Int(last) <= limit
            }
            return isLarge ? check(Int64.self) : check(Int32.self)
        }
    }
}

extension Range<Int> {
    /// The first `count` positions.
    fileprivate func first(_ count: Int) throws(CellarError) -> Range<Int> {
        guard count <= self.count else { throw .damagedArrow("a column that is shorter than its batch") }
        return lowerBound..<lowerBound + count
    }
}
