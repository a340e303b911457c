import Base
import Tensors

/// Reads a NumPy array file as samples along its first axis: shape [1000, 28, 28] is 1000 samples of [28,
/// 28], shape [1000] is 1000 single numbers (of shape [1]). uint8 stays bytes; other numbers become floats.
///
/// Throws if the file is truncated, longer than declared, not numeric, empty, or contains NaN, infinity or a
/// float64 beyond float32's range.
public func readNPY(_ path: String) throws(CellarError) -> Samples {
    let (header, bytes) = try readArray(path)
    let shape = header.shape.count == 1 ? [1] : Array(header.shape.dropFirst())
    if header.kind == .unsigned && header.width == 1 {
        let values = Array(bytes[header.offset...])
        return Samples(shape: shape, bytes: header.fortranOrder ? header.rowMajor(values) : values)
    }
    let values = header.decode(bytes) {
        Float($0)
    } integer: {
        Float($0)
    } natural: {
        Float($0)
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw CellarError(
            .badData, file: path, row: index / shape.reduce(1, *) + 1, expected: "finite numbers",
            found: "\(values[index])", fix: "Remove or replace it. float64 values must fit into float32.")
    }
    return Samples(shape: shape, floats: values)
}

/// Reads a NumPy array file of texts (dtype U or S) as samples along its first axis.
public func readNPYTexts(_ path: String) throws(CellarError) -> Samples {
    let (header, bytes) = try readArray(path, ofTexts: true)
    let shape = header.shape.count == 1 ? [1] : Array(header.shape.dropFirst())
    var texts = Texts()
    texts.reserve(header.count)
    let places = Array(0..<header.count)
    for (index, place) in (header.fortranOrder ? header.rowMajor(places) : places).enumerated() {
        guard let text = header.text(bytes, at: place) else {
            throw CellarError(
                .badData, file: path, row: index / shape.reduce(1, *) + 1,
                expected: header.kind == .bytes ? "text in UTF-8" : "Unicode code points",
                found: "other bytes", fix: "Make the array of texts again, and save it with numpy.save.")
        }
        texts.append(text.utf8)
    }
    return Samples(shape: shape, texts: texts)
}

/// Reads the numbers of a NumPy array file as float64, with the shape. NaN and infinity are allowed.
public func readNPYNumbers(_ path: String) throws(CellarError) -> (shape: [Int], values: [Double]) {
    let (header, bytes) = try readArray(path)
    return (
        header.shape,
        header.decode(bytes) {
            $0
        } integer: {
            Double($0)
        } natural: {
            Double($0)
        }
    )
}

/// Reads integers, such as labels, of a NumPy array file of shape [n] or [n, 1].
public func readNPYLabels(_ path: String) throws(CellarError) -> [Int] {
    let (header, bytes) = try readArray(path)
    guard header.shape.dropFirst().allSatisfy({ $0 == 1 }) else {
        throw CellarError(
            .badData, file: path, expected: "one label for each sample, shape [n]",
            found: "shape \(header.shape)",
            fix: "Save the class numbers, for example with .argmax(axis=1).")
    }
    let values = header.decode(bytes) {
        Int(exactly: $0)
    } integer: {
        Int(exactly: $0)
    } natural: {
        Int(exactly: $0)
    }
    var labels: [Int] = []
    labels.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
        guard let value else {
            throw CellarError(
                .badData, file: path, row: index + 1, expected: "integers", found: "another number",
                fix: "Convert the labels with .astype(numpy.int64).")
        }
        labels.append(value)
    }
    return labels
}

private func readArray(
    _ path: String, ofTexts: Bool = false
) throws(CellarError) -> (NPYHeader, [UInt8]) {
    let bytes = try readFile(path, limit: NPYHeader.limit + 65_547)
    let header = try NPYHeader(file: path, bytes, ofTexts: ofTexts)
    let size = header.count * header.width
    guard bytes.count - header.offset == size else {
        let found = bytes.count - header.offset
        throw CellarError(
            .badData, file: path, expected: "\(size) bytes of data for shape \(header.shape)",
            found: "\(found)",
            fix: found < size
                ? "The file is truncated. Copy or save it again." : "Save it again with numpy.save.")
    }
    guard !header.shape.isEmpty, header.count > 0 else {
        throw CellarError(
            .badData, file: path, expected: "an array whose first axis counts samples",
            found: header.shape.isEmpty ? "a single number" : "an empty array, shape \(header.shape)",
            fix: "Save an array of at least one sample.")
    }
    return (header, bytes)
}

