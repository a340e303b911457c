import Base
import FoundationEssentials

/// A signature of a model file in the format of OpenSSF Model Signing 1.0: a Sigstore bundle (JSON) with a DSSE envelope, whose
/// payload is an in-toto statement that lists the SHA-256 of each file.
///
/// Sources: the specifications of model_signing, in-toto (Statement v1), DSSE v1 and Sigstore's bundle v0.3.
public struct SignatureBundle: Sendable {
    private static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    /// The second one is an older way to write the first.
    private static let mediaTypes = [mediaType, "application/vnd.dev.sigstore.bundle+json;version=0.3"]
    private static let payloadType = "application/vnd.in-toto+json"
    private static let statementType = "https://in-toto.io/Statement/v1"
    private static let predicateType = "https://model_signing/signature/v1.0"
    /// A bundle lists files; one of a folder with thousands of files has less than this.
    public static let sizeLimit = 16 << 20

    /// The text of the bundle.
    public let text: String

    /// Signs one file.
    ///
    /// - Parameters:
    ///   - name: The file's name, which becomes the statement's subject.
    ///   - sha256: Of the file's bytes, lower-case hex.
    public init(signing name: String, sha256: String, with key: PrivateKey) throws(CellarError) {
        let statement: JSON = [
            "_type": .string(Self.statementType),
            "subject": [["name": .string(name), "digest": ["sha256": .string(Self.subject([sha256]))]]],
            "predicateType": .string(Self.predicateType),
            "predicate": [
                "serialization": [
                    "method": "files", "hash_type": "sha256", "allow_symlinks": false, "ignore_paths": [],
                ],
                // A model that is one file has no name within itself.
                "resources": [["name": ".", "algorithm": "sha256", "digest": .string(sha256)]],
            ],
        ]
        let payload = Array(statement.text().utf8)
        let signature = try key.signature(of: Self.envelope(payload))
        let bundle: JSON = [
            "mediaType": .string(Self.mediaType),
            "verificationMaterial": [
                "publicKey": ["hint": .string(key.publicKey.fingerprint)], "tlogEntries": [],
            ],
            "dsseEnvelope": [
                "payload": .string(Data(payload).base64EncodedString()),
                "payloadType": .string(Self.payloadType),
                "signatures": [["sig": .string(Data(signature).base64EncodedString()), "keyid": ""]],
            ],
        ]
        text = bundle.text() + "\n"
    }

    public init(text: String) { self.text = text }

    /// Returns what is wrong with the signature; nil where the key signed a file with this SHA-256.
    ///
    /// - Parameter name: The file's name: a bundle of a folder lists files by name.
    public func problem(sha256: String, name: String, key: PublicKey) -> String? {
        guard let bundle = try? JSON(parsing: Array(text.utf8), depthLimit: 32) else {
            return "it is no JSON"
        }
        guard let type = bundle["mediaType"]?.string, Self.mediaTypes.contains(type) else {
            return "it is no Sigstore bundle of version 0.3"
        }
        let envelope = bundle["dsseEnvelope"]
        guard let encoded = envelope?["payload"]?.string, let payload = Data(base64Encoded: encoded),
            envelope?["payloadType"]?.string == Self.payloadType,
            let signatures = envelope?["signatures"]?.array, !signatures.isEmpty
        else { return "it is no Sigstore bundle with a signed statement" }
        guard let made = bundle["verificationMaterial"]?["publicKey"] else {
            return "it was not made with a key: certificates are not supported"
        }
        if let hint = made["hint"]?.string, hint != key.fingerprint {
            return "another key made it (fingerprint \(printable(String(hint.prefix(16))))…)"
        }
        let signed = Self.envelope(Array(payload))
        let isSigned = signatures.contains { signature in
            guard let text = signature["sig"]?.string, let bytes = Data(base64Encoded: text) else {
                return false
            }
            return key.accepts(Array(bytes), of: signed)
        }
        guard isSigned else { return "the key did not make it, or it was changed" }
        // Nothing of the statement is believed before this.
        return Self.problem(Array(payload), sha256, name)
    }

    private static func problem(_ payload: [UInt8], _ sha256: String, _ name: String) -> String? {
        guard let statement = try? JSON(parsing: payload, depthLimit: 32),
            statement["_type"]?.string == statementType,
            statement["predicateType"]?.string == predicateType,
            let resources = statement["predicate"]?["resources"]?.array, !resources.isEmpty
        else { return "its statement is not one of model signing 1.0" }
        var digests: [String] = []
        var found = false
        for resource in resources {
            guard resource["algorithm"]?.string == "sha256", let digest = resource["digest"]?.string,
                digest.utf8.count == 64
            else { return "it has digests other than SHA-256" }
            digests.append(digest)
            let file = resource["name"]?.string
            let isOurs = resources.count == 1 && file == "." || file == name
            if isOurs, digest == sha256 { found = true }
        }
        guard statement["subject"]?.array?.first?["digest"]?["sha256"]?.string == subject(digests) else {
            return "its subject does not agree with its list of files"
        }
        return found ? nil : "it was made for a file with other bytes"
    }

    /// The digest of all files: SHA-256 of their digests, one after the other.
    private static func subject(_ digests: [String]) -> String {
        var bytes: [UInt8] = []
        for digest in digests {
            let digits = Array(digest.utf8)
            for i in stride(from: 0, to: digits.count - 1, by: 2) {
                bytes.append(UInt8(String(decoding: digits[i...i + 1], as: UTF8.self), radix: 16) ?? 0)
            }
        }
        var hash = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
        return hash.finish()
    }

    /// The bytes that are signed: DSSE's pre-authentication encoding.
    private static func envelope(_ payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }
}
