import CHDF5

/// Validates the storage of a dataset before anything is read.
struct StorageCheck {
    private let place: HDF5Place
    private let limits: HDF5Limits
    private let isChunked: Bool
    private let isCompressed: Bool
    /// Elements per chunk.
    private let chunkCount: Int

    init(dataset: hid_t, limits: HDF5Limits, _ place: HDF5Place) throws(HDF5Error) {
        (self.place, self.limits) = (place, limits)
        let list = try Handle(H5Dget_create_plist(dataset), else: place.damaged(expected: "a storage layout"))
        let layout = H5Pget_layout(list.id)
        guard layout != H5D_VIRTUAL, H5Pget_external_count(list.id) == 0 else {
            throw place.error(
                .refused, expected: "data in this file",
                found: layout == H5D_VIRTUAL ? "a virtual dataset" : "data in another file",
                fix: "Other files are never opened. Copy the data into this file (h5repack, or h5py).")
        }
        guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout) else {
            throw place.damaged(expected: "a storage layout")
        }
        isChunked = layout == H5D_CHUNKED
        isCompressed = try Self.checkFilters(list.id, place)
        var chunkCount = 1
        if isChunked {
            var sizes = [hsize_t](repeating: 0, count: 32)
            let rank = unsafe H5Pget_chunk(list.id, 32, &sizes)
            guard rank > 0 else { throw place.damaged(expected: "chunks") }
            for size in sizes.prefix(Int(rank)) {
                let (product, overflow) = chunkCount.multipliedReportingOverflow(by: Int(clamping: size))
                chunkCount = overflow ? .max : product
            }
        }
        self.chunkCount = chunkCount
    }

    /// Returns true if one of the filters compresses.
    private static func checkFilters(_ list: hid_t, _ place: HDF5Place) throws(HDF5Error) -> Bool {
        var compressors = 0
        let count = H5Pget_nfilters(list)
        guard (0...8).contains(count) else { throw place.damaged(expected: "at most 8 filters") }
        for index in 0..<count {
            var flags: UInt32 = 0
            var values = 0
            var config: UInt32 = 0
            switch unsafe H5Pget_filter2(list, UInt32(index), &flags, &values, nil, 0, nil, &config) {
            case H5Z_FILTER_DEFLATE, H5Z_FILTER_SZIP: compressors += 1
            case H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32: break
            case let other:
                throw place.error(
                    .refused, expected: "uncompressed data, or gzip, szip, shuffle or Fletcher-32",
                    found: "HDF5 filter \(other)", fix: "Rewrite the file (h5repack -f GZIP=4 IN OUT).")
            }
        }
        guard compressors <= 1 else {
            throw place.error(.refused, expected: "one compression filter", found: "\(compressors)")
        }
        return compressors > 0
    }

    /// Returns the stored size in bytes, checked to be the size of the shape, or possible after compression.
    /// Otherwise a small file could make us allocate memory for a large shape.
    func checkedSize(dataset: hid_t, count: Int, elementSize: Int, fileSize: Int?) throws(HDF5Error) -> Int {
        let stored = Int(clamping: H5Dget_storage_size(dataset))
        guard count > 0 else { return stored }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: elementSize)
        guard !overflow, bytes <= limits.datasetBytes else {
            throw place.error(
                .tooLarge, expected: "at most \(limits.datasetBytes) bytes", found: "\(count) elements")
        }
        let most = stored.multipliedReportingOverflow(by: isCompressed ? limits.inflation : 1)
        guard most.overflow || bytes <= most.partialValue else {
            throw place.error(.tooLarge, expected: "\(bytes) bytes for its shape", found: "\(stored)")
        }
        if isChunked {
            let chunk = chunkCount.multipliedReportingOverflow(by: elementSize)
            guard !chunk.overflow, chunk.partialValue <= max(bytes, 16 << 20) else {
                throw place.error(
                    .tooLarge, expected: "chunks no larger than the data",
                    found: "\(chunkCount) elements each")
            }
        }
        if let fileSize { try checkFits(dataset, stored: stored, fileSize: fileSize) }
        return stored
    }

    private func checkFits(_ dataset: hid_t, stored: Int, fileSize: Int) throws(HDF5Error) {
        let offset = H5Dget_offset(dataset)
        let start = offset == ch5_undefined_address() ? 0 : Int(clamping: offset)
        guard stored <= fileSize, start <= fileSize - stored else {
            throw place.error(
                .truncated, expected: "\(stored) bytes at byte \(start)",
                found: "a file of \(fileSize) bytes")
        }
    }
}
