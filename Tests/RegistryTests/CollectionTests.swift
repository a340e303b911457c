import Base
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Two stores with the same version mnist:1, each with its own log.
private func withCopies(_ body: (ModelStore, ModelStore) throws -> Void) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appending(path: "a"))
        try store.save(makeFacts(created: noon(plus: 1), seed: 1))
        try FileManager.default.copyItem(at: store.folder, to: folder.appending(path: "b"))
        try body(store, ModelStore(in: folder.appending(path: "b")))
    }
}

private func messages(_ store: ModelStore) throws -> [String] {
    try store.verify().findings.map { "\($0.kind) \($0.subject) \($0.message)" }
}

@Suite("a file disappears only where no kept version needs it")
struct CollectionTests {
    /// Whoever chose the files before the lock was there removed what is published under it.
    @Test func notWhileItIsRegistered() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(makeFacts())
            try store.delete("mnist:1")
            _ = try store.collectGarbage()
            let collected = DispatchSemaphore(value: 0)
            let busy = ModelStore(in: folder) { step in
                guard step == .published else { return }
                Thread.detachNewThread {
                    _ = try? ModelStore(in: folder).collectGarbage()
                    collected.signal()
                }
                // It is done long before, or waits for the lock that is held here.
                _ = collected.wait(timeout: .now() + 0.3)
            }
            let version = try busy.save(makeFacts(seed: 2))
            #expect(collected.wait(timeout: .now() + 30) == .success)
            #expect(FileSystem.exists(store.path(of: version.file)))
            #expect(try messages(store) == [])
            // The path of a collected version is not used again.
            #expect(version.file == "TRAINED_MODEL/Model_2026_11_22_12_30_05_2_.h5")
        }
    }

    @Test func notIfItIsCopiedBetween() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            let version = try store.save(makeFacts())
            try store.delete("mnist:1")
            let other = ModelStore(in: folder)
            #expect(try store.collectGarbage(dryRun: true).versions == ["mnist:1"])
            try other.restore("mnist:1")
            _ = try other.copy("mnist:1", to: other, as: "digits")
            try other.delete("mnist:1")
            #expect(try store.collectGarbage() == .init(versions: ["mnist:1"]))
            #expect(FileSystem.exists(store.path(of: version.file)))
            #expect(try messages(store) == [])
        }
    }

    @Test func notIfAnotherStoreCollectedItAndItIsPromotedHere() throws {
        try withCopies { a, b in
            try a.delete("mnist:1")
            _ = try a.collectGarbage()
            _ = try b.promote("mnist:1", alias: "production")
            for (here, there) in [(b, a), (a, b)] {
                _ = try here.merge(there)
                #expect(try here.collectGarbage().versions == [])
                let version = try here.version("mnist@production")
                #expect(version.state == .kept && here.has(version))
                #expect(try messages(here) == [])
                _ = try here.rebuild()
                #expect(try here.version("mnist@production").key == version.key)
            }
        }
    }

    @Test func notIfAnotherStoreCollectedItAndItIsAnAncestorHere() throws {
        try withCopies { a, b in
            try a.delete("mnist:1")
            _ = try a.collectGarbage()
            let first = try b.version("mnist:1")
            var facts = makeFacts(created: noon(plus: 9), seed: 2)
            facts.parents = [.init(kind: .resumedFrom, sha256: first.sha256, reference: first.reference)]
            try b.save(facts)
            _ = try b.merge(a)
            #expect(try b.collectGarbage() == .init())
            #expect(b.has(first))
            #expect(try messages(b) == [])
            #expect(try b.restore("mnist:1").state == .kept)
            // A later merge takes the file there.
            _ = try a.merge(b)
            #expect(try a.has(a.version("mnist:1")))
            #expect(try messages(a) == [])
        }
    }

    @Test func aVersionThatAnotherStoreCollectedCanBeRestoredUntilItsFileIsGone() throws {
        try withCopies { a, b in
            try a.delete("mnist:1")
            _ = try a.collectGarbage()
            _ = try b.merge(a)
            #expect(try messages(b) == [])
            #expect(try b.restore("mnist:1").state == .kept)
            try b.delete("mnist:1")
            _ = try b.collectGarbage()
            #expect(throws: CellarError.self) { try b.restore("mnist:1") }
        }
    }

    /// Stores of older versions of Cellar gave the path of a collected version to the next one.
    @Test func aPathOfTwoVersionsKeepsBothFilesApart() throws {
        try withCopies { a, b in
            let path = try a.version("mnist:1").file
            try a.delete("mnist:1")
            _ = try a.collectGarbage()
            let facts = makeFacts(created: noon(plus: 1), seed: 5)
            try FileManager.default.createDirectory(
                atPath: a.trainedPath, withIntermediateDirectories: true)
            try Data(facts.json.text().utf8).write(to: URL(filePath: a.path(of: path)))
            #expect(try a.register(URL(filePath: a.path(of: path)), facts: facts).reference == "mnist:2")
            #expect(try messages(a) == [])
            #expect(try b.merge(a).withoutFile == [])
            for _ in 0..<2 {
                let second = try b.version("mnist:2")
                #expect(b.has(second) && second.file != path)
                #expect(try messages(b) == [])
                #expect(try b.merge(a) == Merged())
                _ = try b.rebuild()
            }
            #expect(try b.restore("mnist:1").file == path)
            #expect(try messages(b) == [])
        }
    }

    /// A process that died left a complete file at the path of a version that a merge brings.
    @Test func aPathThatAnUnknownFileHasIsLeftToIt() throws {
        try withCopies { a, b in
            let facts = makeFacts(created: noon(plus: 2), seed: 6)
            let version = try a.save(facts)
            try Data(makeFacts(created: noon(plus: 2), seed: 7).json.text().utf8)
                .write(to: URL(filePath: b.path(of: version.file)))
            #expect(try b.merge(a).withoutFile == [])
            #expect(try b.has(b.version("mnist:2")))
            #expect(try messages(b) == ["unregistered \(version.file) no event names it"])
            _ = try b.repair()
            #expect(try messages(b) == [])
        }
    }

    @Test func repairFindsTheFileOfADamagedVersionByItsBytes() throws {
        try withCopies { a, _ in
            let version = try a.version("mnist:1")
            let path = a.path(of: version.file)
            try FileManager.default.moveItem(atPath: path, toPath: a.path(of: "TRAINED_MODEL/found.h5"))
            try Data(makeFacts(seed: 9).json.text().utf8).write(to: URL(filePath: path))
            _ = try a.repair()
            #expect(try a.has(a.version("mnist:1")))
        }
    }
}
