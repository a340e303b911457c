/// An error in an archive, with its place and a remedy.
public struct ZipError: Error, Equatable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// No permission to read, or the file does not exist.
        case notReadable
        /// Another file format.
        case notZip
        /// Truncated, or its parts contradict each other.
        case damaged
        /// Valid, but unsafe or not needed for models: encrypted or overlapping members …
        case refused
        /// Larger than a limit.
        case tooLarge
        /// No member with that name.
        case noSuchMember
    }

    public var reason: Reason
    public var file: String
    /// The affected member; empty for the whole archive.
    public var member: String
    public var expected, found, fix: String

    public var description: String {
        "\(file)\(member.isEmpty ? "" : ", member " + member): expected \(expected), found \(found). \(fix)"
    }

    /// The description without the file name.
    public var details: String {
        "\(member.isEmpty ? "" : "member \(member): ")expected \(expected), found \(found)."
    }

    init(
        _ reason: Reason, file: String, member: String = "", expected: String, found: String,
        fix: String? = nil
    ) {
        (self.reason, self.file, self.member) = (reason, file, shown(member))
        (self.expected, self.found) = (expected, found)
        self.fix = fix ?? Self.usualFix(reason)
    }

    private static func usualFix(_ reason: Reason) -> String {
        switch reason {
        case .notReadable: "Check the path and its permissions."
        case .notZip: "Check the path."
        case .refused, .tooLarge:
            "The archive is not safe to read. Save it again with the program that wrote it."
        case .damaged: "Copy the file again, or save it again with the program that wrote it."
        case .noSuchMember: "The archive was written by another program, or for another purpose."
        }
    }
}

/// Makes a name from a file safe to print and short.
private func shown(_ name: String) -> String {
    let plain = name.unicodeScalars.prefix(80).map { scalar in
        scalar.properties.isDefaultIgnorableCodePoint || scalar.value < 0x20 || scalar.value == 0x7F
            ? "\\u{\(String(scalar.value, radix: 16))}" : String(Character(scalar))
    }
    return plain.joined()
}
