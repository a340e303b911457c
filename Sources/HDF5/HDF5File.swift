import CHDF5

/// An HDF5 file for reading or writing. It is closed when its last group or dataset is released.
public struct HDF5File: Sendable {
    let file: OpenFile
    public let root: HDF5Group

    /// Opens a file for reading. The folder or disk may be read-only.
    public init(reading path: String, limits: HDF5Limits = HDF5Limits()) throws(HDF5Error) {
        try self.init(OpenFile.reading(path, limits: limits))
    }

    /// Opens a file from its bytes: a member of an archive, or bytes that were just checked. `name` is for
    /// messages.
    public init(readingBytes bytes: [UInt8], name: String, limits: HDF5Limits = HDF5Limits())
        throws(HDF5Error)
    {
        try self.init(OpenFile.reading(bytes: bytes, name: name, limits: limits))
    }

    /// Creates a file in memory; `bytes()` returns it. `name` is for messages.
    public init(creating name: String) throws(HDF5Error) {
        try self.init(OpenFile.creating(name))
    }

    private init(_ file: OpenFile) throws(HDF5Error) {
        self.file = file
        let handle = try SharedHandle(
            unsafe H5Gopen2(file.handle.id, "/", HDF5Library.standard),
            else: file.place.damaged(expected: "a root group"))
        root = HDF5Group(file: file, handle: handle, path: "/")
    }

    /// The name of the file, as it was opened.
    public var name: String { file.place.file }

    /// Returns the current bytes of a file that is being written. The same content always gives the same
    /// bytes.
    public func bytes() throws(HDF5Error) -> [UInt8] {
        precondition(file.size == nil, "this file was opened for reading")
        HDF5Library.enter()
        guard H5Fflush(file.handle.id, H5F_SCOPE_GLOBAL) >= 0 else { throw file.place.notWritten }
        let size = H5Fget_file_image(file.handle.id, nil, 0)
        guard size > 0 else { throw file.place.notWritten }
        var copied = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            copied = unsafe H5Fget_file_image(file.handle.id, buffer.baseAddress, size)
            count = max(0, min(copied, size))
        }
        guard copied == size else { throw file.place.notWritten }
        return bytes
    }
}
