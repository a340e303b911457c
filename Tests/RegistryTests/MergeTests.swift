import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

extension ModelStore {
    /// The content without numbers, which differ between stores that gave the same one.
    fileprivate func meaning() throws -> [String] {
        var lines: [String] = []
        for deleted in [false, true] {
            for version in try list(Query(deleted: deleted)).versions {
                let tags = try tags(of: version).map { "\($0.key)=\($0.value)" }
                lines.append(
                    "\(version.model) \(version.sha256) \(version.metrics) \(version.aliases) \(tags) \(version.state)"
                )
            }
        }
        return lines.sorted()
    }

    /// The numbers of each version, by what it is; the model's name may change. Two names of one file may have a number each.
    fileprivate func numbers() throws -> [String: Set<Int>] {
        let all = try read("list all versions") { try ModelVersion.fetchBare($0, where: "") }
        return Dictionary(
            all.map { ("\($0.key.number) \($0.sha256)", [$0.number]) }, uniquingKeysWith: { $0.union($1) })
    }

    /// Changes the store at random.
    fileprivate func live(_ count: Int, _ name: String, _ random: inout SplitMix) throws {
        for step in 0..<count {
            let model = ["mnist", "wine"].randomElement(using: &random) ?? "mnist"
            let versions = try list(Query(model: nil)).versions.filter { $0.model == model }
            let version = versions.randomElement(using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                // All stores save in the same seconds, so file names are equal, too.
                try save(
                    makeFacts(
                        model, created: noon(plus: Int.random(in: 0..<4, using: &random)),
                        accuracy: Double.random(in: 0..<1, using: &random),
                        seed: Int.random(in: 0..<1_000_000, using: &random)))
            case 2:
                if let version {
                    _ = try promote(version.reference, alias: "best", options: .init(reason: name))
                }
            case 3:
                if let version {
                    try tag(version.reference, set: [.init(key: "by", value: "\(name)\(step)")])
                }
            case 4: if let version, version.aliases.isEmpty { try delete(version.reference) }
            case 5: _ = try collectGarbage()
            case 6:
                if let version {
                    _ = try? copy(
                        version.reference, to: self, as: "copy\(Int.random(in: 0..<2, using: &random))")
                }
            case 7: if step % 3 == 0 { _ = try? rename(model, to: "\(model)-\(step)", isForced: true) }
            default:
                if let gone = try list(Query(deleted: true)).versions.randomElement(using: &random) {
                    try restore(gone.reference)
                }
            }
        }
    }
}

@Test(
    "merges in any order give the same versions, metrics, tags and aliases, and change no number",
    arguments: 1...8)
func mergeOrders(_ seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    try Fixtures.temporaryFolder { outside in
        func store(_ name: String) -> ModelStore { ModelStore(in: outside.appendingPathComponent(name)) }
        try store("base").save(makeFacts(created: noon(plus: 1), seed: 1))
        try store("base").live(8, "base", &random)
        for name in ["a", "b", "c"] {
            // c shares nothing with the others.
            if name != "c" {
                try FileManager.default.copyItem(at: store("base").folder, to: store(name).folder)
            } else {
                try store(name).save(makeFacts("wine", created: noon(plus: 1), seed: 77))
            }
            try store(name).live(10, name, &random)
        }
        var meanings: [[String]] = []
        for order in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]] {
            let target = "into-" + order.joined()
            try FileManager.default.copyItem(at: store("a").folder, to: store(target).folder)
            let merged = store(target)
            for other in order {
                let before = try merged.numbers()
                let done = try merged.merge(store(other))
                let after = try merged.numbers()
                #expect(
                    before.allSatisfy { $0.value.isSubset(of: after[$0.key] ?? []) }, "numbers stay")
                let references = try merged.list().versions.map(\.reference)
                #expect(Set(references).count == references.count, "numbers are distinct")
                #expect(done.withoutFile == [])
                #expect(try merged.merge(store(other)) == Merged(), "a second merge changes nothing")
            }
            let findings = try merged.verify().findings
            #expect(findings.isEmpty, "\(findings.map { "\($0.kind) \($0.subject) \($0.message)" })")
            meanings.append(try merged.meaning())
            let (meaning, numbers) = (try merged.meaning(), try merged.numbers())
            merged.close()
            try FileManager.default.removeItem(atPath: merged.root + "/registry.sqlite")
            #expect(try store(target).meaning() == meaning)
            #expect(try store(target).numbers() == numbers)
        }
        #expect(meanings[1] == meanings[0] && meanings[2] == meanings[0])
        // And back: each store has what all have.
        for name in ["a", "b", "c"] {
            let before = try store(name).numbers()
            _ = try store(name).merge(store("into-abc"))
            #expect(try store(name).meaning() == meanings[0])
            let after = try store(name).numbers()
            #expect(
                before.allSatisfy { $0.value.isSubset(of: after[$0.key] ?? []) }, "\(name) keeps its numbers")
            let findings = try store(name).verify().findings
            #expect(findings.isEmpty, "\(name): \(findings.map { "\($0.kind) \($0.subject) \($0.message)" })")
        }
    }
}

