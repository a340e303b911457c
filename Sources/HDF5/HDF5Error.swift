/// An error in an HDF5 file, with its place and a remedy.
public struct HDF5Error: Error, Equatable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The file does not exist.
        case missing
        /// A folder, pipe or device instead of a file.
        case notAFile
        /// No permission.
        case notPermitted
        /// The file has zero bytes.
        case empty
        /// Another file format.
        case notHDF5
        /// The file ends before its end-of-file address.
        case truncated
        /// The HDF5 library cannot read the content.
        case damaged
        /// Valid, but unsafe or not needed for weights: links, external storage, unknown filters …
        case refused
        /// No group, dataset or attribute with that name.
        case noSuchItem
        /// The item exists, but has another type or shape.
        case wrongKind
        /// The library needs more memory than is available or allowed.
        case outOfMemory
        /// Larger than a limit or than the file can hold.
        case tooLarge
        /// Writing failed.
        case notWritten
    }

    public var reason: Reason
    public var file: String
    /// The group or dataset (`/model_weights/dense`), its attribute after an `@`; empty for the whole file.
    public var place: String
    public var expected, found, fix: String

    public var description: String {
        "\(file)\(place.isEmpty ? "" : ", " + place): expected \(expected), found \(found). \(fix)"
    }

    /// The description without the file name.
    public var details: String {
        "\(place.isEmpty ? "" : place + ": ")expected \(expected), found \(found)."
    }
}

/// A place for errors: the file and an object in it.
struct HDF5Place: Sendable {
    var file: String
    var path = ""

    func error(_ reason: HDF5Error.Reason, expected: String, found: String, fix: String? = nil) -> HDF5Error {
        HDF5Error(
            reason: reason, file: file, place: path, expected: expected, found: found,
            fix: fix ?? Self.usualFix(reason))
    }

    private static func usualFix(_ reason: HDF5Error.Reason) -> String {
        switch reason {
        case .noSuchItem, .wrongKind: "The file has another structure than expected."
        case .refused, .tooLarge:
            "The file is not safe to read. Save it again with the program that wrote it."
        default: "Copy the file again, or save it again with the program that wrote it."
        }
    }

    /// Returns an error for the last call. Use it directly after that call, because the next successful call
    /// clears HDF5's message.
    func damaged(expected: String) -> HDF5Error {
        let message = HDF5Library.message().text
        // HDF5 has no error code for this.
        let isMemory = message.contains("memory allocation failed")
        return error(
            isMemory ? .outOfMemory : .damaged, expected: expected, found: "damage (HDF5: \(message))")
    }

    func attribute(_ name: String) -> HDF5Place { HDF5Place(file: file, path: path + "@" + name) }
}
