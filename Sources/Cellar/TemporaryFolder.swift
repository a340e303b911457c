import Base
import FoundationEssentials

/// Runs `body` with a new folder that nobody else may read, and removes it afterwards with all that is in it.
func withTemporaryFolder<Value>(_ body: (_ folder: String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-\(UUID())").path
    do {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
        throw CellarError(.cannotCreate, "cannot make a temporary folder: \(error).", file: folder)
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
