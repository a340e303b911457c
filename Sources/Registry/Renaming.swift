import Base
import GRDB

/// The result of renaming a model.
public struct RenamedModel: Equatable, Sendable {
    public let old, new: String
    /// The versions, as they are called now.
    public let versions: [String]
    public let aliases: [String]
}

extension ModelStore {
    /// Gives a model another name: its versions keep their numbers, files, tags and aliases. The old name's versions
    /// become deleted ones, so that events of other copies of the store that name them are still understood.
    ///
    /// Throws if the new name is in use, or was.
    public func rename(_ old: String, to new: String, isForced: Bool = false) throws(CellarError)
        -> RenamedModel
    {
        try Names.checkModel(new)
        let versions = try read("list the versions of \(old)") { db in
            try ModelVersion.fetch(
                db, where: "WHERE v.model = ? AND v.state <> 'purged' ORDER BY v.number", [old])
        }
        guard !versions.isEmpty else {
            throw try read("look up \(old)") { db in try unknownModel(old, db) }
        }
        var contents: [VersionContent] = []
        for version in versions { contents.append(try content(of: version)) }
        var aliases: [String] = []
        try commit("rename \(old)") { db in
            let now = try ModelVersion.fetch(
                db, where: "WHERE v.model = ? AND v.state <> 'purged' ORDER BY v.number", [old])
            // Not compared whole: a metric that is NaN equals nothing.
            guard
                now.elementsEqual(
                    versions, by: { ($0.id, $0.state, $0.aliases) == ($1.id, $1.state, $1.aliases) })
            else {
                throw CellarError(
                    .badData, "another process changed \(old) at the same time.", remedy: "Try again.")
            }
            guard try db.lastNumber(of: new) == 0 else {
                throw CellarError(
                    .badData, "cannot rename \(old) to \(new): the store has, or had, a model of that name.",
                    remedy: "Choose another name, or copy versions one by one with `registry cp`.")
            }
            let reason = "renamed from \(old)"
            var (events, removals): ([Event], [Event]) = ([], [])
            for content in contents {
                let key = VersionKey(
                    model: new, number: content.version.number, sha256: content.version.sha256)
                events.append(content.registration(key, file: content.version.file, source: nil))
                events += content.tagging(key).map { [$0] } ?? []
                if content.version.state == .deleted {
                    events.append(.changed("deleted", [key], reason: reason))
                }
                for alias in content.version.aliases {
                    aliases.append(alias)
                    let top = try AliasTop(db, model: old, alias: alias)
                    if let key = top.publicKey {
                        for (model, key) in [(new, JSON.string(key)), (old, .null)] {
                            removals.append(
                                Event(
                                    kind: "policy",
                                    content: [
                                        "model": .string(model), "alias": .string(alias), "public_key": key,
                                        "reason": .string("renamed from \(old) to \(new)"),
                                    ]))
                        }
                    }
                    if top.isProtected { removals += try unprotect(alias, of: old, as: new, isForced) }
                    events.append(.moved(alias, of: new, to: key, reason: reason))
                    removals.append(.moved(alias, of: old, to: nil, reason: "renamed to \(new)"))
                }
            }
            let kept = versions.filter { $0.state == .kept }.map(\.key)
            if !kept.isEmpty { removals.append(.changed("deleted", kept, reason: "renamed to \(new)")) }
            return events + removals
        }
        return RenamedModel(
            old: old, new: new, versions: versions.filter { $0.state == .kept }.map { "\(new):\($0.number)" },
            aliases: aliases.sorted())
    }

    /// The events that hand an alias' protection over to the new name.
    private func unprotect(
        _ alias: String, of old: String, as new: String, _ isForced: Bool
    ) throws(CellarError) -> [Event] {
        guard isForced else {
            throw CellarError(
                .noPermission, "cannot rename \(old): \(old)@\(alias) is protected.",
                remedy: "Use --force, or run `registry protect --remove \(old)@\(alias)`.")
        }
        return [(old, false), (new, true)].map { model, isProtected in
            Event(
                kind: "protected",
                content: [
                    "model": .string(model), "alias": .string(alias), "protected": .bool(isProtected),
                    "reason": .string("renamed from \(old) to \(new)"),
                ])
        }
    }
}
