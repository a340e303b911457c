import Base
import Registry
import Signing

/// The result of checking a store.
public struct VerifyReport: Sendable {
    /// The number of versions checked.
    public let checked: Int
    /// What is wrong; empty for a sound store.
    public let findings: [Finding]

    public init(checked: Int, findings: [Finding]) { (self.checked, self.findings) = (checked, findings) }

    public var json: JSON {
        [
            "checked": .integer(checked),
            "findings": .array(
                findings.map {
                    [
                        "kind": .string($0.kind.rawValue), "subject": .string($0.subject),
                        "message": .string($0.message), "fix": .string($0.fix),
                    ]
                }),
        ]
    }
}

extension Store {
    /// Checks files, logs and index against each other. Changes nothing.
    public func verify(_ depth: VerifyDepth = .full) throws(CellarError) -> VerifyReport {
        let (checked, findings) = try models.verify(depth)
        return VerifyReport(checked: checked, findings: findings)
    }

    /// Checks that every version, or each of those named, has a signature of a key.
    ///
    /// - Parameter path: A PEM file with the public key.
    public func verifySignatures(
        _ references: [String] = [], publicKey path: String
    ) throws(CellarError) -> VerifyReport {
        let key = try PublicKey(pemFile: path)
        var versions: [ModelVersion] = []
        for reference in references { versions.append(try models.version(reference)) }
        if references.isEmpty { versions = try models.list().versions }
        var findings: [Finding] = []
        for version in versions {
            guard let problem = try models.signatureProblem(of: version, key: key) else { continue }
            findings.append(
                Finding(
                    kind: .signature, subject: version.reference, message: problem,
                    fix: "run registry sign \(version.reference) --key KEY if the file is yours"))
        }
        return VerifyReport(checked: versions.count, findings: findings)
    }

    /// Repairs what can be repaired without losing anything, and checks again.
    public func repair() throws(CellarError) -> (done: Repaired, report: VerifyReport) {
        let done = try models.repair()
        return (done, try verify())
    }

    /// Makes the index anew from the logs, and registers model files that no log names.
    public func rebuild() throws(CellarError) -> ModelStore.Rebuilt { try models.rebuild() }
}

extension Repaired {
    public var json: JSON {
        [
            "moved_aside": .array(movedAside.map { .string($0) }),
            "registered": .integer(registered),
        ]
    }
}

extension ModelStore.Rebuilt {
    public var json: JSON {
        [
            "versions": .integer(versions), "aliases": .integer(aliases),
            "unreadable": .array(unreadable.map { .string($0) }),
        ]
    }
}