/// What copies of a store did that a merge in any order must keep.
private struct RenamingHistory {
    var random: SplitMix
    /// Tags and aliases with names of their own, each with the SHA-256 of its version.
    var marks: [String: String] = [:]
    private var step = 0

    init(seed: Int) { random = SplitMix(state: UInt64(seed)) }

    /// Changes one of the copies.
    mutating func change(_ copies: [ModelStore]) throws {
        step += 1
        let store = copies.randomElement(using: &random) ?? copies[0]
        let versions = try store.list(Query(model: nil)).versions
        guard let version = versions.randomElement(using: &random) else { return }
        let name = ["x", "y", "z", "new\(step)"].randomElement(using: &random) ?? "x"
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: _ = try? store.rename(version.model, to: name, isForced: true)
        case 2:
            try store.save(
                makeFacts(
                    ["sw", name].randomElement(using: &random) ?? "sw", created: noon(plus: step), seed: step)
            )
        case 3, 4:
            try store.tag(version.reference, set: [.init(key: "tag\(step)", value: "")])
            marks["tag\(step)"] = version.sha256
        case 5:
            _ = try store.promote(version.reference, alias: "alias\(step)")
            marks["alias\(step)"] = version.sha256
        case 6: _ = try store.promote(version.reference, alias: "p")
        case 7: _ = try? store.rollback(model: version.model, alias: "p")
        case 8: try? store.removeAlias(model: version.model, alias: "p")
        case 9: _ = try? store.delete(version.reference)
        case 10:
            if let gone = try store.list(Query(deleted: true)).versions.randomElement(using: &random) {
                try store.restore(gone.reference)
            }
        default:
            if Bool.random(using: &random) {
                _ = try? store.copy(version.reference, to: store, as: "copy")
            } else if let other = copies.randomElement(using: &random), other !== store {
                _ = try store.merge(other)
            }
        }
    }

    /// The marks that a store has.
    func found(in store: ModelStore) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for deleted in [false, true] {
            for version in try store.list(Query(deleted: deleted)).versions {
                for mark in try store.tags(of: version).map(\.key) + version.aliases {
                    found[mark, default: []].insert(version.sha256)
                }
            }
        }
        return found
    }
}

