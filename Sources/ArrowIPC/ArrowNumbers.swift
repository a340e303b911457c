import Base

extension ArrowBatch {
    /// A value that is no finite number of 32 bits.
    public struct BadNumber: Equatable, Sendable {
        public enum Reason: Sendable { case missing, notFinite, tooLarge }
        public let row, column: Int
        public let reason: Reason
    }

    /// Converts columns of numbers to 32 bits, row-major, with true and false as 1 and 0. Returns the first value, by row, that
    /// is missing, not finite or too large; the numbers are then not to be used.
    ///
    /// - columns: The positions of the columns, each of a type that `isNumber`.
    public func numbers(of columns: [Int], into matrix: inout [Float]) -> BadNumber? {
        let count = rows * columns.count
        if matrix.count != count { matrix = [Float](repeating: 0, count: count) }
        // A block of rows stays in the cache while its columns are written one after another.
        let block = max(16, 32_768 / max(columns.count, 1))
        var isGood = columns.allSatisfy { self.columns[$0].missing == 0 }
        unsafe matrix.withUnsafeMutableBufferPointer { matrix in
            unsafe body.withUnsafeBytes { body in
                for start in stride(from: 0, to: rows, by: block) {
                    let part = start..<min(start + block, rows)
                    for (place, column) in columns.enumerated() {
                        let target = unsafe UnsafeMutableBufferPointer(rebasing: matrix[place...])
                        let isFinite = unsafe fill(
                            target, stride: columns.count, self.columns[column], part, body)
                        isGood = isGood && isFinite
                    }
                }
            }
        }
        return isGood ? nil : firstBad(columns, matrix)
    }

    /// Writes the rows `part` of a column to every `stride`-th place, and returns whether all are finite.
    private func fill(
        _ target: UnsafeMutableBufferPointer<Float>, stride: Int, _ column: Column, _ part: Range<Int>,
        _ body: UnsafeRawBufferPointer
    ) -> Bool {
        let values = unsafe UnsafeRawBufferPointer(rebasing: body[column.values])
        @inline(__always)
        func convert<T: BitwiseCopyable>(_ type: T.Type, _ number: (T) -> Float) -> Bool {
            var sum: Float = 0
            for row in part {
                let value = unsafe number(
                    values.loadUnaligned(fromByteOffset: row * MemoryLayout<T>.size, as: T.self))
                unsafe target[row * stride] = value
                // Zero as long as all are finite, else NaN.
                sum += value * 0
            }
            return sum == 0
        }
        switch column.type {
        case .float(64): return convert(Double.self) { Float($0) }
        case .float(32): return convert(Float.self) { $0 }
        case .float: return convert(UInt16.self) { Float(halfBits: $0) }
        case .int(64, true): return convert(Int64.self) { Float($0) }
        case .int(64, false): return convert(UInt64.self) { Float($0) }
        case .int(32, true): return convert(Int32.self) { Float($0) }
        case .int(32, false): return convert(UInt32.self) { Float($0) }
        case .int(16, true): return convert(Int16.self) { Float($0) }
        case .int(16, false): return convert(UInt16.self) { Float($0) }
        case .int(_, true): return convert(Int8.self) { Float($0) }
        case .int(_, false): return convert(UInt8.self) { Float($0) }
        default:
            for row in part {
                unsafe target[row * stride] = values[row / 8] >> UInt8(row % 8) & 1 == 1 ? 1 : 0
            }
            return true
        }
    }

    private func firstBad(_ columns: [Int], _ matrix: [Float]) -> BadNumber? {
        for row in 0..<rows {
            for (place, column) in columns.enumerated() {
                if isMissing(row, self.columns[column]) {
                    return BadNumber(row: row, column: column, reason: .missing)
                }
                if !matrix[row * columns.count + place].isFinite {
                    let reason: BadNumber.Reason =
                        isFiniteDouble(row, self.columns[column]) ? .tooLarge : .notFinite
                    return BadNumber(row: row, column: column, reason: reason)
                }
            }
        }
        return nil
    }

    func isMissing(_ row: Int, _ column: Column) -> Bool {
        guard !column.validity.isEmpty else { return column.type == .null }
        return body[column.validity.lowerBound + row / 8] >> UInt8(row % 8) & 1 == 0
    }

    private func isFiniteDouble(_ row: Int, _ column: Column) -> Bool {
        guard column.type == .float(bits: 64) else { return false }
        let start = column.values.lowerBound + 8 * row
        return unsafe body.withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(fromByteOffset: start, as: Double.self).isFinite
        }
    }
}

extension Float {
    /// Reads a number of 16 bits (IEEE 754), which Swift has no type for on every platform.
    init(halfBits bits: UInt16) {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        let size: Float =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        self = bits >> 15 == 0 ? size : -size
    }
}
