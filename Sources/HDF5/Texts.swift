import CHDF5

/// Reads the texts of a dataset or an attribute, variable-length or fixed-length. `read` fills a buffer of
/// `type`.
func readTexts(
    count: Int, kind: HDF5ElementKind, type: hid_t, space: hid_t, limit: Int, _ place: HDF5Place,
    read: (UnsafeMutableRawPointer) -> herr_t
) throws(HDF5Error) -> [String] {
    HDF5Library.enter()
    guard count > 0 else { return [] }
    switch kind {
    case .text:
        guard count <= limit / MemoryLayout<Int>.size else { throw place.tooMuchText(limit) }
        return try unsafe readVariable(count, type, space, limit, place, read)
    case .fixedText(let length):
        let (bytes, overflow) = count.multipliedReportingOverflow(by: length)
        guard !overflow, bytes <= limit else { throw place.tooMuchText(limit) }
        return try unsafe readFixed(count, length, H5Tget_strpad(type), place, read)
    default:
        throw place.error(.wrongKind, expected: "text", found: kind.description)
    }
}

private func readVariable(
    _ count: Int, _ type: hid_t, _ space: hid_t, _ limit: Int, _ place: HDF5Place,
    _ read: (UnsafeMutableRawPointer) -> herr_t
) throws(HDF5Error) -> [String] {
    let cells = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: count)
    unsafe cells.initialize(repeating: nil, count: count)
    defer {
        // Frees the memory that HDF5 allocated for each text, also after a failed read.
        unsafe _ = H5Dvlen_reclaim(type, space, HDF5Library.standard, cells)
        unsafe cells.deallocate()
    }
    guard unsafe read(UnsafeMutableRawPointer(cells)) >= 0 else { throw place.damaged(expected: "text") }
    var texts: [String] = []
    var room = limit
    for index in 0..<count {
        guard let cell = unsafe cells[index] else {
            texts.append("")
            continue
        }
        guard let text = unsafe String(validatingCString: cell) else { throw place.notUTF8 }
        room -= text.utf8.count
        guard room >= 0 else { throw place.tooMuchText(limit) }
        texts.append(text)
    }
    return texts
}

private func readFixed(
    _ count: Int, _ length: Int, _ padding: H5T_str_t, _ place: HDF5Place,
    _ read: (UnsafeMutableRawPointer) -> herr_t
) throws(HDF5Error) -> [String] {
    var bytes = [UInt8](repeating: 0, count: count * length)
    let status = unsafe bytes.withUnsafeMutableBytes { bytes -> herr_t in
        guard let start = bytes.baseAddress else { return -1 }
        return unsafe read(start)
    }
    guard status >= 0 else { throw place.damaged(expected: "text") }
    var texts: [String] = []
    for index in 0..<count {
        var cell = bytes[index * length..<(index + 1) * length]
        if padding == H5T_STR_NULLTERM { cell = cell.prefix { $0 != 0 } }
        let filler: UInt8 = padding == H5T_STR_SPACEPAD ? 0x20 : 0
        while cell.last == filler { cell.removeLast() }
        guard let text = String(validating: cell, as: UTF8.self) else { throw place.notUTF8 }
        texts.append(text)
    }
    return texts
}

extension HDF5Place {
    fileprivate var notUTF8: HDF5Error { error(.damaged, expected: "text in UTF-8", found: "invalid bytes") }

    fileprivate func tooMuchText(_ limit: Int) -> HDF5Error {
        error(.tooLarge, expected: "at most \(limit) bytes of text", found: "more")
    }
}

/// Returns the element type of variable-length texts, as h5py creates it.
func variableTextType(ascii: Bool, _ place: HDF5Place) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcopy(ch5_c_string()), else: place.notWritten)
    guard H5Tset_size(type.id, ch5_variable()) >= 0,
        H5Tset_cset(type.id, ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8) >= 0
    else { throw place.notWritten }
    return type
}

/// Passes the texts to `body` as C pointers to zero-terminated bytes.
func withCellPointers<Result>(_ texts: [String], _ body: (UnsafeRawPointer?) -> Result) -> Result {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8.map(CChar.init(bitPattern:)))
        bytes.append(0)
    }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
        let cells = unsafe starts.map { start in unsafe bytes.baseAddress.map { unsafe $0 + start } }
        return unsafe cells.withUnsafeBytes { unsafe body($0.baseAddress) }
    }
}
