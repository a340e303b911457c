/// A value of a column of numbers, truth values or texts.
public enum ArrowValue: Equatable, Sendable {
    case missing
    case number(Double)
    case truth(Bool)
    case text(String)
}

extension ArrowType {
    /// True if `ArrowBatch.values` can read it.
    public var isValue: Bool {
        if case .text = self { return true }
        return isNumber || self == .null
    }
}

extension ArrowBatch {
    /// Returns the values of a column of a type that `isValue`, row by row. Bytes that are no UTF-8 become U+FFFD.
    public func values(of column: Int) -> [ArrowValue] {
        let column = columns[column]
        return (0..<rows).map { row in isMissing(row, column) ? .missing : value(row, column) }
    }

    private func value(_ row: Int, _ column: Column) -> ArrowValue {
        func load<T: BitwiseCopyable>(_ type: T.Type, _ range: Range<Int>) -> T {
            let start = range.lowerBound + row * MemoryLayout<T>.size
            return unsafe body.withUnsafeBytes { bytes in
                unsafe bytes.loadUnaligned(fromByteOffset: start, as: type)
            }
        }
        func number<T: BinaryInteger & BitwiseCopyable>(_ type: T.Type) -> ArrowValue {
            let whole = load(type, column.values)
            // A double does not hold larger ones.
            return whole.magnitude < 1 << 53 ? .number(Double(whole)) : .text("\(whole)")
        }
        switch column.type {
        case .float(64): return .number(load(Double.self, column.values))
        case .float(32): return .number(Double(load(Float.self, column.values)))
        case .float: return .number(Double(Float(halfBits: load(UInt16.self, column.values))))
        case .int(64, true): return number(Int64.self)
        case .int(64, false): return number(UInt64.self)
        case .int(32, true): return number(Int32.self)
        case .int(32, false): return number(UInt32.self)
        case .int(16, true): return number(Int16.self)
        case .int(16, false): return number(UInt16.self)
        case .int(_, true): return number(Int8.self)
        case .int(_, false): return number(UInt8.self)
        case .bool:
            let byte = body[column.values.lowerBound + row / 8]
            return .truth(byte >> UInt8(row % 8) & 1 == 1)
        case .text(let isLarge):
            let range: Range<Int> =
                isLarge
                ? offsets(row, Int64.self, column.offsets) : offsets(row, Int32.self, column.offsets)
            let start = column.values.lowerBound
            return .text(
                String(decoding: body[start + range.lowerBound..<start + range.upperBound], as: UTF8.self))
        case .null, .bytes, .fixed: return .missing
        }
    }

    /// The bytes of a text. They were checked when the batch was read.
    private func offsets<T: FixedWidthInteger & BitwiseCopyable>(
        _ row: Int, _ type: T.Type, _ range: Range<Int>
    ) -> Range<Int> {
        unsafe body.withUnsafeBytes { bytes in
            let start = range.lowerBound + row * MemoryLayout<T>.size
            let (from, to) = unsafe (
                bytes.loadUnaligned(fromByteOffset: start, as: type),
                bytes.loadUnaligned(fromByteOffset: start + MemoryLayout<T>.size, as: type)
            )
            return Int(from)..<Int(to)
        }
    }
}
