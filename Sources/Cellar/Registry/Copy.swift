import Base
import Registry

extension Store {
    /// Copies a version into another store, or under another name; see `ModelStore.copy`.
    ///
    /// - Parameter folder: The other store; nil for this one. It is made if it does not exist.
    public func copy(
        _ reference: String, to folder: String?, as model: String? = nil, ancestors: Bool = false
    ) throws(CellarError) -> CopiedVersion {
        let target = folder.map { Store($0).models } ?? models
        return try models.copy(reference, to: target, as: model, ancestors: ancestors)
    }

    /// Gives a model another name; see `ModelStore.rename`.
    public func rename(_ old: String, to new: String, isForced: Bool = false) throws(CellarError)
        -> RenamedModel
    {
        try models.rename(old, to: new, isForced: isForced)
    }
}

extension CopiedVersion {
    public var json: JSON {
        [
            "version": .string(version.reference), "file": .string(version.file),
            "sha256": .string(version.sha256), "new": .bool(isNew),
            "aliases": .array(version.aliases.map { .string($0) }),
            "kept_aliases": .array(keptAliases.map { .string($0) }),
            "ancestors": .array(ancestors.map { .string($0) }),
        ]
    }
}

extension RenamedModel {
    public var json: JSON {
        [
            "old": .string(old), "new": .string(new), "versions": .array(versions.map { .string($0) }),
            "aliases": .array(aliases.map { .string($0) }),
        ]
    }
}
