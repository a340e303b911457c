import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test("a saved model has its dated name, number and digest, and is read-only")
func saveOne() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        let facts = makeFacts(accuracy: 0.98)
        let version = try store.save(facts)
        #expect(version.reference == "mnist:1")
        #expect(version.file == "TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5")
        let bytes = try Data(contentsOf: store.url(of: version))
        #expect(version.size == bytes.count)
        // The digest of the same bytes as text.
        #expect(version.sha256 == sha256(of: String(decoding: bytes, as: UTF8.self)))
        let attributes = try FileManager.default.attributesOfItem(atPath: store.url(of: version).path)
        #expect(attributes[.posixPermissions] as? Int == 0o444)
        #expect(try store.facts(of: version) == facts)
        #expect(version.metric("val_accuracy") == 0.98)
        #expect(try store.verify().findings == [])
    }
}

@Test("SHA-256 of FIPS 180-4's examples")
func digests() {
    #expect(sha256(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(sha256(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
}

@Test("a file of more than one block has the digest of sha256sum")
func largeFile() throws {
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("a")
        // sha256sum of 3,000,000 letters a.
        try Data(repeating: UInt8(ascii: "a"), count: 3_000_000).write(to: file)
        let found = try FileDigest(ofFile: file.path)
        #expect(found.size == 3_000_000)
        #expect(found.sha256 == "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4")
    }
}

@Test("two saves in one second get distinct names, and both are kept")
func sameSecond() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let files = try (1...3).map { try store.save(makeFacts(seed: $0)).file }
        #expect(
            files == [
                "TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5",
                "TRAINED_MODEL/Model_2026_11_22_12_30_05_2_.h5",
                "TRAINED_MODEL/Model_2026_11_22_12_30_05_3_.h5",
            ])
        #expect(try store.list().versions.map(\.number) == [3, 2, 1])
        for (seed, file) in zip(1...3, files) {
            #expect(try readTestFacts(folder.appendingPathComponent(file))?.seed == seed)
        }
    }
}

@Test("a writer that fails, as on a full disk, leaves nothing")
func failingWriter() throws {
    struct DiskFull: Error {}
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        #expect(throws: DiskFull.self) {
            try store.save(makeFacts()) { file in
                try file.write("half a mod")
                throw DiskFull()
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/TRAINED_MODEL")
        #expect(left == [])
        #expect(try store.list().versions.isEmpty)
        // The number was not taken either.
        #expect(try store.save(makeFacts()).number == 1)
    }
}

@Test("a full disk during registration keeps the trained model, and the error has its path")
func fullIndex() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts())
        // SQLite then fails as on a full disk.
        try store.index().queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        var big = makeFacts(created: noon(plus: 0))
        big.recipe = String(repeating: "recipe ", count: 8_000)
        let text = message { try store.save(big) }
        #expect(text.contains("Model_2026_11_22_12_00_00_.h5: the model was saved but not registered"))
        #expect(text.contains("Free some disk space"))
        store.close()
        #expect(try store.verify().findings.map(\.kind) == [.unregistered])
        let file = folder.appendingPathComponent("TRAINED_MODEL/Model_2026_11_22_12_00_00_.h5")
        #expect(try store.importTestFile(file).version.number == 2)
        #expect(try store.verify().findings == [])
    }
}

@Test("a full disk during an import leaves nothing, and the original can be imported later")
func fullIndexOnImport() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        try store.save(makeFacts())
        let pages = try store.index().queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            return pages
        }
        let file = folder.appendingPathComponent("other.h5")
        try Data("other".utf8).write(to: file)
        var big = makeFacts(created: noon(plus: 0))
        big.recipe = String(repeating: "recipe ", count: 8_000)
        let text = message { _ = try store.importFile(file, facts: big) }
        #expect(text.contains("disk is full"))
        #expect(try store.verify().findings == [])
        try store.index().queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 1_000)")
        }
        #expect(try store.importFile(file, facts: big).version.number == 2)
    }
}

@Test(
    "names that could be read as versions, aliases or files are refused",
    arguments: [
        "", "a:1", "a@b", "a/b", ".hidden", "model.h5", "-x", "a b", "naïve",
    ])
func badNames(_ name: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        #expect(throws: CellarError.self) { try store.save(makeFacts(name)) }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == [])
    }
}

@Test("registering a file twice gives one version")
func registerTwice() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let first = try store.save(makeFacts())
        #expect(try store.register(store.url(of: first), facts: makeFacts()) == first)
        #expect(try store.list().total == 1)
    }
}
