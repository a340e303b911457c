import CHDF5

/// The attributes of a group or a dataset. Reading a missing attribute returns nil; one of another type is an
/// error.
public struct HDF5Attributes: Sendable {
    let file: OpenFile
    let owner: SharedHandle
    let path: String

    var place: HDF5Place { HDF5Place(file: file.place.file, path: path) }

    /// The names, sorted by bytes.
    public func names() throws(HDF5Error) -> [String] {
        HDF5Library.enter()
        var names = NameList(limit: file.limits.children)
        let status = unsafe withUnsafeMutablePointer(to: &names) { names in
            unsafe H5Aiterate2(
                owner.id, H5_INDEX_NAME, H5_ITER_INC, nil,
                { _, name, _, names in unsafe NameList.add(name, to: names) }, names)
        }
        guard status >= 0 else { throw place.damaged(expected: "a list of attributes") }
        return try names.checked(place, "attributes")
    }

    public func has(_ name: String) -> Bool {
        guard !name.isEmpty, !name.utf8.contains(0) else { return false }
        HDF5Library.enter()
        return unsafe H5Aexists(owner.id, name) > 0
    }

    /// Returns one text. An array of one element counts as a scalar.
    public func string(_ name: String) throws(HDF5Error) -> String? {
        guard let texts = try strings(name) else { return nil }
        guard texts.count == 1 else {
            throw place.attribute(name).error(.wrongKind, expected: "one text", found: "\(texts.count)")
        }
        return texts[0]
    }

    /// Returns a list of texts, variable-length or fixed-length. An empty array of any type is an empty list,
    /// because h5py writes an empty list of names as floats.
    public func strings(_ name: String) throws(HDF5Error) -> [String]? {
        guard has(name) else { return nil }
        let place = place.attribute(name)
        let attribute = try open(name)
        let type = try Handle(H5Aget_type(attribute.id), else: place.damaged(expected: "an element type"))
        let space = try Handle(H5Aget_space(attribute.id), else: place.damaged(expected: "a shape"))
        let count = try checkedCount(attribute.id, type.id, space.id, place)
        return try unsafe readTexts(
            count: count, kind: HDF5ElementKind(type: type.id), type: type.id, space: space.id,
            limit: file.limits.textBytes, place
        ) { buffer in unsafe H5Aread(attribute.id, type.id, buffer) }
    }

    /// Returns numbers in row-major order, converted from any numeric type; a scalar is a list of one.
    public func doubles(_ name: String) throws(HDF5Error) -> [Double]? {
        try numbers(name, ch5_native_double())
    }

    /// Returns numbers as `doubles` does, with fractions truncated.
    public func int64s(_ name: String) throws(HDF5Error) -> [Int64]? {
        try numbers(name, ch5_native_int64())
    }

    private func numbers<Number: BitwiseCopyable>(
        _ name: String, _ memory: @autoclosure () -> hid_t
    ) throws(HDF5Error) -> [Number]? {
        guard has(name) else { return nil }
        let place = place.attribute(name)
        let attribute = try open(name)
        let type = try Handle(H5Aget_type(attribute.id), else: place.damaged(expected: "an element type"))
        let space = try Handle(H5Aget_space(attribute.id), else: place.damaged(expected: "a shape"))
        let kind = HDF5ElementKind(type: type.id)
        guard kind.isNumber else {
            throw place.error(.wrongKind, expected: "numbers", found: kind.description)
        }
        let count = try checkedCount(attribute.id, type.id, space.id, place)
        guard count > 0 else { return [] }
        let memory = memory()
        var status: herr_t = -1
        let numbers = unsafe [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            status = unsafe H5Aread(attribute.id, memory, buffer.baseAddress)
            initialized = status < 0 ? 0 : count
        }
        guard status >= 0 else { throw place.damaged(expected: "\(count) numbers") }
        return numbers
    }

    private func open(_ name: String) throws(HDF5Error) -> Handle {
        try Handle(
            unsafe H5Aopen(owner.id, name, HDF5Library.standard),
            else: place.attribute(name).damaged(expected: "an attribute"))
    }

    /// Returns the number of elements, checked against a limit and the size of the file.
    private func checkedCount(
        _ attribute: hid_t, _ type: hid_t, _ space: hid_t, _ place: HDF5Place
    ) throws(HDF5Error) -> Int {
        let count = try Extent(space: space, place).count
        let (bytes, overflow) = count.multipliedReportingOverflow(by: H5Tget_size(type))
        let limit = min(file.limits.attributeBytes, file.size ?? .max)
        guard !overflow, bytes <= limit else {
            throw place.error(.tooLarge, expected: "at most \(limit) bytes", found: "\(count) elements")
        }
        return count
    }
}
