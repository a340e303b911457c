import Foundation
import Base

/// Where files beside the tests lie.
public enum Fixtures {
    /// The repository's folder.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The golden files that real Keras made. `CELLAR_FIXTURES` names another set of the same form.
    public static let folder: URL =
        if let other = ProcessInfo.processInfo.environment["CELLAR_FIXTURES"] {
            URL(fileURLWithPath: other)
        } else {
            repository.appendingPathComponent("Tests/Fixtures")
        }

    /// The shipped data: `data/mnist`, `data/wine.csv`, `data/digits`.
    public static let data = repository.appendingPathComponent("data")

    /// A folder of its own for one test, which is removed with `body`'s end.
    public static func temporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
