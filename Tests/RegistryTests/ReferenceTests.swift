import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

@Test("resolves every kind of reference")
func references() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...12 { try store.save(makeFacts(created: noon(plus: i))) }
        try store.save(makeFacts("mnist-bn", created: noon(plus: 20)))
        _ = try store.promote("mnist:3", alias: "best")
        let third = try store.version("mnist:3")
        #expect(third.created == noon(plus: 3))
        #expect(third.aliases == ["best"])
        #expect(try store.version("mnist").number == 12)
        #expect(try store.version("mnist@best") == third)
        #expect(try store.version(third.sha256) == third)
        #expect(try store.version(String(third.sha256.prefix(16)).uppercased()) == third)
        #expect(try store.version(store.url(of: third).path) == third)
        #expect(try store.file(of: "mnist@best").url == store.url(of: third))
        #expect(try store.file(of: "mnist@best").sha256 == third.sha256)
        #expect(try store.version("mnist-bn").reference == "mnist-bn:1")

        let other = folder.appendingPathComponent("TRAINED_MODEL/other.h5")
        try Data("keras".utf8).write(to: other)
        #expect(try store.resolve(other.path) == .file(other))
    }
}

@Test(
    "the error for an unknown reference lists names that exist",
    arguments: [
        ("mnits", "Did you mean mnist?"), ("mnist:13", "the newest are mnist:2, mnist:1."),
        ("mnist@bets", "Did you mean mnist@best?"),
        ("wine:1", "no model wine"), ("mnist:x", "expected a number after the colon"),
        ("mnist:0", "expected a number"),
        ("mnist:99999999999999999999", "expected a number"), ("", "empty name"),
        ("none/such.h5", "none/such.h5: no such model file"),
        ("00000000", "no model 00000000"), ("/tmp/", "found a folder"),
        ("mnist:-1", "expected a number"),
        ("@best", "no model"), ("mnist@", "no alias mnist@"),
        ("x'; DROP TABLE version; --", "no model"),
    ])
func unknownReferences(_ reference: String, _ expected: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...2 { try store.save(makeFacts(created: noon(plus: i))) }
        _ = try store.promote("mnist:1", alias: "best")
        let text = message { _ = try store.version(reference) }
        #expect(text.contains(expected), "\(text)")
        #expect(try store.list().total == 2)
    }
}

@Test("an ambiguous digest prefix is refused with a list of its versions")
func ambiguousDigest() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...2 {
            let digest = FileDigest(sha256: "abcdef12" + String(repeating: "\(i)", count: 56), size: 1)
            _ = try store.index()
            let facts = makeFacts(created: noon(plus: i))
            _ = try store.register(
                NewFile(model: "mnist", file: "\(i).h5", digest: digest, facts: facts))
        }
        let text = message { _ = try store.version("abcdef12") }
        #expect(text.contains("ambiguous") && text.contains("mnist:1") && text.contains("mnist:2"))
        #expect(try store.version("abcdef122").number == 2)
    }
}

@Test("a missing or changed file is reported before it is loaded")
func missingFile() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let file = store.url(of: try store.save(makeFacts()))
        try FileManager.default.removeItem(at: file)
        #expect(
            message { _ = try store.file(of: "mnist") }.contains(
                "\(file.path): the file of mnist:1 is missing"))
        try Data("short".utf8).write(to: file)
        #expect(message { _ = try store.file(of: "mnist") }.contains("has 5 bytes, expected"))
    }
}

@Test("the error for a missing store names it; a path works without a store")
func noStore() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("none"))
        #expect(message { _ = try store.version("mnist") }.contains(folder.path + "/none"))
        #expect(message { _ = try store.list() }.contains(folder.path + "/none"))
        let file = folder.appendingPathComponent("a.h5")
        try Data("keras".utf8).write(to: file)
        #expect(try store.file(of: file.path).url == file)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
    }
}
