import Base
import Registry

/// A model that a reference names without a version.
public struct WholeModel: Sendable {
    public let name: String
    /// The number of its versions.
    public let versions: Int
    /// The reference of the newest one.
    public let newest: String
}

/// Versions that were deleted or restored.
public struct ChangedVersions: Sendable {
    public let versions: [ModelVersion]
    public let json: JSON
}

extension Store {
    /// Deletes versions; `restore` brings them back until garbage is collected.
    ///
    /// - Parameter all: Whether a model's name without a version means all of its versions; otherwise it is an error.
    public func delete(_ references: [String], all: Bool = false) throws(CellarError) -> ChangedVersions {
        let whole = try wholeModels(of: references)
        if let model = whole.first, !all {
            throw CellarError(
                .usage, "\(model.name) names a model, not a version: it has \(model.versions) versions.",
                remedy: "Name one, such as \(model.newest), or use --all to delete all of them.")
        }
        // References mean something else after each deletion, so all are looked up first.
        var versions: [ModelVersion] = []
        for reference in references where !whole.contains(where: { $0.name == reference }) {
            versions.append(try models.version(reference))
        }
        for model in whole {
            versions += try models.list(Query(model: model.name)).versions.filter { !versions.contains($0) }
        }
        try models.delete(versions.map(\.reference))
        return ChangedVersions(
            versions: versions, json: .array(versions.map { .string($0.reference) }))
    }

    /// The models that are named without a version.
    public func wholeModels(of references: [String]) throws(CellarError) -> [WholeModel] {
        let names = Set(try models.models().map(\.name))
        var found: [WholeModel] = []
        for reference in references where names.contains(reference) {
            let versions = try models.list(Query(model: reference)).versions
            guard let newest = versions.first, !found.contains(where: { $0.name == reference }) else {
                continue
            }
            found.append(WholeModel(name: reference, versions: versions.count, newest: newest.reference))
        }
        return found
    }

    /// Brings deleted versions back, all or none.
    public func restore(_ references: [String]) throws(CellarError) -> ChangedVersions {
        let versions = try models.restore(references)
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
            "dry_run": .bool(dryRun), "remaining": .array(remaining.map { .string($0) }),
        ]
    }
}
