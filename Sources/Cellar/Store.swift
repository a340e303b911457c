import Base
import KerasFile
import Registry

/// A store of models, and all that can be asked of it: each use case is a method that takes a request and returns a
/// result. Nothing here knows a terminal, starts a process of its own accord, or exits.
///
///     let store = Store("models")
///     let result = try store.predict(PredictRequest(files: ["digit.png"]))
///     print(result.predictions[0].answer)
///
/// A program that reads files from outside the store, or a store that it has not written itself, calls `Quarantine.serveIfAsked()` first in its `main`.
public struct Store: Sendable {
    /// The store's folder, as the user named it.
    public let folder: String
    public let models: ModelStore

    /// - Parameter folder: nil for the folder in the environment variable CELLAR_STORE, or else `models`.
    public init(_ folder: String? = nil) {
        let folder = folder ?? Store.standardFolder
        self.folder = folder
        models = ModelStore(atPath: folder) { found in
            try readIndexFacts(
                found.isRegistered
                    ? TrustGate.admit(
                        found.path, registered: found.sha256, unchangedSince: found.identity, name: found.path
                    )
                    : TrustGate.admit(found.path))
        }
    }

    /// A store with other models, such as those it had at an earlier time.
    init(_ models: ModelStore, folder: String) { (self.models, self.folder) = (models, folder) }

    private static var standardFolder: String {
        environmentVariable("CELLAR_STORE").flatMap { $0.isEmpty ? nil : $0 } ?? "models"
    }

    /// The file behind a reference (`mnist`, `mnist:12`, `mnist@best`, a path, digits of a SHA-256), admitted by the
    /// trust gate.
    public func trusted(_ reference: String) throws(CellarError) -> (
        file: ModelLocation, trusted: TrustedFile
    ) {
        let file = try models.file(of: reference)
        return (file, try trusted(file))
    }

    public func trusted(_ file: ModelLocation) throws(CellarError) -> TrustedFile {
        try models.checkSignature(of: file)
        guard let sha256 = file.sha256 else { return try TrustGate.admit(file.path) }
        let trusted = try TrustGate.admit(
            file.path, registered: sha256, unchangedSince: file.identity, name: file.reference)
        if let identity = trusted.identity, identity.text != file.identity {
            models.noteIdentity(identity, of: file)
        }
        return trusted
    }

    /// The layers that go with weights alone: from a config in JSON, a model file, or a version in the store.
    public func architecture(_ reference: String) throws(CellarError) -> Architecture {
        // A file that is there is that file, whatever its name.
        if FileSystem.exists(reference) { return try Architecture(TrustGate.admit(reference)) }
        return try Architecture(try trusted(reference).trusted)
    }
}
