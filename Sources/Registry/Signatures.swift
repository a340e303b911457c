import Base
import Signing

/// A version that was signed.
public struct SignedVersion: Equatable, Sendable {
    public let version: ModelVersion
    /// The signature's file.
    public let path: String
}

extension ModelStore {
    /// The path of a model file's signature: beside it, where other tools for model signing expect it.
    public func signaturePath(of version: ModelVersion) -> String { path(of: version.file) + ".sig" }

    /// Signs a version's file, whose bytes must be the registered ones.
    ///
    /// - Parameter isForced: Replaces a signature of another key.
    public func sign(
        _ reference: String, with key: PrivateKey, isForced: Bool = false
    ) throws(CellarError) -> SignedVersion {
        let version = try version(reference)
        try checkFile(of: version)
        guard try FileDigest(ofFile: path(of: version.file)).sha256 == version.sha256 else {
            throw CellarError(
                .badData, "cannot sign \(version.reference): its file is damaged.",
                file: path(of: version.file), remedy: "Run `registry verify`.")
        }
        let target = signaturePath(of: version)
        if FileSystem.exists(target), !isForced,
            try signatureProblem(of: version, key: key.publicKey) != nil
        {
            throw CellarError(
                .cannotCreate, "\(version.reference) has a signature of another key.", file: target,
                remedy: "Use --force to replace it.")
        }
        let bundle = try SignatureBundle(
            signing: FileSystem.name(of: version.file), sha256: version.sha256, with: key)
        try writeFile(target, Array(bundle.text.utf8))
        try commit("sign \(version.reference)") { _ in
            var content = version.key.members
            content["public_key_sha256"] = .string(key.publicKey.fingerprint)
            return [Event(kind: "signed", content: content)]
        }
        return SignedVersion(version: version, path: target)
    }

    /// Returns what is wrong with a version's signature; nil where the key signed its registered bytes.
    public func signatureProblem(of version: ModelVersion, key: PublicKey) throws(CellarError) -> String? {
        try signatureProblem(file: path(of: version.file), sha256: version.sha256, key: key)
    }

    private func signatureProblem(
        file: String, sha256: String, key: PublicKey
    ) throws(CellarError) -> String? {
        guard FileSystem.size(ofFile: file + ".sig") != nil else { return "it is not signed" }
        let text = String(
            decoding: try readFile(file + ".sig", limit: SignatureBundle.sizeLimit), as: UTF8.self)
        return SignatureBundle(text: text).problem(
            sha256: sha256, name: FileSystem.name(of: file), key: key
        ).map { "the signature does not hold: \($0)" }
    }

    /// Throws if an alias requires a signature that the file of its version does not have.
    public func checkSignature(of location: ModelLocation) throws(CellarError) {
        guard let text = location.publicKey else { return }
        try check(text, location.path, location.sha256 ?? "", location.reference)
    }

    func checkSignature(of version: ModelVersion, requiredBy policy: String?) throws(CellarError) {
        guard let policy else { return }
        try check(policy, path(of: version.file), version.sha256, version.reference)
    }

    private func check(
        _ policy: String, _ file: String, _ sha256: String, _ reference: String
    ) throws(CellarError) {
        guard let key = PublicKey(pem: policy) else {
            throw CellarError(
                .badData, "the alias requires a signature of a key that cannot be read.", file: root,
                remedy: "Set it again with `registry policy`.")
        }
        guard let problem = try signatureProblem(file: file, sha256: sha256, key: key) else { return }
        throw CellarError(
            .badData,
            "cannot use \(reference): the alias requires a signature of key \(key.fingerprint.prefix(12)), and "
                + "\(problem).",
            file: file + ".sig",
            remedy: "Sign it with `registry sign \(reference) --key KEY`, or end the policy with "
                + "`registry policy --remove`.")
    }

    /// Copies the signature that a file has in another store.
    func copySignature(of source: String, to target: String) {
        guard FileSystem.size(ofFile: source + ".sig") ?? .max <= SignatureBundle.sizeLimit,
            !FileSystem.exists(target + ".sig"),
            let bytes = try? readFile(source + ".sig", limit: SignatureBundle.sizeLimit)
        else { return }
        try? writeFile(target + ".sig", bytes)
    }
}
