import Base
import Cellar
import Foundation
import Synchronization
import TestSupport

/// A store in a folder of its own, with a recipe that trains in milliseconds.
struct TrainedStore {
    let folder: URL
    let store: Store
    var recipe: String { folder.appendingPathComponent("recipe.yaml").path }

    /// Calls `body` with a store of `versions` trained versions of the model `small`.
    static func with(versions: Int = 0, _ body: (TrainedStore) throws -> Void) throws {
        try Fixtures.temporaryFolder { folder in
            let trained = TrainedStore(
                folder: folder, store: Store(folder.appendingPathComponent("models").path))
            let rows = (0..<40).map { "\($0 % 7),\($0 % 5),\($0 % 2 == 0 ? "no" : "yes")" }
            let table = folder.appendingPathComponent("table.csv")
            try Data((["a,b,label"] + rows).joined(separator: "\n").utf8).write(to: table)
            let text = """
                name: small
                data:
                  csv: \(table.path)
                  target: label
                  split: { test: 0.25, validation: 0.25, random_state: 42 }
                  preprocess: [StandardScaler]
                model:
                  - Dense: { units: 4, activation: relu }
                  - Dense: { units: 1, activation: sigmoid }
                compile: { optimizer: adam, loss: binary_crossentropy, metrics: [accuracy] }
                fit: { epochs: 2, batch_size: 4, seed: 7 }
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: trained.recipe))
            for version in 0..<versions { try trained.fit(seed: version) }
            try body(trained)
        }
    }

    @discardableResult
    func fit(seed: Int? = nil, epochs: Int? = nil, from: String? = nil, progress: ProgressReporter = .none)
        throws -> FitResult
    {
        try store.fit(FitRequest(recipe: recipe, epochs: epochs, seed: seed, from: from), progress: progress)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Changes a byte of a version's file behind the store's back.
    func damage(_ reference: String) throws {
        let path = store.path(of: try store.show(reference).version)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: bytes)
        try file.close()
    }
}

/// The error that `body` throws; nil where it throws none.
func thrown(_ body: () throws -> Void) -> CellarError? {
    do { try body() } catch { return CellarError(error) }
    return nil
}

/// Collects what a use case reports.
final class Reports: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
