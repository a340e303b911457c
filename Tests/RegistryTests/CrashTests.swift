import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

// Each test kills a real process during its work.

@Test("a process that dies during a save leaves nothing, or a file that verify reports and import registers")
func crashes() async throws {
    for step in SaveStep.allCases {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-crash-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try ModelStore(in: folder).save(makeFacts())

        await #expect(processExitsWith: .exitCode(9)) {
            [path = folder.path as String, stop = "\(step)" as String] in
            let store = ModelStore(in: URL(fileURLWithPath: path)) { step in
                if "\(step)" == stop { _exit(9) }
            }
            try store.save(makeFacts(created: noon(plus: 1)))
        }

        let store = ModelStore(in: folder)
        let findings = try store.verify().findings
        switch step {
        case .written, .flushed:
            #expect(findings.map(\.kind) == [.leftover], "\(step)")
            #expect(try store.collectGarbage().leftovers.count == 1)
            #expect(try store.list().total == 1)
        case .published:
            #expect(findings.map(\.kind) == [.unregistered], "\(step)")
            let file = folder.appendingPathComponent(try #require(findings.first?.subject))
            #expect(try store.importTestFile(file).version.reference == "mnist:2")
        case .registered:
            // The process never closed its index: the commit is in the log.
            #expect(findings == [])
            #expect(try store.list().total == 2)
        }
        #expect(try store.verify().findings == [], "after the cure, \(step)")
        #expect(try store.save(makeFacts(created: noon(plus: 2))).number == (step < .published ? 2 : 3))
    }
}

extension SaveStep {
    fileprivate static func < (a: SaveStep, b: SaveStep) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

@Test("many processes save at once, also into a store without an index, with distinct numbers")
func manyProcesses() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-many-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (processes, saves) = (6, 8)
    await withTaskGroup { group in
        for process in 0..<processes {
            group.addTask {
                await #expect(processExitsWith: .success) {
                    [path = folder.path as String, process = process as Int, saves = saves as Int] in
                    let store = ModelStore(in: URL(fileURLWithPath: path))
                    for i in 0..<saves {
                        // All dates are equal, so the names collide as well.
                        let version = try store.save(
                            makeFacts(accuracy: Double(i) / 10, seed: 100 * process + i))
                        if i % 3 == 0 {
                            _ = try store.promote(version.reference, alias: "process-\(process)")
                        }
                    }
                }
            }
        }
    }
    let store = ModelStore(in: folder)
    let versions = try store.list().versions
    #expect(versions.map(\.number).sorted() == Array(1...processes * saves))
    #expect(Set(versions.compactMap(\.seed)).count == processes * saves)
    #expect(try store.verify().findings == [])
    let before = try store.content()
    #expect(Set(try store.moves(model: "mnist").map(\.alias)).count == processes)
    _ = try store.rebuild()
    #expect(try store.content() == before)
}

@Test("many tasks of one process save at once")
func manyTasks() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-tasks-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = ModelStore(in: folder)
    try await withThrowingTaskGroup { group in
        for seed in 0..<40 { group.addTask { _ = try store.save(makeFacts(seed: seed)) } }
        try await group.waitForAll()
    }
    #expect(try store.list().versions.map(\.number).sorted() == Array(1...40))
    #expect(try store.verify().findings == [])
}
