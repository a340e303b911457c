import Base
import CNumbers

/// Formats a chunk's rows in memory and appends columns of numbers and labels.
public struct CSVRows: Sendable {
    /// An appended column.
    public enum AddedColumn: Sendable {
        case number
        /// One of the label texts.
        case label
    }

    private let delimiter: UInt8
    /// In the encoding of `cn_csv_additions`.
    private let columns: [Int32]
    private let numberCount, labelCount: Int
    private var texts: [UInt8] = []
    private var places: [cn_range] = []
    private let longestText: Int
    private var buffer: [UInt8] = []
    private var used = 0
    /// True if the rows have no other columns.
    private let isAlone: Bool

    public init(delimiter: UInt8, columns: [AddedColumn], texts: [String], isAlone: Bool = false) {
        self.isAlone = isAlone
        var (numbers, labels): (Int32, Int32) = (0, 0)
        var kinds: [Int32] = []
        for column in columns {
            switch column {
            case .number:
                kinds.append(numbers)
                numbers += 1
            case .label:
                kinds.append(-1 - labels)
                labels += 1
            }
        }
        (self.delimiter, self.columns) = (delimiter, kinds)
        (numberCount, labelCount) = (Int(numbers), Int(labels))
        for text in texts {
            let bytes = csvField(text, delimiter: delimiter)
            places.append(cn_range(begin: self.texts.count, end: self.texts.count + bytes.count))
            self.texts += bytes
        }
        self.texts += [UInt8](repeating: 0, count: 32)
        longestText = places.map { $0.end - $0.begin }.max() ?? 0
    }

    /// Formats the chunk, replacing the previous content.
    ///
    /// - Parameters:
    ///   - numbers: [rows, number columns].
    ///   - labels: [rows, label columns], each the index of a text.
    public mutating func write(_ chunk: CSVChunk, numbers: [Float], labels: [Int32]) {
        precondition(numbers.count == chunk.count * numberCount && labels.count == chunk.count * labelCount)
        precondition(labels.allSatisfy { places.indices.contains(Int($0)) })
        let added = 2 + columns.count + numberCount * Int(cn_number_length) + labelCount * longestText
        let room = chunk.size + chunk.count * added + 64
        if buffer.count < room { buffer = [UInt8](repeating: 0, count: room + room / 8) }
        used = unsafe columns.withUnsafeBufferPointer { columns in
            unsafe numbers.withUnsafeBufferPointer { numbers in
                unsafe labels.withUnsafeBufferPointer { labels in
                    unsafe write(chunk, columns, numbers, labels)
                }
            }
        }
    }

    private mutating func write(
        _ chunk: CSVChunk, _ columns: UnsafeBufferPointer<Int32>, _ numbers: UnsafeBufferPointer<Float>,
        _ labels: UnsafeBufferPointer<Int32>
    ) -> Int {
        unsafe texts.withUnsafeBytes { texts in
            unsafe places.withUnsafeBufferPointer { places in
                var additions = unsafe cn_csv_additions(
                    columns: columns.baseAddress, column_count: columns.count, numbers: numbers.baseAddress,
                    number_count: numberCount, labels: labels.baseAddress, label_count: labelCount,
                    texts: texts.baseAddress?.assumingMemoryBound(to: CChar.self),
                    text_places: places.baseAddress, alone: isAlone)
                return unsafe chunk.bytes.withUnsafeBytes { bytes in
                    unsafe chunk.rows.withUnsafeBufferPointer { rows in
                        unsafe buffer.withUnsafeMutableBytes { buffer in
                            unsafe cn_csv_write_rows(
                                CChar(bitPattern: delimiter),
                                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), chunk.size,
                                rows.baseAddress, chunk.count, &additions,
                                buffer.baseAddress?.assumingMemoryBound(to: CChar.self))
                        }
                    }
                }
            }
        }
    }

    /// True if the formatted rows end in a line end; nil without rows.
    public var endsLine: Bool? { used == 0 ? nil : buffer[used - 1] == UInt8(ascii: "\n") }

    /// Writes the formatted rows.
    public func send(to writer: inout CSVWriter) throws(CellarError) {
        try writer.rows(buffer.span.extracting(..<used))
    }
}
