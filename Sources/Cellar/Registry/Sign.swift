import Base
import Registry
import Signing

extension Store {
    /// Signs versions with a private key.
    ///
    /// - Parameter path: A PEM file with the key (P-256).
    public func sign(
        _ references: [String], key path: String, isForced: Bool = false
    ) throws(CellarError) -> [SignedVersion] {
        let key = try PrivateKey(pemFile: path)
        var signed: [SignedVersion] = []
        for reference in references {
            signed.append(try models.sign(reference, with: key, isForced: isForced))
        }
        return signed
    }

    /// Requires a signature of a key for whatever an alias points to. Throws if its version has none.
    ///
    /// - Parameter path: A PEM file with the public key; nil ends the policy.
    public func setPolicy(
        _ alias: String, publicKey path: String?, reason: String
    ) throws(CellarError) -> SignaturePolicy {
        let (model, name) = try splitAlias(alias)
        let key: PublicKey? =
            if let path { try PublicKey(pemFile: path) } else { nil }
        if let key {
            let version = try models.version(alias)
            if let problem = try models.signatureProblem(of: version, key: key) {
                throw CellarError(
                    .badData,
                    "cannot require signatures of \(alias): it points to \(version.reference), and "
                        + "\(problem).",
                    file: models.signaturePath(of: version),
                    remedy: "Run `registry sign \(version.reference) --key KEY` first.")
            }
        }
        try models.setPolicy(model: model, alias: name, publicKey: key?.pem, reason: reason)
        return SignaturePolicy(alias: alias, fingerprint: key?.fingerprint)
    }
}

/// The signature policy of an alias.
public struct SignaturePolicy: Sendable {
    /// Such as `mnist@production`.
    public let alias: String
    /// SHA-256 of the public key's PEM text; nil where none is required.
    public let fingerprint: String?

    public var json: JSON {
        ["alias": .string(alias), "public_key_sha256": fingerprint.map { .string($0) } ?? .null]
    }
}

extension SignedVersion {
    public var json: JSON { ["version": .string(version.reference), "signature": .string(path)] }
}
