import Foundation
import Base
import TestSupport
import Tensors

@testable import Network

/// What Golden/make_training_golden.py recorded of real Keras.
enum Recorded {
    static func cases(_ name: String) throws -> [JSON] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/\(name).json")
        return try JSON(parsing: [UInt8](Data(contentsOf: file))).array ?? []
    }

    static func floats(_ json: JSON?) -> [Float] {
        guard let json else { return [] }
        if let items = json.array { return items.flatMap { floats($0) } }
        return [Float(number(json))]
    }

    /// Python has no numbers for these in JSON.
    static func number(_ json: JSON?) -> Double {
        json?.double ?? (json?.string == "inf" ? .infinity : json?.string == "-inf" ? -.infinity : .nan)
    }

    static func shape(_ json: JSON?) -> [Int] {
        guard let items = json?.array else { return [] }
        return [items.count] + shape(items.first)
    }

    /// Targets as Keras' arrays would be: whole numbers of one axis less than the outputs are class indices.
    static func targets(_ json: JSON?, outputs: [Int]) -> Targets {
        let (shape, values) = (shape(json), floats(json))
        if shape.count == 1 { return .classes(values.map { Int32($0) }) }
        return .values(values, width: values.count / max(shape[0], 1))
    }

    static func arena(_ values: [Float]) -> Arena {
        let arena = Arena(count: values.count)
        arena.all.copy(from: values)
        return arena
    }

    static func samples(_ json: JSON?) -> Samples {
        Samples(shape: Array(shape(json).dropFirst()), floats: floats(json))
    }
}
