import CHDF5

/// The declared character set of a text. The bytes are UTF-8 in both cases.
public enum HDF5Charset: Sendable {
    /// h5py's type for Python's `bytes`.
    case ascii
    /// h5py's type for Python's `str`.
    case utf8
}

extension HDF5Attributes {
    /// Writes a scalar text of variable length, as h5py writes `str` (.utf8) and `bytes` (.ascii). Its bytes
    /// are outside the object header, so its length is not limited.
    public func set(_ name: String, string: String, _ charset: HDF5Charset = .utf8) throws(HDF5Error) {
        try setTexts(name, [string], scalar: true, charset)
    }

    /// Writes an array of variable-length texts, as h5py 3 writes a list of names. The limit is about 4,000.
    public func set(_ name: String, strings: [String], _ charset: HDF5Charset = .ascii) throws(HDF5Error) {
        try setTexts(name, strings, scalar: false, charset)
    }

    /// Writes an array of fixed-length texts, padded with zero bytes, as NumPy's `S` arrays and h5py 2. The
    /// total must be less than 64 KiB.
    public func set(_ name: String, fixedStrings texts: [String]) throws(HDF5Error) {
        let place = place.attribute(name)
        try check(texts, place)
        let length = max(1, texts.lazy.map(\.utf8.count).max() ?? 1)
        HDF5Library.enter()
        let type = try Handle(H5Tcopy(ch5_c_string()), else: place.notWritten)
        guard H5Tset_size(type.id, length) >= 0, H5Tset_strpad(type.id, H5T_STR_NULLPAD) >= 0 else {
            throw place.notWritten
        }
        var bytes: [UInt8] = []
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            bytes.append(contentsOf: repeatElement(0, count: length - text.utf8.count))
        }
        try unsafe set(name, type: type.id, memory: type.id, shape: [texts.count]) { body in
            unsafe bytes.withUnsafeBytes { unsafe body($0.baseAddress) }
        }
    }

    /// Writes an array of float64. It may be empty: h5py writes an empty list of names in this form.
    public func set(_ name: String, doubles: [Double]) throws(HDF5Error) {
        try unsafe set(
            name, type: ch5_float64_le(), memory: ch5_native_double(), shape: [doubles.count]
        ) { body in unsafe doubles.withUnsafeBytes { unsafe body($0.baseAddress) } }
    }

    /// Writes a scalar float64.
    public func set(_ name: String, double: Double) throws(HDF5Error) {
        try unsafe set(name, type: ch5_float64_le(), memory: ch5_native_double(), shape: []) { body in
            unsafe withUnsafeBytes(of: double) { unsafe body($0.baseAddress) }
        }
    }

    /// Writes a scalar int64.
    public func set(_ name: String, int64: Int64) throws(HDF5Error) {
        try unsafe set(name, type: ch5_int64_le(), memory: ch5_native_int64(), shape: []) { body in
            unsafe withUnsafeBytes(of: int64) { unsafe body($0.baseAddress) }
        }
    }

    private func setTexts(
        _ name: String, _ texts: [String], scalar: Bool, _ charset: HDF5Charset
    ) throws(HDF5Error) {
        let place = place.attribute(name)
        try check(texts, place)
        HDF5Library.enter()
        let type = try variableTextType(ascii: charset == .ascii, place)
        try unsafe set(name, type: type.id, memory: type.id, shape: scalar ? [] : [texts.count]) { body in
            unsafe withCellPointers(texts) { unsafe body($0) }
        }
    }

    private func check(_ texts: [String], _ place: HDF5Place) throws(HDF5Error) {
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw place.error(
                .notWritten, expected: "text without zero bytes", found: "a zero byte", fix: "Remove it.")
        }
    }

    /// Creates the attribute, replacing one with the same name, and writes the bytes that `bytes` provides.
    private func set(
        _ name: String, type: @autoclosure () -> hid_t, memory: @autoclosure () -> hid_t, shape: [Int],
        bytes: ((UnsafeRawPointer?) -> herr_t) -> herr_t
    ) throws(HDF5Error) {
        let place = place.attribute(name)
        if has(name), unsafe H5Adelete(owner.id, name) < 0 { throw place.notWritten }
        let (type, memory) = (type(), memory())
        let space = try makeSpace(shape, place)
        let attribute = try Handle(
            unsafe H5Acreate2(owner.id, name, type, space.id, HDF5Library.standard, HDF5Library.standard),
            else: place.notWritten)
        guard shape.reduce(1, *) > 0 else { return }
        guard unsafe bytes({ unsafe H5Awrite(attribute.id, memory, $0) }) >= 0 else { throw place.notWritten }
    }
}

/// Creates a dataspace; [] is a scalar.
func makeSpace(_ shape: [Int], _ place: HDF5Place) throws(HDF5Error) -> Handle {
    let sizes = shape.map(hsize_t.init)
    return try Handle(
        shape.isEmpty ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(shape.count), sizes, nil),
        else: place.notWritten)
}