@Test("copies that rename models differently keep everything in any order of merges", arguments: 1...24)
func mergeOrdersOfRenamings(_ seed: Int) throws {
    try Fixtures.temporaryFolder { outside in
        func store(_ name: String) -> ModelStore { ModelStore(in: outside.appendingPathComponent(name)) }
        let first = store("a")
        for i in 1...4 { try first.save(makeFacts("sw", created: noon(plus: 1_000 + i), seed: 1_000 + i)) }
        _ = try first.promote("sw:1", alias: "p")
        _ = try first.promote("sw:2", alias: "p")
        for name in ["b", "c"] {
            try FileManager.default.copyItem(at: first.folder, to: store(name).folder)
        }
        var history = RenamingHistory(seed: seed)
        let copies = ["a", "b", "c"].map(store)
        for _ in 0..<40 { try history.change(copies) }
        var meaning: [String]?
        for order in [
            ["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["b", "c", "a"], ["c", "a", "b"],
            ["c", "b", "a"],
        ] {
            let target = "into-" + order.joined()
            try FileManager.default.copyItem(at: store(order[0]).folder, to: store(target).folder)
            let merged = store(target)
            for other in order.dropFirst() { _ = try merged.merge(store(other)) }
            let findings = try merged.verify().findings
            #expect(findings.isEmpty, "\(findings.map { "\($0.kind) \($0.subject) \($0.message)" })")
            let found = try history.found(in: merged)
            for (mark, sha256) in history.marks {
                #expect(found[mark]?.contains(sha256) == true, "\(mark) is lost: \(order)")
            }
            #expect(try meaning == nil || merged.meaning() == meaning, "\(order)")
            meaning = try meaning ?? merged.meaning()
            merged.close()
            try FileManager.default.removeItem(atPath: merged.root + "/registry.sqlite")
            #expect(try store(target).meaning() == meaning, "the index made anew")
        }
    }
}

@Test("two stores that wrote to one log are merged: what differs lies beside it")
func forkedLog() throws {
    try Fixtures.temporaryFolder { outside in
        let (a, b) = (outside.appendingPathComponent("a"), outside.appendingPathComponent("b"))
        let store = ModelStore(in: a)
        for i in 1...2 { try store.save(makeFacts(created: noon(plus: i))) }
        // As if a disk had been copied with its inodes: b's log has the name of a's.
        try FileManager.default.copyItem(at: a, to: b)
        let other = ModelStore(in: b)
        try other.tag("mnist:1", set: [.init(key: "from", value: "b")])
        let own = other.log.path(of: other.log.own)
        var event = try Event(
            line: Array(try String(contentsOfFile: own, encoding: .utf8).split(separator: "\n")[1].utf8)[...])
        let shared = other.log.path(of: store.log.own)
        let lines = try String(contentsOfFile: shared, encoding: .utf8).split(separator: "\n")
        let last = try Event(line: Array(lines[lines.count - 1].utf8)[...])
        (event.seq, event.previous) = (last.seq + 1, last.hash)
        try FileManager.default.removeItem(atPath: own)
        try (lines.joined(separator: "\n") + "\n" + event.line() + "\n").write(
            toFile: shared, atomically: false, encoding: .utf8)
        try store.tag("mnist:2", set: [.init(key: "from", value: "a")])

        let fresh = ModelStore(in: b)
        #expect(try store.merge(fresh).events == 1)
        #expect(try store.tags(of: store.version("mnist:1")).map(\.value) == ["b"])
        #expect(try store.tags(of: store.version("mnist:2")).map(\.value) == ["a"])
        #expect(try store.merge(fresh) == Merged())
        #expect(try store.verify().findings == [])
    }
}

@Test("a version that was read before a merge or a rebuild is still that version", arguments: 1...12)
func heldVersions(seed: UInt64) throws {
    try Fixtures.temporaryFolder { folder in
        var random = SplitMix(state: seed)
        let (ours, theirs) = (folder.appendingPathComponent("a"), folder.appendingPathComponent("b"))
        // Their events are older and newer than ours, so that rows get other ids.
        let older = ModelStore(in: theirs)
        try older.save(makeFacts("wine", created: noon(plus: 1)))
        try older.live(10, "b", &random)
        let store = ModelStore(in: ours)
        try store.save(makeFacts(created: noon(plus: 1)))
        try store.live(12, "a", &random)
        try ModelStore(in: theirs).live(10, "b", &random)
        let held = try [false, true].flatMap { try store.list(Query(deleted: $0)).versions }
        #expect(!held.isEmpty)
        let other = ModelStore(in: ours)
        if seed % 3 == 0 { _ = try other.rebuild() } else { _ = try other.merge(ModelStore(in: theirs)) }

        // Not what has the name that the version had when it was read.
        func content(_ version: ModelVersion, _ store: ModelStore) throws -> [String] {
            var facts = try store.recordedFacts(of: version)
            facts.name = ""
            let lineage = try store.lineage(of: version)
            return [
                "\(try store.tags(of: version))", "\(try store.record(of: version).parents)",
                facts.json.text(),
                "\(try store.evaluations(of: version))", "\(try store.lossCurves(of: [version]))",
                "\(lineage.ancestors) \(lineage.descendants) \(lineage.evaluations)",
                "\(try store.values(of: ["tags.by", "seed"], for: [version]))",
            ]
        }
        for version in held {
            let now = try #require(try other.version(version.key))
            #expect(try content(version, store) == content(now, other))
            let count = try other.evaluations(of: now).count
            try store.recordEvaluation(of: version, data: "x", sha256: nil, metrics: ["loss": 1])
            #expect(try other.evaluations(of: now).count == count + 1)
        }
        #expect(try other.verify().findings == [])
    }
}
