import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

@Test("verify finds files that were changed outside the store")
func verifyFindings() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let files = try (1...4).map { store.url(of: try store.save(makeFacts(created: noon(plus: $0)))) }
        _ = try store.promote("mnist:1", alias: "best")
        #expect(try store.verify().findings == [])
        #expect(try store.verify().checked == 4)

        // One flipped byte, one truncated file, one missing, one unregistered.
        for file in files {
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        }
        var bytes = try Data(contentsOf: files[0])
        bytes[10] ^= 1
        try bytes.write(to: files[0])
        try Data(bytes.dropLast()).write(to: files[1])
        try FileManager.default.removeItem(at: files[2])
        try Data("keras".utf8).write(to: folder.appendingPathComponent("new.h5"))
        let findings = try store.verify().findings
        #expect(findings.map(\.kind) == [.damaged, .damaged, .missing, .unregistered])
        #expect(findings.map(\.subject) == ["mnist:1", "mnist:2", "mnist:3", "new.h5"])
        #expect(findings.allSatisfy { !$0.fix.isEmpty })

        // A rebuild registers the new file, and forgets none.
        try FileManager.default.removeItem(at: files[0])
        _ = try store.rebuild()
        #expect(try store.verify().findings.map(\.kind) == [.missing, .damaged, .missing])
        #expect(
            try store.list().versions.map(\.reference).sorted() == [
                "mnist:1", "mnist:2", "mnist:3", "mnist:4", "new:1",
            ])
        #expect(message { _ = try store.file(of: "mnist@best") }.contains("is missing"))
        #expect(try store.save(makeFacts(created: noon(plus: 9))).number == 5)
    }
}

@Test("an import copies the file, keeps its date, and detects registered files")
func imports() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        let source = folder.appendingPathComponent("any name.h5")
        let facts = makeFacts("wine", created: "2025-01-02T03:04:05Z")
        try Data(facts.json.text().utf8).write(to: source)
        let first = try store.importTestFile(source)
        #expect(first.isNew && first.version.reference == "wine:1")
        #expect(first.version.file == "TRAINED_MODEL/Model_2025_01_02_03_04_05_.h5")
        #expect(try store.record(of: first.version).parents.map(\.kind) == [.importedFrom])
        #expect(try Data(contentsOf: source) == Data(contentsOf: store.url(of: first.version)))
        let again = try store.importTestFile(source)
        #expect(!again.isNew && again.version == first.version)

        let foreign = folder.appendingPathComponent("my net (2).keras")
        try Data("keras".utf8).write(to: foreign)
        let second = try store.importTestFile(foreign).version
        #expect(second.reference == "my-net--2-:1" && second.file.hasSuffix("_.keras"))
        let nonsense = folder.appendingPathComponent("nonsense.h5")
        try Data("nonsense".utf8).write(to: nonsense)
        #expect(throws: (any Error).self) { _ = try store.importTestFile(nonsense) }
        #expect(throws: CellarError.self) {
            _ = try store.importTestFile(folder.appendingPathComponent("none.h5"))
        }
        #expect(throws: CellarError.self) { _ = try store.importTestFile(folder) }
        #expect(try store.list().total == 2)
        #expect(try store.verify().findings == [])
    }
}

@Test("an export is atomic")
func exports() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        let version = try store.save(makeFacts())
        let target = folder.appendingPathComponent("out.h5")
        _ = try store.export("mnist", to: target)
        #expect(try Data(contentsOf: target) == Data(contentsOf: store.url(of: version)))
        #expect(message { _ = try store.export("mnist", to: target) }.contains("--force"))
        _ = try store.export("mnist", to: target, overwrite: true)
        #expect(
            message { _ = try store.export("mnist", to: folder.appendingPathComponent("no/out.h5")) }
                .contains("no such folder"))

        let file = store.url(of: version)
        var bytes = try Data(contentsOf: file)
        bytes[5] ^= 1
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        try bytes.write(to: file)
        let other = folder.appendingPathComponent("other.h5")
        #expect(message { _ = try store.export("mnist", to: other) }.contains("damaged"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["models", "out.h5"])
    }
}

@Test("a deleted version can be restored until gc; its number is not reused")
func trash() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 { try store.save(makeFacts(created: noon(plus: i))) }
        _ = try store.promote("mnist:3", alias: "best")
        #expect(message { try store.delete("mnist:3") }.contains("mnist@best points to it"))
        try store.delete("mnist:2")
        #expect(message { _ = try store.version("mnist:2") }.contains("registry restore mnist:2"))
        #expect(try store.list().versions.map(\.number) == [3, 1])
        #expect(try store.list(Query(deleted: true)).versions.map(\.number) == [2])
        #expect(try store.verify().findings == [])
        // A rebuild finds it in the trash.
        _ = try store.rebuild()
        #expect(try store.list(Query(deleted: true)).versions.map(\.number) == [2])
        #expect(try store.restore("mnist:2").file == "TRAINED_MODEL/Model_2026_11_22_12_00_02_.h5")
        #expect(message { try store.restore("mnist:2") }.contains("was not deleted"))

        try store.delete("mnist:2")
        // All or none.
        #expect(message { try store.restore(["mnist:2", "mnist:1"]) }.contains("was not deleted"))
        #expect(try store.list(Query(deleted: true)).versions.map(\.number) == [2])
        #expect(try store.collectGarbage(dryRun: true).versions == ["mnist:2"])
        let collected = try store.collectGarbage()
        #expect(collected.versions == ["mnist:2"] && collected.size > 0)
        #expect(message { try store.restore("mnist:2") }.contains("removed its file permanently"))
        #expect(try store.collectGarbage().versions == [])
        #expect(try store.verify().findings == [])

        store.close()
        try FileManager.default.removeItem(atPath: folder.path + "/registry.sqlite")
        #expect(try store.list().versions.map(\.number) == [3, 1])
        try store.delete("mnist:1")
        _ = try store.collectGarbage()
        #expect(try store.save(makeFacts(created: noon(plus: 5))).number == 4)
        try store.removeAlias(model: "mnist", alias: "best")
        for number in [3, 4] { try store.delete("mnist:\(number)") }
        _ = try store.collectGarbage()
        #expect(message { _ = try store.version("mnist") }.contains("is empty"))
        #expect(try store.save(makeFacts(created: noon(plus: 6))).number == 5)
    }
}

@Test("tags are set, changed and removed")
func tags() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let version = try store.save(makeFacts())
        try store.tag("mnist", set: [.init(key: "owner", value: "ann"), .init(key: "note", value: "a\nb=c")])
        try store.tag("mnist", set: [.init(key: "owner", value: "bob")])
        #expect(
            try store.tags(of: version) == [
                .init(key: "note", value: "a\nb=c"), .init(key: "owner", value: "bob"),
            ])
        try store.tag("mnist", set: [], remove: ["note"])
        #expect(try store.tags(of: version).map(\.key) == ["owner"])
        #expect(throws: CellarError.self) { try store.tag("mnist", set: [.init(key: "a b", value: "")]) }
    }
}
