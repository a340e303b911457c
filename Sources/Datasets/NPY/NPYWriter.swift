import Base
import Tensors

/// Writes a NumPy array file (version 1, float32, C order) atomically, in the form of numpy.save.
public func writeNPY(_ tensor: Tensor, to path: String) throws(CellarError) {
    var writer = try NPYWriter(path: path, shape: tensor.shape)
    try writer.append(tensor.values.span)
    try writer.finish()
}

/// Writes a float32 NumPy array in pieces. `finish` publishes the file atomically; `-` is standard output.
public struct NPYWriter: ~Copyable, Sendable {
    private var file: AtomicFile
    private let count: Int
    private var written = 0

    public init(path: String, shape: [Int]) throws(CellarError) {
        precondition(shape.allSatisfy { $0 >= 0 }, "shape \(shape)")
        var file = try AtomicFile(path)
        try file.write(NPYWriter.header(shape).span)
        self.file = file
        count = shape.reduce(1, *)
    }

    /// Appends numbers in row-major order.
    public mutating func append(_ numbers: Span<Float>) throws(CellarError) {
        written += numbers.count
        precondition(written <= count, "\(written) numbers for a shape of \(count)")
        var bytes: [UInt8] = []
        let step = 1 << 16
        for start in stride(from: 0, to: numbers.count, by: step) {
            bytes.removeAll(keepingCapacity: true)
            for index in start..<min(start + step, numbers.count) {
                let bits = numbers[index].bitPattern
                for shift in [0, 8, 16, 24] as [UInt32] {
                    bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
                }
            }
            try file.write(bytes.span)
        }
    }

    /// Publishes the file. All numbers of the shape must have been appended.
    public mutating func finish() throws(CellarError) {
        precondition(written == count, "\(written) numbers for a shape of \(count)")
        try file.commit()
    }

    private static func header(_ shape: [Int]) -> [UInt8] {
        let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
        var bytes = Array(text.utf8)
        // NumPy leaves space for the first axis to grow to 20 digits, then pads to a multiple of 64 bytes.
        if let first = shape.first { bytes += Array(repeating: 32, count: max(0, 21 - String(first).count)) }
        let total = 10 + bytes.count + 1
        bytes += Array(repeating: 32, count: 64 - total % 64) + [UInt8(ascii: "\n")]
        let length = bytes.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + bytes
    }
}
