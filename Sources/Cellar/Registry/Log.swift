import Base
import Registry

extension Store {
    /// The moves of an alias (`mnist@production`), or the events about a version, oldest first.
    public func log(_ reference: String) throws -> [LoggedEvent] {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, !reference.contains("/") {
            let (model, alias) = (String(parts[0]), String(parts[1]))
            let found = try models.events(ofAlias: alias, of: model)
            // Where there is none, the error says which aliases there are.
            if found.isEmpty { _ = try models.version(reference) }
            return found
        }
        return try models.events(about: models.versionOfAnyState(reference))
    }

    /// The store as it was at the end of a time, such as `2026-11-01`.
    public func at(_ time: String) throws(CellarError) -> Store { Store(try models.at(time), folder: folder) }

    /// Protects an alias, or ends its protection.
    public func protect(
        _ alias: String, isProtected: Bool, reason: String
    ) throws(CellarError) -> ProtectedAlias {
        let (model, name) = try splitAlias(alias)
        try models.protect(model: model, alias: name, isProtected: isProtected, reason: reason)
        return ProtectedAlias(alias: alias, isProtected: isProtected)
    }
}

public struct ProtectedAlias: Sendable {
    /// Such as `mnist@production`.
    public let alias: String
    public let isProtected: Bool

    public var json: JSON { ["alias": .string(alias), "protected": .bool(isProtected)] }
}
