import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test("a folder that cannot be read is an error, and not an empty one")
func unreadableFolder() throws {
    try Fixtures.temporaryFolder { folder in
        let entries = try FileSystem.entries(of: folder.path + "/none")
        let logs = try LogFolder(inStore: folder.path).files()
        #expect(entries.isEmpty && logs == [])
        let path = folder.path + "/" + String(repeating: "x", count: 300)
        #expect(message { _ = try FileSystem.entries(of: path) }.contains("cannot read"))
        #expect(message { _ = try LogFolder(inStore: path).files() }.contains("cannot read"))
        #expect(message { _ = try LogFolder(inStore: path).isFolder }.contains("cannot read"))
    }
}

@Test("an index with a path that SQLite does not take is refused with its length")
func longPath() throws {
    try Fixtures.temporaryFolder { folder in
        let deep = folder.path + String(repeating: "/" + String(repeating: "d", count: 50), count: 12)
        try FileSystem.makeFolder(deep)
        let store = ModelStore(in: URL(fileURLWithPath: deep))
        let found = message { _ = try store.list() }
        #expect(found.contains("at most \(Index.longestPath) bytes"))
        // Nothing that a rebuild could mend.
        #expect(message { _ = try store.verify() } == found)
        // The longest one works.
        let rest = Index.longestPath - "/registry.sqlite".utf8.count
        var path = folder.path
        while path.utf8.count < rest - 60 { path += "/" + String(repeating: "e", count: 50) }
        path += "/" + String(repeating: "e", count: rest - path.utf8.count - 1)
        try FileSystem.makeFolder(path)
        #expect(try ModelStore(in: URL(fileURLWithPath: path)).save(makeFacts()).number == 1)
    }
}
