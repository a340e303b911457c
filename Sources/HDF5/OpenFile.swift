import CHDF5
import Synchronization

/// An open file, which lives as long as anything of it is in use.
final class OpenFile: Sendable {
    let place: HDF5Place
    let limits: HDF5Limits
    /// Bytes of the file when it was opened; nil for one that we are making.
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
        // A lock would be refused on some read-only and network disks, and hinder other readers; saving goes by rename.
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
        // HDF5 copies the bytes and does not change ours, though its signature says so.
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

    /// A new file lies in memory until it is saved, so that a full disk or a crash leaves nothing half-written, and
    /// HDF5, which cannot close a file that does not fit on the disk, never comes into that case.
    static func creating(_ name: String) throws(HDF5Error) -> OpenFile {
        let place = HDF5Place(file: name)
        let access = try accessList(place)
        H5Pset_fapl_core(access.id, 1 << 20, false)
        let handle = try SharedHandle(
            unsafe H5Fcreate(memoryName(), ch5_truncate(), Engine.standard, access.id),
            else: place.notWritten)
        return OpenFile(place: place, limits: HDF5Limits(), size: nil, handle: handle)
    }

    private static func accessList(_ place: HDF5Place) throws(HDF5Error) -> Handle {
        Engine.enter()
        return try Handle(
            H5Pcreate(ch5_file_access()), else: place.damaged(expected: "HDF5's library to work"))
    }

    private static func cannotOpen(_ place: HDF5Place, size: Int) -> HDF5Error {
        let message = Engine.message()
        guard message.minor == ch5_error_truncated() || message.text.hasPrefix("truncated file") else {
            return place.error(
                .damaged, expected: "an HDF5 file", found: "damage (HDF5 says: \(message.text))")
        }
        return place.error(
            .truncated, expected: "a whole HDF5 file", found: "only its first \(size) bytes",
            fix: "Copy or download it again.")
    }

    private static let count = Atomic<Int>(0)

    /// Two files of one name would be one file to HDF5. Nothing can exist below /dev/null.
    private static func memoryName() -> String {
        "/dev/null/\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    }
}

extension HDF5Place {
    /// To be called right after the call that failed.
    var notWritten: HDF5Error {
        error(
            .notWritten, expected: "to write here", found: "HDF5 cannot: \(Engine.message().text)",
            fix: "Nothing was saved.")
    }
}
