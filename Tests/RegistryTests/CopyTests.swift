import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

@Suite struct CopyTests {
    @Test func takesTagsAliasesAndAncestorsToAnotherStore() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder.appending(path: "a"))
            let other = ModelStore(in: folder.appending(path: "b"))
            let first = try store.save(makeFacts(accuracy: 0.9))
            var facts = makeFacts(created: noon(plus: 1), accuracy: 0.95)
            facts.parents = [.init(kind: .resumedFrom, sha256: first.sha256, reference: first.reference)]
            let second = try store.save(facts)
            try store.tag(second.reference, set: [.init(key: "owner", value: "ann")])
            _ = try store.promote(second.reference, alias: "best")
            _ = try store.promote(second.reference, alias: "live")
            try other.save(makeFacts(accuracy: 0.1, seed: 7))
            _ = try other.promote("mnist:1", alias: "live")

            let copied = try store.copy("mnist@best", to: other, ancestors: true)
            #expect(copied.isNew && copied.version.sha256 == second.sha256)
            #expect(copied.version.reference == "mnist:3" && copied.ancestors == ["mnist:2"])
            #expect(copied.keptAliases == ["live"] && copied.version.aliases == ["best"])
            #expect(try other.tags(of: copied.version).map(\.value) == ["ann"])
            #expect(try other.version("mnist@live").reference == "mnist:1")
            #expect(copied.version.metric("val_accuracy") == 0.95)
            #expect(try other.verify().findings.isEmpty)

            let again = try store.copy("mnist@best", to: other)
            #expect(!again.isNew && again.version == copied.version)
            _ = try other.rebuild()
            #expect(try other.version("mnist:3").sha256 == second.sha256)
        }
    }

    @Test func refusesADamagedFileAndItself() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder.appending(path: "a"))
            let other = ModelStore(in: folder.appending(path: "b"))
            let version = try store.save(makeFacts())
            #expect(throws: CellarError.self) { try store.copy("mnist:1", to: store) }
            let path = store.path(of: version.file)
            try FileSystem.setMode(0o644, of: path)
            try Data("{}".utf8).write(to: URL(filePath: path))
            #expect(throws: CellarError.self) { try store.copy("mnist:1", to: other) }
            #expect((try? other.list())?.versions.isEmpty ?? true)
            #expect(
                (try? FileManager.default.subpathsOfDirectory(atPath: other.root))?.contains {
                    $0.hasSuffix(".h5")
                } != true)
        }
    }

    /// Two names share a file; it goes only with the last of them.
    @Test func aFileOfTwoNamesStaysUntilBothAreCollected() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            let version = try store.save(makeFacts())
            let copy = try store.copy("mnist:1", to: store, as: "digits").version
            #expect(copy.file == version.file && copy.reference == "digits:1")
            try store.delete("mnist:1")
            #expect(try store.collectGarbage().versions == ["mnist:1"])
            #expect(FileSystem.exists(store.path(of: copy.file)))
            #expect(try store.verify().findings.map(\.message) == [])
            try store.delete("digits:1")
            _ = try store.collectGarbage()
            #expect(!FileSystem.exists(store.path(of: copy.file)))
        }
    }

    @Test func renamesAModelWithAllThatBelongsToIt() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            for i in 1...3 {
                try store.save(makeFacts(created: noon(plus: i), accuracy: i == 2 ? .nan : 0.9))
            }
            try store.tag("mnist:2", set: [.init(key: "owner", value: "ann")])
            _ = try store.promote("mnist:1", alias: "best")
            _ = try store.promote("mnist:3", alias: "live")
            try store.protect(model: "mnist", alias: "live", isProtected: true, reason: "")
            _ = try store.promote("mnist:1", alias: "next", options: .init(evidence: ["rows": 7]))
            _ = try store.promote("mnist:3", alias: "next")
            try store.recordEvaluation(
                of: store.version("mnist:1"), data: "wine.csv", sha256: nil, metrics: ["loss": 1])
            try store.delete("mnist:2")
            #expect(throws: CellarError.self) { try store.rename("mnist", to: "digits") }
            let renamed = try store.rename("mnist", to: "digits", isForced: true)
            #expect(
                renamed.versions == ["digits:1", "digits:3"] && renamed.aliases == ["best", "live", "next"])
            for check in 0..<2 {
                #expect(try store.version("digits@live").number == 3)
                #expect(try store.version("digits@best").number == 1)
                #expect(throws: CellarError.self) { try store.version("mnist@live") }
                #expect(throws: CellarError.self) { try store.promote("digits:1", alias: "live") }
                #expect(try store.models().map(\.name) == ["digits"])
                #expect(try store.verify().findings.map(\.message) == [])
                if check == 0 { _ = try store.rebuild() }
            }
            let first = try store.version("digits:1")
            #expect(try store.evaluations(of: first).map(\.data) == ["wine.csv"])
            #expect(try store.events(about: first).map(\.kind).contains("registered"))
            let moves = try store.moves(model: "digits", alias: "next")
            #expect(moves.map(\.number) == [1, 3] && moves[0].evidence == ["rows": 7])
            #expect(try store.moves(model: "mnist") == [])
            #expect(try store.rollback(model: "digits", alias: "next").version.number == 1)
            try store.restore("digits:2")
            #expect(try store.tags(of: store.version("digits:2")).map(\.value) == ["ann"])
            #expect(try store.collectGarbage().versions == [])
            for version in try store.list().versions {
                #expect(FileSystem.exists(store.path(of: version.file)))
            }
            #expect(try store.save(makeFacts("digits", created: noon(plus: 9))).number == 4)
            #expect(throws: CellarError.self) { try store.rename("digits", to: "mnist") }
        }
    }

    @Test func anotherCopyGoesOnUnderTheOldName() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder.appending(path: "a"))
            for i in 1...2 { try store.save(makeFacts(created: noon(plus: i))) }
            _ = try store.promote("mnist:1", alias: "best")
            try FileManager.default.copyItem(at: store.folder, to: folder.appending(path: "b"))
            let other = ModelStore(in: folder.appending(path: "b"))
            _ = try store.rename("mnist", to: "digits")
            _ = try other.promote("mnist:2", alias: "best")
            _ = try other.promote("mnist:2", alias: "live")
            try other.tag("mnist:1", set: [.init(key: "owner", value: "ann")])
            // A model that has the new name there already, and the same number.
            try other.save(makeFacts("digits", created: noon(plus: 7), seed: 3))
            _ = try other.promote("digits:1", alias: "own")
            for (here, there) in [(store, other), (other, store)] { _ = try here.merge(there) }
            for here in [store, other] {
                for _ in 0..<2 {
                    let best = try here.version("digits@best")
                    #expect(try best.sha256 == here.version("digits@live").sha256 && best.key.number == 2)
                    let versions = try here.list().versions
                    #expect(versions.map(\.model) == ["digits", "digits", "digits"])
                    #expect(Set(versions.map(\.number)) == [1, 2, 3])
                    #expect(try here.version("digits@own").seed == 3)
                    let first = try #require(versions.first { $0.key.number == 1 && $0.seed == nil })
                    #expect(try here.tags(of: first).map(\.value) == ["ann"])
                    #expect(try here.verify().findings.map(\.message) == [])
                    _ = try here.rebuild()
                }
            }
        }
    }
}