extension NPYHeader {
    /// Returns all numbers in C order, each converted by the closure for its kind.
    func decode<Value>(
        _ bytes: [UInt8], float: (Double) -> Value, integer: (Int64) -> Value, natural: (UInt64) -> Value
    ) -> [Value] {
        let values =
            switch (kind, width) {
            case (.bool, _): load(bytes, UInt8.self) { natural($0 == 0 ? 0 : 1) }
            case (.signed, 1): load(bytes, Int8.self) { integer(Int64($0)) }
            case (.signed, 2): load(bytes, Int16.self) { integer(Int64($0)) }
            case (.signed, 4): load(bytes, Int32.self) { integer(Int64($0)) }
            case (.signed, _): load(bytes, Int64.self, integer)
            case (.unsigned, 1): load(bytes, UInt8.self) { natural(UInt64($0)) }
            case (.unsigned, 2): load(bytes, UInt16.self) { natural(UInt64($0)) }
            case (.unsigned, 4): load(bytes, UInt32.self) { natural(UInt64($0)) }
            case (.unsigned, _): load(bytes, UInt64.self, natural)
            case (.float, 2): load(bytes, UInt16.self) { float(Double(half: $0)) }
            case (.float, 4): load(bytes, UInt32.self) { float(Double(Float(bitPattern: $0))) }
            case (.float, _): load(bytes, UInt64.self) { float(Double(bitPattern: $0)) }
            case (.characters, _), (.bytes, _): preconditionFailure("texts are no numbers")
            }
        return fortranOrder ? rowMajor(values) : values
    }

    /// Returns the text at a place, without the zeros that fill it up; nil for bytes that are no text.
    func text(_ bytes: [UInt8], at place: Int) -> String? {
        let field = bytes[(offset + place * width)..<(offset + (place + 1) * width)]
        guard kind == .characters else {
            return String(
                validating: field[..<((field.lastIndex { $0 != 0 } ?? field.startIndex - 1) + 1)],
                as: UTF8.self)
        }
        var text = String.UnicodeScalarView()
        for start in stride(from: field.startIndex, to: field.endIndex, by: 4) {
            let unit = field[start..<start + 4]
            let code = (bigEndian ? Array(unit) : unit.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard let scalar = Unicode.Scalar(code) else { return nil }
            text.append(scalar)
        }
        while text.last?.value == 0 { text.removeLast() }
        return String(text)
    }

    private func load<Stored: FixedWidthInteger, Value>(
        _ bytes: [UInt8], _: Stored.Type, _ convert: (Stored) -> Value
    ) -> [Value] {
        unsafe bytes.withUnsafeBytes { all in
            (0..<count).map { index in
                let stored = unsafe all.loadUnaligned(
                    fromByteOffset: offset + index * width, as: Stored.self)
                return convert(bigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
            }
        }
    }

    /// Converts column-major values to row-major.
    func rowMajor<Value>(_ values: [Value]) -> [Value] {
        var strides: [Int] = []
        var stride = 1
        for side in shape {
            strides.append(stride)
            stride *= side
        }
        return (0..<count).map { index in
            var (rest, place) = (index, 0)
            for axis in shape.indices.reversed() {
                place += rest % shape[axis] * strides[axis]
                rest /= shape[axis]
            }
            return values[place]
        }
    }
}

extension Double {
    /// Converts an IEEE 754 16-bit float: 1 sign bit, 5 exponent bits, 10 fraction bits. (Swift's Float16
    /// does not exist on all platforms.)
    init(half bits: UInt16) {
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023) / 1024
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-14
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        self = bits >> 15 == 0 ? size : -size
    }
}
