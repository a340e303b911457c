import Base
import Registry

/// The result of checking a store.
public struct VerifyReport: Sendable {
    /// The number of versions checked.
    public let checked: Int
    /// What is wrong; empty for a sound store.
    public let findings: [Finding]

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
    /// Checks the size and SHA-256 of every file, the index, the aliases and unregistered files. Changes nothing.
    public func verify() throws(CellarError) -> VerifyReport {
        let (checked, findings) = try models.verify()
        return VerifyReport(checked: checked, findings: findings)
    }

    /// Rebuilds the index from the model files.
    public func rebuild() throws(CellarError) -> ModelStore.Rebuilt { try models.rebuild() }
}

extension ModelStore.Rebuilt {
    public var json: JSON {
        [
            "versions": .integer(versions), "aliases": .integer(aliases),
            "unreadable": .array(unreadable.map { .string($0) }),
        ]
    }
}
