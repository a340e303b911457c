import CHDF5

extension HDF5Group {
    /// Returns the group with that name or relative path, creating it and its parents if necessary.
    public func makeGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
        let name = try checkedPath(name)
        if kind(of: name) == .group { return try group(named: name) }
        let place = place(of: name)
        let links = try linkList(place)
        let handle = try SharedHandle(
            unsafe H5Gcreate2(handle.id, name, links.id, HDF5Library.standard, HDF5Library.standard),
            else: place.notWritten)
        return HDF5Group(file: file, handle: handle, path: place.path)
    }

    /// Writes float32 values, row-major and contiguous, as h5py does; shape [] is a scalar. Creates the
    /// groups of the path.
    public func write(_ values: [Float], shape: [Int], named name: String) throws(HDF5Error) {
        // Not by way of the span: see heapArrays in Package.swift. Other packages build without that flag.
        let write = try prepare(name, shape: shape, count: values.count, type: ch5_float32_le())
        try write.check(
            unsafe values.withUnsafeBytes { unsafe write.run(ch5_native_float(), $0.baseAddress) })
    }

    /// Writes a span of float32 values.
    public func write(_ values: Span<Float>, shape: [Int], named name: String) throws(HDF5Error) {
        let write = try prepare(name, shape: shape, count: values.count, type: ch5_float32_le())
        try write.check(
            unsafe values.withUnsafeBytes { unsafe write.run(ch5_native_float(), $0.baseAddress) })
    }

    /// Writes float64 values.
    public func write(_ values: [Double], shape: [Int], named name: String) throws(HDF5Error) {
        let write = try prepare(name, shape: shape, count: values.count, type: ch5_float64_le())
        try write.check(
            unsafe values.withUnsafeBytes { unsafe write.run(ch5_native_double(), $0.baseAddress) })
    }

    /// Writes int64 values.
    public func write(_ values: [Int64], shape: [Int], named name: String) throws(HDF5Error) {
        let write = try prepare(name, shape: shape, count: values.count, type: ch5_int64_le())
        try write.check(
            unsafe values.withUnsafeBytes { unsafe write.run(ch5_native_int64(), $0.baseAddress) })
    }

    /// Writes texts of variable length.
    public func write(
        _ texts: [String], shape: [Int], named name: String, _ charset: HDF5Charset = .utf8
    ) throws(HDF5Error) {
        HDF5Library.enter()
        let place = place(of: name)
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw place.error(
                .notWritten, expected: "text without zero bytes", found: "a zero byte", fix: "Remove it.")
        }
        let type = try variableTextType(ascii: charset == .ascii, place)
        let write = try prepare(name, shape: shape, count: texts.count, type: type.id)
        try write.check(unsafe withCellPointers(texts) { unsafe write.run(type.id, $0) })
    }

    private func prepare(
        _ name: String, shape: [Int], count: Int, type: @autoclosure () -> hid_t
    ) throws(HDF5Error) -> DatasetWrite {
        precondition(count == shape.reduce(1, *), "\(count) values for shape \(shape)")
        HDF5Library.enter()
        let name = try checkedPath(name)
        let place = place(of: name)
        let space = try makeSpace(shape, place)
        let links = try linkList(place)
        let list = try Handle(H5Pcreate(ch5_dataset_create()), else: place.notWritten)
        // Without timestamps the same content gives the same bytes.
        guard H5Pset_obj_track_times(list.id, false) >= 0 else { throw place.notWritten }
        let dataset = try Handle(
            unsafe H5Dcreate2(handle.id, name, type(), space.id, links.id, list.id, HDF5Library.standard),
            else: place.notWritten)
        return DatasetWrite(dataset: dataset, count: count, place: place)
    }

    private func linkList(_ place: HDF5Place) throws(HDF5Error) -> Handle {
        HDF5Library.enter()
        let list = try Handle(H5Pcreate(ch5_link_create()), else: place.notWritten)
        guard H5Pset_create_intermediate_group(list.id, 1) >= 0 else { throw place.notWritten }
        return list
    }
}

private struct DatasetWrite: ~Copyable {
    let dataset: Handle
    let count: Int
    let place: HDF5Place

    func run(_ memory: hid_t, _ bytes: UnsafeRawPointer?) -> herr_t {
        guard count > 0 else { return 0 }
        return unsafe H5Dwrite(dataset.id, memory, H5S_ALL, H5S_ALL, HDF5Library.standard, bytes)
    }

    func check(_ status: herr_t) throws(HDF5Error) {
        guard status >= 0 else { throw place.notWritten }
    }
}
