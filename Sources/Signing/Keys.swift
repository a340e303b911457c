import Base
import CSigning
import FoundationEssentials

/// A private key for ECDSA over P-256.
public struct PrivateKey: Sendable {
    private let number: [UInt8]
    public let publicKey: PublicKey

    /// Reads PEM: `EC PRIVATE KEY` (SEC 1) or `PRIVATE KEY` (PKCS #8), as `openssl ecparam -name prime256v1 -genkey` and
    /// `openssl genpkey` write them.
    public init(pemFile path: String) throws(CellarError) {
        let blocks = try PEMBlock.read(path)
        for block in blocks where block.label == "EC PRIVATE KEY" || block.label == "PRIVATE KEY" {
            guard let number = Self.number(in: block) else { break }
            var point = [UInt8](repeating: 0, count: 64)
            guard unsafe cs_public_key(number, &point) else { break }
            self.number = number
            publicKey = PublicKey(point: point)
            return
        }
        throw CellarError(
            .badData,
            blocks.contains { $0.label == "ENCRYPTED PRIVATE KEY" }
                ? "cannot read the private key: it is encrypted."
                : "expected a private key of the curve P-256 in PEM, found \(PEMBlock.names(blocks)).",
            file: path,
            remedy: blocks.contains { $0.label == "ENCRYPTED PRIVATE KEY" }
                ? "Decrypt it with `openssl pkey -in KEY -out PLAIN`."
                : "Make one with `openssl ecparam -name prime256v1 -genkey -noout -out key.pem`.")
    }

    private static func number(in block: PEMBlock) -> [UInt8]? {
        var content = block.content[...]
        if block.label == "PRIVATE KEY" {
            var outer = DER(content)
            guard let sequence = outer.read(DER.sequence) else { return nil }
            var key = DER(sequence)
            guard key.readNumber() != nil, let algorithm = key.read(DER.sequence),
                Array(algorithm) == PublicKey.algorithm, let inner = key.read(DER.octets)
            else { return nil }
            content = inner
        }
        var outer = DER(content)
        guard let sequence = outer.read(DER.sequence) else { return nil }
        var key = DER(sequence)
        guard key.readNumber()?.last == 1, let number = key.read(DER.octets), number.count == 32 else {
            return nil
        }
        if let parameters = key.read(0xA0), Array(parameters) != PublicKey.curve { return nil }
        return Array(number)
    }

    /// Signs bytes: ECDSA with SHA-256, as r and s in DER.
    func signature(of bytes: [UInt8]) throws(CellarError) -> [UInt8] {
        var pair = [UInt8](repeating: 0, count: 64)
        guard unsafe cs_sign(number, sha256Bytes(of: bytes), &pair) else {
            throw CellarError(.inputOutput, "cannot sign: the system has no random numbers.")
        }
        return DER.element(DER.sequence, DER.number(pair[..<32]) + DER.number(pair[32...]))
    }
}

/// A public key for ECDSA over P-256.
public struct PublicKey: Equatable, Sendable {
    private let point: [UInt8]

    /// OIDs 1.2.840.10045.3.1.7 (the curve), and 1.2.840.10045.2.1 (public keys of elliptic curves) before it.
    static let curve: [UInt8] = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]
    static let algorithm: [UInt8] = [6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1] + curve

    fileprivate init(point: [UInt8]) { self.point = point }

    /// Reads a PEM file with a `PUBLIC KEY`.
    public init(pemFile path: String) throws(CellarError) {
        let blocks = try PEMBlock.read(path)
        guard let key = blocks.lazy.compactMap(Self.init(_:)).first else {
            throw CellarError(
                .badData,
                "expected a public key of the curve P-256 in PEM, found \(PEMBlock.names(blocks)).",
                file: path, remedy: "Make it with `openssl ec -in key.pem -pubout -out public.pem`.")
        }
        self = key
    }

    /// Reads PEM text; nil for anything but a public key of this curve.
    public init?(pem text: String) {
        guard let key = PEMBlock.blocks(in: text).lazy.compactMap(Self.init(_:)).first else { return nil }
        self = key
    }

    private init?(_ block: PEMBlock) {
        guard block.label == "PUBLIC KEY" else { return nil }
        var outer = DER(block.content[...])
        guard let sequence = outer.read(DER.sequence), outer.isAtEnd else { return nil }
        var key = DER(sequence)
        guard let algorithm = key.read(DER.sequence), Array(algorithm) == Self.algorithm,
            let bits = key.read(DER.bitString), key.isAtEnd, bits.count == 66,
            bits.prefix(2).elementsEqual([0, 4])
        else { return nil }
        let point = Array(bits.suffix(64))
        guard unsafe cs_is_public_key(point) else { return nil }
        self.point = point
    }

    /// The key as PEM, in the one form that its fingerprint is made of.
    public var pem: String {
        let content = DER.element(
            DER.sequence,
            DER.element(DER.sequence, Self.algorithm) + DER.element(DER.bitString, [0, 4] + point))
        let text = Data(content).base64EncodedString()
        var lines = ["-----BEGIN PUBLIC KEY-----"]
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (lines + ["-----END PUBLIC KEY-----"]).joined(separator: "\n") + "\n"
    }

    /// SHA-256 of the PEM text, by which bundles name a key.
    public var fingerprint: String { sha256(of: pem) }

    func accepts(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        var outer = DER(signature[...])
        guard let sequence = outer.read(DER.sequence), outer.isAtEnd else { return false }
        var numbers = DER(sequence)
        guard let r = numbers.readNumber(), let s = numbers.readNumber(), numbers.isAtEnd else {
            return false
        }
        return unsafe cs_verify(point, sha256Bytes(of: bytes), r + s)
    }
}

/// A block of a PEM file (RFC 7468).
struct PEMBlock {
    var label: String
    var content: [UInt8]

    static func read(_ path: String) throws(CellarError) -> [PEMBlock] {
        blocks(in: String(decoding: try readFile(path, limit: 1 << 16), as: UTF8.self))
    }

    static func names(_ blocks: [PEMBlock]) -> String {
        blocks.isEmpty ? "no PEM" : blocks.map { "\"\(printable($0.label))\"" }.joined(separator: ", ")
    }

    static func blocks(in text: String) -> [PEMBlock] {
        var found: [PEMBlock] = []
        var (label, body): (String?, String) = (nil, "")
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
                (label, body) = (String(line.dropFirst(11).dropLast(5)), "")
            } else if line.hasPrefix("-----END "), let name = label {
                if let content = Data(base64Encoded: body) {
                    found.append(PEMBlock(label: name, content: Array(content)))
                }
                label = nil
            } else {
                body += line
            }
        }
        return found
    }
}
