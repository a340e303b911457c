import Base
import Registry

public struct TagRequest: Sendable {
    public var reference: String
    /// `key=value` sets a tag, `key=` removes it.
    public var notes: [String]

    public init(reference: String, notes: [String] = []) {
        (self.reference, self.notes) = (reference, notes)
    }
}

extension Store {
    public func tag(_ request: TagRequest) throws(CellarError) -> VersionDetails {
        var (set, remove): ([ModelStore.VersionTag], [String]) = ([], [])
        for note in request.notes {
            guard let equals = note.firstIndex(of: "=") else {
                throw CellarError(.usage, "expected a note as key=value, found \"\(note)\".")
            }
            let (key, value) = (String(note[..<equals]), String(note[note.index(after: equals)...]))
            if value.isEmpty { remove.append(key) } else { set.append(.init(key: key, value: value)) }
        }
        return try details(models.tag(request.reference, set: set, remove: remove))
    }
}
