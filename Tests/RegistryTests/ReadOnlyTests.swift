import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

// Each test runs its readers in a child process without write permission.

/// Removes all write permissions in `folder`. Root becomes the user nobody for the rest of the process.
private func loseRights(in folder: String) throws {
    let inside = FileManager.default.subpaths(atPath: folder) ?? []
    for path in inside.map({ folder + "/" + $0 }) + [folder] {
        let mode: mode_t = FileSystem.isFolder(path) ? 0o555 : 0o444
        try FileSystem.setMode(mode, of: path)
    }
    if getuid() == 0 { try #require(seteuid(65_534) == 0) }
    try #require(!FileSystem.isWritable(folder))
}

/// Runs `body` with a temporary folder, which `body` makes read-only.
private func folder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-read-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        for path in [""] + (FileManager.default.subpaths(atPath: folder.path) ?? []) {
            try? FileSystem.setMode(0o755, of: folder.path + "/" + path)
        }
        try? FileManager.default.removeItem(at: folder)
    }
    try await body(folder)
}

@Test("a read-only store can be read: list, references, verify")
func readOnlyStore() async throws {
    try await folder { folder in
        let store = ModelStore(in: folder)
        for i in 1...2 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9)) }
        _ = try store.promote("mnist:1", alias: "best")
        store.close()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try loseRights(in: path)
            let store = ModelStore(in: URL(fileURLWithPath: path))
            #expect(try store.list().total == 2)
            #expect(try store.file(of: "mnist@best").reference == "mnist:1")
            #expect(try store.verify().findings == [])
            let saving = message { try store.save(makeFacts()) }
            #expect(saving.contains("ermission"), "\(saving)")
            let moving = message { _ = try store.promote("mnist:2", alias: "best") }
            #expect(moving.contains("the store: it is read-only"), "\(moving)")
        }
    }
}

@Test("a read-only store whose index is not closed is read from its log")
func readOnlyLog() async throws {
    try await folder { folder in
        let writer = ModelStore(in: folder)
        for i in 1...3 { try writer.save(makeFacts(created: noon(plus: i))) }
        // The state after a crash: the log has no checkpoint.
        let copy = folder.appendingPathComponent("copy")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
        for name in ["registry.sqlite", "registry.sqlite-wal", "log"] {
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(name), to: copy.appendingPathComponent(name))
        }
        #expect(FileSystem.size(ofFile: copy.path + "/registry.sqlite-wal") ?? 0 > 0)
        await #expect(processExitsWith: .success) { [path = copy.path as String] in
            try loseRights(in: path)
            #expect(try ModelStore(in: URL(fileURLWithPath: path)).list().total == 3)
        }
    }
}

@Test("a clone without an index on a read-only disk gets an index in memory")
func readOnlyClone() async throws {
    try await folder { folder in
        let store = ModelStore(in: folder)
        for i in 1...2 { try store.save(makeFacts(created: noon(plus: i))) }
        _ = try store.promote("mnist:1", alias: "best")
        store.close()
        try FileManager.default.removeItem(atPath: folder.path + "/registry.sqlite")
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try loseRights(in: path)
            let store = ModelStore(in: URL(fileURLWithPath: path))
            #expect(try store.version("mnist@best").number == 1)
            #expect(try store.list().total == 2)
            #expect(message { try store.delete("mnist:2") }.contains("the store: it is read-only"))
            #expect(message { _ = try store.rebuild() }.contains("the store: it is read-only"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/registry.sqlite"))
    }
}
