import Base

/// A model file whose bytes may be parsed in this process. Only `TrustGate` makes one.
public struct TrustedFile: Sendable {
    public let path: String
    /// The identity of the file when it was found to be the registered one; nil for an unregistered file.
    public let identity: FileIdentity?

    fileprivate init(path: String, identity: FileIdentity?) { (self.path, self.identity) = (path, identity) }

    /// A file that is read without a check: in quarantine itself, and in tests.
    static func unchecked(_ path: String) -> TrustedFile { TrustedFile(path: path, identity: nil) }
}

/// Decides which files may be parsed in this process: a registered file whose bytes are the registered ones, or any
/// other file that a process in quarantine has read without harm. A file's name plays no part.
public enum TrustGate {
    /// Accepts a file of a store.
    ///
    /// - Parameters:
    ///   - sha256: The digest that the file was registered with.
    ///   - identity: The text of the file's identity when its digest was last found to be that one. If it still is the
    ///     same, nobody has written to the file, and its bytes are not read again.
    ///   - name: The version, for the message.
    public static func admit(
        _ path: String, registered sha256: String, unchangedSince identity: String?, name: String
    ) throws(CellarError) -> TrustedFile {
        let before = FileIdentity(ofFile: path)
        if let before, before.text == identity { return TrustedFile(path: path, identity: before) }
        let found = try FileDigest(ofFile: path)
        guard found.sha256 == sha256 else {
            throw CellarError(
                .badData,
                "the file of \(name) is damaged: its SHA-256 is \(found.sha256), expected \(sha256).",
                file: path, remedy: "Restore the file from a backup or git, then run `registry verify`.")
        }
        return TrustedFile(path: path, identity: before)
    }

    /// Accepts any other file once a process in quarantine has read it.
    public static func admit(_ path: String) throws(CellarError) -> TrustedFile {
        try Quarantine.check(path)
        return TrustedFile(path: path, identity: nil)
    }
}
