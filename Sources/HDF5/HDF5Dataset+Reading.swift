import CHDF5
import CMemory

extension HDF5Dataset {
    /// Reads all numbers in row-major order, converted from any numeric type.
    ///
    /// - Parameter expected: The required shape. Another shape is an error, and nothing is read.
    public func readFloats(shape expected: [Int]? = nil) throws(HDF5Error) -> [Float] {
        try check(expected, bytesEach: 4)
        switch kind {
        case .float16: return try rawHalves().map { Float(Float16(bitPattern: $0)) }
        case .bfloat16: return try rawHalves().map { Float(bitPattern: UInt32($0) << 16) }
        default: return try numbers(ch5_native_float())
        }
    }

    /// Reads like `readFloats`.
    public func readDoubles(shape expected: [Int]? = nil) throws(HDF5Error) -> [Double] {
        try check(expected, bytesEach: 8)
        switch kind {
        case .float16, .bfloat16: return try readFloats().map(Double.init)
        default: return try numbers(ch5_native_double())
        }
    }

    /// Reads like `readFloats`. Fractions are truncated, and numbers outside of Int64 are clamped.
    public func readInt64s(shape expected: [Int]? = nil) throws(HDF5Error) -> [Int64] {
        try check(expected, bytesEach: 8)
        switch kind {
        case .float16, .bfloat16:
            return try readFloats().map {
                Int64(exactly: $0.rounded(.towardZero)) ?? ($0 > 0 ? .max : $0 < 0 ? .min : 0)
            }
        default: return try numbers(ch5_native_int64())
        }
    }

    /// Reads all texts in row-major order.
    public func readStrings(shape expected: [Int]? = nil) throws(HDF5Error) -> [String] {
        try check(shape: expected)
        let type = try Handle(H5Dget_type(handle.id), else: place.damaged(expected: "an element type"))
        let space = try Handle(H5Dget_space(handle.id), else: place.damaged(expected: "a shape"))
        return try unsafe readTexts(
            count: count, kind: kind, type: type.id, space: space.id, limit: file.limits.textBytes, place
        ) { buffer in
            unsafe H5Dread(handle.id, type.id, H5S_ALL, H5S_ALL, HDF5Library.standard, buffer)
        }
    }

    private func check(_ expected: [Int]?, bytesEach: Int) throws(HDF5Error) {
        guard kind.isNumber else {
            throw place.error(.wrongKind, expected: "numbers", found: kind.description)
        }
        try check(shape: expected)
        guard count <= file.limits.datasetBytes / bytesEach else {
            throw place.error(
                .tooLarge, expected: "at most \(file.limits.datasetBytes) bytes", found: "\(count) numbers")
        }
    }

    private func check(shape expected: [Int]?) throws(HDF5Error) {
        guard let expected, expected != shape else { return }
        throw place.error(
            .wrongKind, expected: "shape \(expected.shapeText)", found: "shape \(shape.shapeText)")
    }

    /// Reads the two bytes of each element unconverted, in the machine's byte order: exact, and faster than
    /// HDF5's conversion.
    private func rawHalves() throws(HDF5Error) -> [UInt16] {
        let type = try Handle(H5Dget_type(handle.id), else: place.damaged(expected: "an element type"))
        let halves: [UInt16] = try numbers(type.id)
        return isBigEndian ? halves.map(UInt16.init(bigEndian:)) : halves.map(UInt16.init(littleEndian:))
    }

    private func numbers<Number: BitwiseCopyable>(_ type: hid_t) throws(HDF5Error) -> [Number] {
        guard count > 0 else { return [] }
        HDF5Library.enter()
        var status: herr_t = -1
        let numbers = unsafe [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = buffer.count * MemoryLayout<Number>.stride
            if bytes >= 1 << 17, !cm_heap_serves(bytes) {
                unsafe cm_fetch_pages(buffer.baseAddress, bytes)
            }
            status = unsafe H5Dread(
                handle.id, type, H5S_ALL, H5S_ALL, HDF5Library.standard, buffer.baseAddress)
            initialized = status < 0 ? 0 : count
        }
        guard status >= 0 else { throw place.damaged(expected: "\(count) numbers") }
        return numbers
    }
}
