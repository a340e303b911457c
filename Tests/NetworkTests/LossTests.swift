import Base
import TestSupport
import Tensors
import Testing

@testable import Network

/// One recorded loss at given outputs.
struct LossCase: CustomStringConvertible, Sendable {
    let json: JSON
    var description: String {
        "\(json["tag"]?.string ?? "") \(json["loss"]?.text() ?? "") of \(json["y"]?.text().prefix(24) ?? "")"
    }
    static func all() throws -> [LossCase] { try Recorded.cases("losses").map { LossCase(json: $0) } }
}

@Test("losses and their gradients equal Keras'", arguments: try LossCase.all())
func losses(given: LossCase) throws {
    let json = given.json
    var loss = try Loss(from: json["loss"] ?? .null, strict: true)
    loss.newer = json["tag"] == "k3"
    let shape = Recorded.shape(json["y"])
    let width = shape.last ?? 1
    let targets = Recorded.targets(json["t"], outputs: shape)
    try loss.check(targets, shape: Array(shape.dropFirst()))
    let (outputs, gradient) = (Recorded.arena(Recorded.floats(json["y"])), Arena(count: shape.reduce(1, *)))
    let room = Arena(count: 2 * width)
    let samples = Array(0..<shape[0])
    let weights = json["weights"].flatMap { $0.isNull ? nil : Recorded.floats($0) }
    let rows = OutputRows(
        outputs: outputs.all, positions: shape.dropFirst().dropLast().reduce(1, *), width: width,
        targets: targets,
        samples: samples[...], weights: weights, mask: nil, target: room.slice(0, width),
        copy: room.slice(width, width))
    let whole = Double(shape.dropLast().reduce(1, *))
    let divisor =
        switch loss.reduction {
        case .sum: 1.0
        default: loss.countsRows(hasMask: false) ? loss.counted(rows) : whole
        }
    let value = loss.evaluate(
        rows, logits: loss.fromLogits, hasBinaryTargets: targets.areBinary(samples[...]), divisor: divisor,
        gradient: gradient.all)
    // Float32 rounding.
    let expected = Recorded.number(json["value"])
    #expect(abs(value - expected) <= 2e-6 + 2e-6 * abs(expected), "\(given): \(value), Keras \(expected)")
    let difference = compare(gradient.all.array, Recorded.floats(json["gradient"]), atol: 2e-6, rtol: 1e-5)
    #expect(difference.within, "\(given): gradient off by \(difference.worst)")
}

@Test("losses survive being written and read")
func lossesRoundTrip() throws {
    for given in try LossCase.all() {
        let loss = try Loss(from: given.json["loss"] ?? .null)
        #expect(try Loss(from: loss.json, strict: true) == loss, "\(given)")
    }
    for kind in Loss.Kind.allCases {
        #expect(Loss(kind).json == .string(kind.rawValue))
        #expect(try Loss(from: ["class_name": .string(Loss(kind).className), "config": [:]]) == Loss(kind))
    }
    let unreduced = try Loss(from: ["class_name": "Huber", "config": ["reduction": .null]])
    #expect(unreduced.reduction == .unreduced)
    #expect(unreduced.json["config"]?["reduction"] == "none")
    // Keras 3's functions.
    let function: JSON = ["module": "builtins", "class_name": "function", "config": "mean_absolute_error"]
    #expect(try Loss(from: function).kind == .meanAbsoluteError)
    #expect(try Loss(from: "mse").kind == .meanSquaredError)
}

@Test("options of losses that make no sense are errors")
func badLosses() {
    #expect(throws: CellarError.self) { try Loss(from: "binary_crossentrpy") }
    func loss(_ name: String, _ config: JSONObject) throws {
        _ = try Loss(from: ["class_name": .string(name), "config": .object(config)], strict: true)
    }
    #expect(throws: CellarError.self) { try loss("Huber", ["delta": -1]) }
    #expect(throws: CellarError.self) { try loss("Huber", ["dleta": 1]) }
    #expect(throws: CellarError.self) { try loss("CategoricalCrossentropy", ["label_smoothing": 1.5]) }
    #expect(throws: CellarError.self) { try loss("CategoricalCrossentropy", ["axis": 1]) }
    #expect(throws: CellarError.self) { try loss("CategoricalCrossentropy", ["axis": .null]) }
    #expect(throws: CellarError.self) { try loss("BinaryFocalCrossentropy", ["alpha": [0.1, 0.2]]) }
    let sparse = Loss(.sparseCategoricalCrossentropy)
    #expect(throws: CellarError.self) { try sparse.check(.classes([0, 3]), shape: [3]) }
    #expect(throws: CellarError.self) { try sparse.check(.classes([0, 1]), shape: [2, 3]) }
    #expect(throws: CellarError.self) { try sparse.check(.values([0, 1.5], width: 2), shape: [2, 3]) }
    #expect(throws: CellarError.self) { try sparse.check(.values([0, 1], width: 1), shape: [2, 3]) }
}
