import Base
import Registry

extension Store {
    /// Takes over everything that another store has and this one does not; see `ModelStore.merge`.
    public func merge(_ folder: String) throws(CellarError) -> Merged {
        guard FileSystem.isFolder(folder) else {
            throw CellarError(.noInput, "no such store: expected a folder of models.", file: folder)
        }
        return try models.merge(Store(folder).models)
    }
}

extension Merged {
    public var json: JSON {
        [
            "versions": .array(versions.map { .string($0) }), "events": .integer(events),
            "replaced": .array(replaced.map { ["there": .string($0.there), "here": .string($0.here)] }),
            "without_file": .array(withoutFile.map { .string($0) }),
        ]
    }
}
