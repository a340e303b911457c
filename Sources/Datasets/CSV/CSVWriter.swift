import Base
import CNumbers

/// Writes a table row by row through one large buffer. `finish` publishes the file atomically; `-` is
/// standard output. Numbers are written with the fewest digits that read back as the same number.
public struct CSVWriter: ~Copyable, Sendable {
    private var file: AtomicFile
    private let delimiter: UInt8
    private var buffer: [UInt8]
    private var used = 0
    private var atStart = true

    /// Creates a writer with a buffer of `buffering` bytes. Call `flush` for a stream with a waiting reader.
    public init(path: String, delimiter: UInt8 = UInt8(ascii: ","), buffering: Int = 1 << 20)
        throws(CellarError)
    {
        file = try AtomicFile(path)
        self.delimiter = delimiter
        buffer = [UInt8](repeating: 0, count: max(buffering, 256))
    }

    /// Whether the bytes are written as they come, to a pipe or a device, and not to a file that appears at the end.
    public var isStreamed: Bool { file.isStreamed }

    /// Writes a field, quoted if necessary.
    public mutating func field(_ text: String) throws(CellarError) {
        try separate()
        try append(csvField(text, delimiter: delimiter)[...])
    }

    public mutating func field(_ number: Float) throws(CellarError) {
        try separate()
        try room(Int(cn_number_length))
        unsafe buffer.withUnsafeMutableBytes { bytes in
            let place = unsafe bytes.baseAddress!.advanced(by: used).assumingMemoryBound(to: CChar.self)
            used += unsafe cn_write_float(number, place)
        }
    }

    public mutating func field(_ number: Double) throws(CellarError) {
        try separate()
        try room(Int(cn_number_length))
        unsafe buffer.withUnsafeMutableBytes { bytes in
            let place = unsafe bytes.baseAddress!.advanced(by: used).assumingMemoryBound(to: CChar.self)
            used += unsafe cn_write_double(number, place)
        }
    }

    public mutating func field(_ number: Int) throws(CellarError) {
        try separate()
        try append(Array(String(number).utf8)[...])
    }

    /// Writes one or several fields that are already encoded with the same delimiter: an input row.
    public mutating func fields(_ raw: ArraySlice<UInt8>) throws(CellarError) {
        try separate()
        try append(raw)
    }

    /// A field's text from `encoded`, prepared once for a value that comes often, as a class name.
    public func encoded(_ text: String) -> [UInt8] { csvField(text, delimiter: delimiter) }

    /// Writes complete rows with their line ends, as `CSVRows` formats them.
    mutating func rows(_ raw: Span<UInt8>) throws(CellarError) {
        precondition(atStart)
        try flush()
        try file.write(raw)
    }

    /// - Parameter carriageReturn: Whether the line ends in CR LF.
    public mutating func endRow(carriageReturn: Bool = false) throws(CellarError) {
        try room(2)
        if carriageReturn {
            buffer[used] = UInt8(ascii: "\r")
            used += 1
        }
        buffer[used] = UInt8(ascii: "\n")
        used += 1
        atStart = true
    }

    /// Writes a byte order mark; call it first.
    public mutating func mark() throws(CellarError) { try append([0xEF, 0xBB, 0xBF]) }

    /// Writes the buffered bytes.
    public mutating func flush() throws(CellarError) {
        let pending = buffer  // shares the memory, so that self can be mutated
        try file.write(pending.span.extracting(..<used))
        used = 0
    }

    /// Writes the buffered bytes and publishes the file.
    public mutating func finish() throws(CellarError) {
        try flush()
        try file.commit()
    }

    private mutating func separate() throws(CellarError) {
        defer { atStart = false }
        guard !atStart else { return }
        try room(1)
        buffer[used] = delimiter
        used += 1
    }

    private mutating func room(_ count: Int) throws(CellarError) {
        if buffer.count - used < count { try flush() }
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(CellarError) {
        try room(bytes.count)
        guard bytes.count <= buffer.count else {
            try file.write(bytes.span)
            return
        }
        unsafe buffer.withUnsafeMutableBytes { all in
            unsafe bytes.withUnsafeBytes { bytes in
                let place = unsafe UnsafeMutableRawBufferPointer(rebasing: all[used..<used + bytes.count])
                unsafe place.copyMemory(from: bytes)
            }
        }
        used += bytes.count
    }
}
