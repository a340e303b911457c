import Base
import Registry

/// Versions that were deleted or restored.
public struct ChangedVersions: Sendable {
    public let versions: [ModelVersion]
    public let json: JSON
}

extension Store {
    /// Deletes versions; `restore` brings them back until garbage is collected.
    public func delete(_ references: [String]) throws(CellarError) -> ChangedVersions {
        // `mnist` means something else after each deletion, so all are looked up first.
        var versions: [ModelVersion] = []
        for reference in references { versions.append(try models.version(reference)) }
        for version in versions { try models.delete(version.reference) }
        return ChangedVersions(
            versions: versions, json: .array(versions.map { .string($0.reference) }))
    }

    /// Brings deleted versions back.
    public func restore(_ references: [String]) throws(CellarError) -> ChangedVersions {
        var versions: [ModelVersion] = []
        for reference in references { versions.append(try models.restore(reference)) }
        return ChangedVersions(versions: versions, json: .array(versions.map(json(of:))))
    }

    /// Removes the files of deleted versions for good, and leftovers of saves that did not end.
    ///
    /// - Parameter dryRun: Only reports what would be removed.
    public func collectGarbage(dryRun: Bool = false) throws(CellarError) -> ModelStore.Collected {
        try models.collectGarbage(dryRun: dryRun)
    }
}

extension ModelStore.Collected {
    public func json(dryRun: Bool) -> JSON {
        [
            "versions": .array(versions.map { .string($0) }),
            "leftovers": .array(leftovers.map { .string($0) }), "bytes": .integer(size),
            "dry_run": .bool(dryRun),
        ]
    }
}
