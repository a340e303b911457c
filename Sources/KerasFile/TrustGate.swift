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

/// Decides which files may be parsed in this process: a file that this copy of the store has admitted before and that nobody
/// has written to since, or any other file that a process in quarantine has read without harm. A file's name plays no
/// part, nor does a digest: the log of a store that came from elsewhere names hostile files as well.
public enum TrustGate {
    /// Accepts a file of a store. A file whose identity is not the known one needs the registered digest, and is read in
    /// quarantine once.
    ///
    /// - Parameters:
    ///   - sha256: The digest that the file was registered with.
    ///   - identity: The text of the file's identity when it was last admitted, or saved by this program. If it still is the
    ///     same, nobody has written to the file, and its bytes are not checked again.
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
        try Quarantine.check(path)
        return TrustedFile(path: path, identity: before)
    }

    /// Accepts any other file once a process in quarantine has read it.
    public static func admit(_ path: String) throws(CellarError) -> TrustedFile {
        try Quarantine.check(path)
        return TrustedFile(path: path, identity: nil)
    }
}
