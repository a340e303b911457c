import CHDF5
import Synchronization

/// An open file, shared by its groups and datasets.
final class OpenFile: Sendable {
    let place: HDF5Place
    let limits: HDF5Limits
    /// The size in bytes when the file was opened; nil for a file that is being written.
    let size: Int?
    let handle: SharedHandle

    private init(place: HDF5Place, limits: HDF5Limits, size: Int?, handle: SharedHandle) {
        (self.place, self.limits, self.size, self.handle) = (place, limits, size, handle)
    }

    static func reading(_ path: String, limits: HDF5Limits) throws(HDF5Error) -> OpenFile {
        let place = HDF5Place(file: path)
        let check = try FileCheck(path: path)
        let access = try accessList(place)
        H5Pset_fapl_sec2(access.id)
        // No locks: some read-only and network disks refuse them, they block other readers, and saving uses
        // rename.
        H5Pset_file_locking(access.id, false, true)
        let handle = try SharedHandle(
            unsafe H5Fopen(path, ch5_read_only(), access.id), else: cannotOpen(place, size: check.size))
        return OpenFile(place: place, limits: limits, size: check.size, handle: handle)
    }

    static func reading(bytes: [UInt8], name: String, limits: HDF5Limits) throws(HDF5Error) -> OpenFile {
        let place = HDF5Place(file: name)
        let check = try FileCheck(bytes: bytes, place: place)
        let access = try accessList(place)
        H5Pset_fapl_core(access.id, 1 << 20, false)
        // HDF5 copies the bytes and does not modify ours, although its signature is not const.
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe H5Pset_file_image(
                access.id, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
        guard status >= 0 else { throw place.damaged(expected: "an HDF5 file") }
        let handle = try SharedHandle(
            unsafe H5Fopen(memoryName(), ch5_read_only(), access.id),
            else: cannotOpen(place, size: check.size))
        return OpenFile(place: place, limits: limits, size: check.size, handle: handle)
    }

    /// Creates a file in memory, so that a full disk or a crash leaves no partial file. HDF5 also cannot
    /// close a file that does not fit on the disk.
    static func creating(_ name: String) throws(HDF5Error) -> OpenFile {
        let place = HDF5Place(file: name)
        let access = try accessList(place)
        H5Pset_fapl_core(access.id, 1 << 20, false)
        let handle = try SharedHandle(
            unsafe H5Fcreate(memoryName(), ch5_truncate(), HDF5Library.standard, access.id),
            else: place.notWritten)
        return OpenFile(place: place, limits: HDF5Limits(), size: nil, handle: handle)
    }

    private static func accessList(_ place: HDF5Place) throws(HDF5Error) -> Handle {
        HDF5Library.enter()
        return try Handle(
            H5Pcreate(ch5_file_access()), else: place.damaged(expected: "a working HDF5 library"))
    }

    private static func cannotOpen(_ place: HDF5Place, size: Int) -> HDF5Error {
        let message = HDF5Library.message()
        guard message.minor == ch5_error_truncated() || message.text.hasPrefix("truncated file") else {
            return place.error(
                .damaged, expected: "an HDF5 file", found: "damage (HDF5: \(message.text))")
        }
        return place.error(
            .truncated, expected: "a complete HDF5 file", found: "only its first \(size) bytes",
            fix: "Copy or download it again.")
    }

    private static let count = Atomic<Int>(0)

    /// Returns a unique name, because HDF5 treats files with the same name as one. Nothing can exist below
    /// /dev/null.
    private static func memoryName() -> String {
        "/dev/null/\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    }
}

extension HDF5Place {
    /// Use it directly after the failed call.
    var notWritten: HDF5Error {
        error(
            .notWritten, expected: "to write the item", found: "an HDF5 error: \(HDF5Library.message().text)",
            fix: "Nothing was saved.")
    }
}
