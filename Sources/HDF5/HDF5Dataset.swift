import CHDF5

/// An array of numbers or texts in a file. Its storage was validated when it was opened.
public struct HDF5Dataset: Sendable {
    let file: OpenFile
    let handle: SharedHandle
    /// The absolute path: `/model_weights/dense/dense/kernel:0`.
    public let path: String
    /// The shape; [] for a scalar.
    public let shape: [Int]
    /// The number of elements.
    public let count: Int
    public let kind: HDF5ElementKind
    public let isBigEndian: Bool
    /// Bytes per element in the file.
    public let elementSize: Int
    /// Bytes in the file, after compression.
    public let storageSize: Int

    var place: HDF5Place { HDF5Place(file: file.place.file, path: path) }

    public var attributes: HDF5Attributes { HDF5Attributes(file: file, owner: handle, path: path) }

    init(file: OpenFile, handle: SharedHandle, path: String) throws(HDF5Error) {
        (self.file, self.handle, self.path) = (file, handle, path)
        let place = HDF5Place(file: file.place.file, path: path)
        // The storage is checked first, because asking a virtual dataset for its shape opens other files.
        let storage = try StorageCheck(dataset: handle.id, limits: file.limits, place)
        let type = try Handle(H5Dget_type(handle.id), else: place.damaged(expected: "an element type"))
        let space = try Handle(H5Dget_space(handle.id), else: place.damaged(expected: "a shape"))
        let extent = try Extent(space: space.id, place)
        (shape, count) = (extent.shape, extent.count)
        elementSize = H5Tget_size(type.id)
        isBigEndian = H5Tget_order(type.id) == H5T_ORDER_BE
        let attributes = HDF5Attributes(file: file, owner: handle, path: path)
        kind = try Self.kind(type.id, attributes)
        storageSize = try storage.checkedSize(
            dataset: handle.id, count: count, elementSize: elementSize, fileSize: file.size)
    }

    /// NumPy has no bfloat16. h5py stores the common extension type as two opaque bytes, and the writer
    /// records the type name.
    private static func kind(_ type: hid_t, _ attributes: HDF5Attributes) throws(HDF5Error) -> HDF5ElementKind
    {
        let kind = HDF5ElementKind(type: type)
        guard case .other = kind, H5Tget_class(type) == H5T_OPAQUE, H5Tget_size(type) == 2,
            attributes.has("dtype"), try attributes.string("dtype") == "bfloat16"
        else { return kind }
        return .bfloat16
    }
}
