/// What went wrong with an HDF5 file, where, and what to do about it.
public struct HDF5Error: Error, Equatable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// No file of that name.
        case missing
        /// A folder, pipe or device where a file was expected.
        case notAFile
        /// The system does not let us.
        case notPermitted
        /// Zero bytes.
        case empty
        /// Some other kind of file.
        case notHDF5
        /// The file ends before its own end mark.
        case truncated
        /// HDF5's library cannot follow what the file says.
        case damaged
        /// Understood, and unsafe or beyond what a file of weights needs: links, outside storage, odd filters …
        case refused
        /// No group, dataset or attribute of that name.
        case noSuchItem
        /// There, but of another type or shape than asked for.
        case wrongKind
        /// The library asked for more memory than there is, or than a limit allows.
        case outOfMemory
        /// Larger than a limit or than the file can hold.
        case tooLarge
        /// Could not be written.
        case notWritten
    }

    public var reason: Reason
    public var file: String
    /// The group or dataset (`/model_weights/dense`), its attribute after an `@`; empty for the file as a whole.
    public var place: String
    public var expected, found, fix: String

    public var description: String {
        "\(file)\(place.isEmpty ? "" : ", " + place): expected \(expected), found \(found). \(fix)"
    }

    /// The description without the file's name.
    public var details: String {
        "\(place.isEmpty ? "" : place + ": ")expected \(expected), found \(found). \(fix)"
    }
}

/// A place that errors speak of.
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
        case .noSuchItem, .wrongKind: "The file is laid out in another way than it is read."
        case .refused, .tooLarge: "Such a file is not safe to read; save it again with its own program."
        default: "Take a fresh copy of the file, or save it again with its own program."
        }
    }

    /// To be called right after the call that failed: the next one that succeeds clears HDF5's own message.
    func damaged(expected: String) -> HDF5Error {
        let message = Engine.message().text
        // HDF5 has no code of its own for this.
        let isMemory = message.contains("memory allocation failed")
        return error(
            isMemory ? .outOfMemory : .damaged, expected: expected, found: "damage (HDF5 says: \(message))")
    }

    func attribute(_ name: String) -> HDF5Place { HDF5Place(file: file, path: path + "@" + name) }
}
