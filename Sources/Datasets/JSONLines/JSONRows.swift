import Base
import CNumbers

/// Formats objects of JSON, one a line: members of the input with their bytes, then new ones.
public struct JSONRows: Sendable {
    public enum Kept: Sendable, Equatable { case all, keys, none }

    private let kept: Kept
    /// The text before each key's value, as `"id":`.
    private let keys: [[UInt8]]
    /// The text before each new value, as `"prediction":`.
    private let names: [[UInt8]]
    private let columns: [CSVRows.AddedColumn]
    private let texts: [[UInt8]]
    private let numberCount, labelCount: Int
    private var buffer: [UInt8] = []

    public init(
        kept: Kept, keys: [String], names: [String], columns: [CSVRows.AddedColumn], texts: [String]
    ) {
        func quoted(_ text: String) -> [UInt8] { Array(JSON.string(text).text().utf8) }
        let colon = UInt8(ascii: ":")
        self.kept = kept
        self.keys = keys.map { quoted($0) + [colon] }
        self.names = names.map { quoted($0) + [colon] }
        self.columns = columns
        self.texts = texts.map(quoted)
        labelCount = columns.count { $0 == .label }
        numberCount = columns.count - labelCount
    }

    /// Formats the chunk, replacing the previous content.
    ///
    /// - numbers, labels: As for `CSVRows.write`.
    public mutating func write(_ chunk: JSONLinesChunk, numbers: [Float], labels: [Int32]) {
        precondition(numbers.count == chunk.count * numberCount && labels.count == chunk.count * labelCount)
        buffer.removeAll(keepingCapacity: true)
        let (comma, open) = (UInt8(ascii: ","), UInt8(ascii: "{"))
        for row in 0..<chunk.count {
            switch kept {
            case .all:
                let object = chunk.objects[row]
                var end = object.upperBound
                while JSONLineScanner.isSpace(chunk.bytes[end - 1]) { end -= 1 }
                buffer += chunk.bytes[object.lowerBound..<end]
            case .keys:
                buffer.append(open)
                for (index, key) in keys.enumerated() {
                    if index > 0 { buffer.append(comma) }
                    buffer += key
                    buffer += chunk.bytes[chunk.keys[row * keys.count + index]]
                }
            case .none: buffer.append(open)
            }
            var (number, label) = (row * numberCount, row * labelCount)
            for (column, name) in zip(columns, names) {
                if buffer.last != open { buffer.append(comma) }
                buffer += name
                switch column {
                case .number:
                    append(numbers[number])
                    number += 1
                case .label:
                    buffer += texts[Int(labels[label])]
                    label += 1
                }
            }
            buffer.append(UInt8(ascii: "}"))
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private mutating func append(_ number: Float) {
        let start = buffer.count
        buffer += repeatElement(0, count: Int(cn_number_length))
        let length = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe cn_write_float(
                number, bytes.baseAddress!.advanced(by: start).assumingMemoryBound(to: CChar.self))
        }
        buffer.removeLast(Int(cn_number_length) - length)
    }

    /// The formatted rows.
    public var bytes: [UInt8] { buffer }
}
