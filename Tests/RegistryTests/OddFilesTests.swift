import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

@Suite("what is no regular file, and what is no date")
struct OddFilesTests {
    @Test(arguments: ["folder", "pipe", "link"])
    func anIndexThatIsNoFileIsMovedAway(_ kind: String) throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            store.close()
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: store.indexPath + suffix)
            }
            switch kind {
            case "folder": try FileSystem.makeFolder(store.indexPath)
            case "pipe": makePipe(store.indexPath)
            default:
                try FileManager.default.createSymbolicLink(
                    atPath: store.indexPath, withDestinationPath: "/dev/zero")
            }
            let fresh = ModelStore(in: folder)
            #expect(fresh.findQuickly(VersionQuery(newestOf: "mnist")) == nil)
            #expect(try fresh.version("mnist").number == 1)
            #expect(try fresh.rebuild().versions == 1)
            #expect(try fresh.verify().findings == [])
        }
    }

    @Test func verifyNamesPipesAndLinks() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            makePipe(store.path(of: "TRAINED_MODEL/pipe.h5"))
            makePipe(store.path(of: "log/pipe.jsonl"))
            try FileSystem.makeFolder(store.path(of: "log/folder.jsonl"))
            let findings = try store.verify().findings
            #expect(
                findings.map(\.subject).sorted() == [
                    "TRAINED_MODEL/pipe.h5", "log/folder.jsonl", "log/pipe.jsonl",
                ])
        }
    }

    @Test func aLogWithAHoleIsReadInNoTime() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            store.close()
            // A terabyte that nobody wrote, then a line that is complete.
            let path = store.log.path(of: "ffff.jsonl")
            try Data("x".utf8).write(to: URL(filePath: path))
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: 1 << 40)
            try file.seekToEnd()
            try file.write(contentsOf: Data("x\nno event\n".utf8))
            try file.close()
            #expect(try ModelStore(in: folder).version("mnist").number == 1)
            let findings = try ModelStore(in: folder).verify().findings
            #expect(findings.filter { $0.kind == .log }.count >= 2)
        }
    }

    @Test(arguments: [
        "2026-02-31", "2026-02-29", "2026-04-31T10", "2026-13-01", "2026-99-99", "2026-1", "x", "",
    ])
    func noDate(_ text: String) throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            #expect(thrown { _ = try store.at(text) } == .usage)
            #expect(thrown { try store.forEachEvent(since: text) { _ in } } == .usage)
            #expect(thrown { _ = try store.list(Query(filter: Filter("created > '\(text)'"))) } == .usage)
        }
    }

    @Test(arguments: ["2024-02-29", "2026", "2026-11", "2026-11-22T12", "2026-11-22T12:00:00Z"])
    func aDate(_ text: String) throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            _ = try store.at(text).list()
            var count = 0
            try store.forEachEvent(since: text) { _ in count += 1 }
            if text == "2024-02-29" { #expect(count == 2) }
        }
    }

    private func makePipe(_ path: String) {
        let made = unsafe mkfifo(path, 0o600)
        #expect(made == 0)
    }

    private func thrown(_ body: () throws -> Void) -> CellarError.Category? {
        do { try body() } catch { return (error as? CellarError)?.category }
        return nil
    }
}
