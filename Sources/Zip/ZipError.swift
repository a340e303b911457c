/// What is wrong with an archive, where, and what to do about it.
public struct ZipError: Error, Equatable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The system does not let us read it.
        case notReadable
        /// Some other kind of file.
        case notZip
        /// It ends before its own end, or its parts contradict each other.
        case damaged
        /// Understood, and unsafe or beyond what a model's archive needs: encrypted, members that overlap …
        case refused
        /// Larger than a limit.
        case tooLarge
        /// No member of that name.
        case noSuchMember
    }

    public var reason: Reason
    public var file: String
    /// The member it is about; empty for the archive as a whole.
    public var member: String
    public var expected, found, fix: String

    public var description: String {
        "\(file)\(member.isEmpty ? "" : ", member " + member): expected \(expected), found \(found). \(fix)"
    }

    /// The description without the file's name.
    public var details: String {
        "\(member.isEmpty ? "" : "member \(member): ")expected \(expected), found \(found). \(fix)"
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
        case .notZip: "Check that this is the file you mean."
        case .refused, .tooLarge: "Such an archive is not safe to read; save it again with its own program."
        case .damaged: "Take a fresh copy of the file, or save it again with its own program."
        case .noSuchMember: "The archive was made by another program, or for another purpose."
        }
    }
}

/// A name from a file may hold anything, and be of any length.
private func shown(_ name: String) -> String {
    let plain = name.unicodeScalars.prefix(80).map { scalar in
        scalar.properties.isDefaultIgnorableCodePoint || scalar.value < 0x20 || scalar.value == 0x7F
            ? "\\u{\(String(scalar.value, radix: 16))}" : String(Character(scalar))
    }
    return plain.joined()
}
