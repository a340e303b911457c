import Foundation
import Base
import Tensors

/// What a golden file or its sidecar lacks.
public struct FixtureError: Error, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// A sidecar's JSON, and the raw little-endian arrays that it names.
public struct Sidecar: Sendable, CustomTestStringConvertibleName {
    public let folder: URL
    public let name: String
    public let json: JSON

    public init(_ file: URL) throws {
        folder = file.deletingLastPathComponent()
        name = file.deletingPathExtension().lastPathComponent
        json = try JSON(parsing: [UInt8](try Data(contentsOf: file)))
    }

    /// All sidecars of a folder of fixtures, by name.
    public static func all(in folder: String) throws -> [Sidecar] {
        try all(at: Fixtures.folder.appendingPathComponent(folder))
    }

    public static func all(at folder: URL) throws -> [Sidecar] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map(Sidecar.init)
    }

    public func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

    /// An array described as {file, shape, dtype: float32}.
    public func tensor(_ entry: JSON?) throws -> Tensor {
        guard let file = entry?["file"]?.string, let shape = entry?["shape"]?.array?.compactMap(\.int) else {
            throw FixtureError("\(name): no array in \(entry?.text() ?? "nothing")")
        }
        return Tensor(shape: shape, values: try floats(file))
    }

    public func floats(_ file: String?) throws -> [Float] {
        try numbers(file, as: UInt32.self).map(Float.init(bitPattern:))
    }

    public func ints(_ file: String?) throws -> [Int32] { try numbers(file, as: Int32.self) }

    private func numbers<Number: FixedWidthInteger>(_ file: String?, as: Number.Type) throws -> [Number] {
        guard let file else { throw FixtureError("\(name): no file is named") }
        let data = try Data(contentsOf: folder.appendingPathComponent(file))
        return stride(from: 0, to: data.count, by: 4).map { start in
            (0..<4).reduce(Number(0)) {
                $0 | Number(truncatingIfNeeded: Int(data[start + $1])) << (8 * Number($1))
            }
        }
    }
}

public protocol CustomTestStringConvertibleName: CustomStringConvertible { var name: String { get } }
extension CustomTestStringConvertibleName { public var description: String { name } }

/// The largest difference, and whether all lie within atol + rtol · |expected|; NaN never does.
public func compare(_ found: [Float], _ expected: [Float], atol: Double, rtol: Double = 0) -> (
    worst: Double, within: Bool
) {
    guard found.count == expected.count else { return (.infinity, false) }
    var (worst, within) = (0.0, true)
    for (a, b) in zip(found, expected) {
        let difference = abs(Double(a) - Double(b))
        if !(difference <= atol + rtol * abs(Double(b))) { within = false }
        worst = difference.isNaN ? .infinity : max(worst, difference)
    }
    return (worst, within)
}
