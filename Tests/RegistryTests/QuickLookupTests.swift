import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

/// The fast lookup's result for a reference, in a process that has not opened the index.
private func quick(_ reference: String, _ folder: URL) throws -> ModelLocation? {
    try VersionQuery(Reference(reference)).flatMap(ModelStore(in: folder).findQuickly)
}

@Test("the fast lookup equals the regular one, and leaves no files next to the index")
func quickLookup() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 { try store.save(makeFacts(created: noon(plus: i))) }
        _ = try store.promote("mnist:2", alias: "best")
        let references = ["mnist", "mnist:1", "mnist@best"]
        let found = try references.map { try store.file(of: $0) }
        store.close()
        #expect(try references.map { try quick($0, folder) } == found)
        #expect(found.map(\.reference) == ["mnist:3", "mnist:1", "mnist:2"])
        #expect(ModelStore(in: folder).findQuickly(VersionQuery(bestOf: "mnist"))?.reference == "mnist:2")
        #expect(try ModelStore(in: folder).bestFile(of: "mnist")?.reference == "mnist:2")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") })
    }
}

@Test("the fast lookup returns nil where the regular one is needed")
func notQuickly() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 { try store.save(makeFacts(created: noon(plus: i))) }
        let second = try store.url(of: store.version("mnist:2"))
        // Another connection has the index open: commits may be only in its log.
        #expect(try quick("mnist:3", folder) == nil)
        #expect(try store.file(of: "mnist:3").reference == "mnist:3")
        try store.delete("mnist:3")
        store.close()
        #expect(try quick("mnist:1", folder) != nil)
        for reference in ["mnist:3", "mnist:4", "mnist@best", "wine", second.path, "deadbeef"] {
            #expect(try quick(reference, folder) == nil)
        }
        #expect(try quick("mnist", folder)?.reference == "mnist:2")
        // None is called best yet: the newest that is kept.
        #expect(ModelStore(in: folder).findQuickly(VersionQuery(bestOf: "mnist"))?.reference == "mnist:2")
        #expect(ModelStore(in: folder).findQuickly(VersionQuery(bestOf: "wine")) == nil)
        #expect(try ModelStore(in: folder).bestFile(of: "wine") == nil)
        // The size differs from the registered one.
        try FileManager.default.removeItem(at: second)
        try Data("less".utf8).write(to: second)
        #expect(try quick("mnist:2", folder) == nil)
        #expect(throws: CellarError.self) { try ModelStore(in: folder).file(of: "mnist:2") }
    }
}

@Test("a store opened by path equals the store opened by URL", arguments: ["", "/", "/../x y", "/./"])
func storePaths(_ end: String) throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("x y").path + end
        let found = ModelStore(atPath: path, reader: readTestFacts).root
        #expect(found == ModelStore(at: URL(fileURLWithPath: path), reader: readTestFacts).root)
        let relative = ModelStore(atPath: "models" + end, reader: readTestFacts).root
        #expect(
            relative == ModelStore(at: URL(fileURLWithPath: "models" + end), reader: readTestFacts).root)
    }
}

@Test("both drivers find the same version with the same statement")
func oneStatement() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 { try store.save(makeFacts(created: noon(plus: i))) }
        _ = try store.promote("mnist:1", alias: "best")
        let queries = [
            VersionQuery(number: 2, of: "mnist"), VersionQuery(alias: "best", of: "mnist"),
            VersionQuery(newestOf: "mnist"), VersionQuery(bestOf: "mnist"), VersionQuery(bestOf: "wine"),
        ]
        let found = try queries.map { query in
            try store.index().read("test") { try ModelVersion.fetchOne($0, query)?.reference }
        }
        store.close()
        #expect(queries.map { ModelStore(in: folder).findQuickly($0)?.reference } == found)
        #expect(found == ["mnist:2", "mnist:1", "mnist:3", "mnist:1", nil])
    }
}
