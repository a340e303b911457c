import Base
import Foundation

@testable import Datasets

/// The files that make_golden.py made.
enum GoldenFiles {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static func decode<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
    }
}

/// The error that `body` ends with; nil where it ends well.
func failure<Result>(of body: () throws(CellarError) -> Result) -> CellarError? {
    do throws(CellarError) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
