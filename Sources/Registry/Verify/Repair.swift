import Base
import GRDB

/// What a repair did.
public struct Repaired: Equatable, Sendable {
    /// Files that are now in the folder `aside`: temporary files of interrupted saves, and files that are no models.
    public var movedAside: [String] = []
    /// Complete model files that no event named, and that are registered now.
    public var registered = 0
}

extension ModelStore {
    static let aside = "aside"

    /// Makes the index anew from the logs, registers model files that no log names, and moves what is no model into the folder
    /// `aside`. Nothing is deleted. Damaged files stay where they are, and so do events.
    public func repair() throws(CellarError) -> Repaired {
        var result = Repaired()
        let before = try read("count the versions") { try $0.versionCount() }
        let rebuilt = try rebuild()
        let unknown = try read("list the versions") { db in
            let known = Set(try String.fetchAll(db, sql: "SELECT file FROM version WHERE state <> 'purged'"))
            return try modelFiles().filter { try !known.contains($0) && !isGarbage($0, db) }
        }
        for file in unknown { try moveAside(file, &result) }
        for file in try leftovers() { try moveAside(file, &result) }
        result.registered = max(0, rebuilt.versions - before)
        return result
    }

    private func moveAside(_ file: String, _ result: inout Repaired) throws(CellarError) {
        guard isInside(file) else { return }
        let name = FileSystem.name(of: file)
        let free = (0...10_000).lazy.map { $0 == 0 ? name : "\($0)-\(name)" }
            .map { Self.aside + "/" + $0 }.first { !FileSystem.exists(self.path(of: $0)) }
        guard let free, isInside(free), try FileSystem.move(path(of: file), to: path(of: free)) else {
            return
        }
        result.movedAside.append(file)
    }
}
