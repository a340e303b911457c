import Foundation
import Tensors

/// What every measurement is told. All paths are relative to the repository, which is where `bench.sh` runs us.
struct Options {
    var runs = 7
    var isQuick = false
    /// The static C program that does the least for `infer digit.png`, where it was built.
    var digitFloor: String?

    /// As the peers: one thread, or as many as this process may use, whichever is faster.
    var threadCounts: [Int] { Array(Set([1, Processor.count])).sorted() }

    func data(_ name: String) -> String { "data/" + name }
    func command(_ name: String) -> String { "bin/" + name }

    /// A folder that is gone afterwards.
    func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "cellar-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }
}
