import Base
import TestSupport
import Tensors
import Testing

@testable import Network

/// A recorded `fit` of several outputs, weighted samples, positions or masks.
struct ObjectiveCase: CustomStringConvertible, Sendable {
    let json: JSON
    let data: JSON
    var description: String { "\(json["tag"]?.string ?? "") \(json["name"]?.string ?? "")" }

    static func all() throws -> [ObjectiveCase] {
        let cases = try Recorded.cases("fits")
        return cases.dropFirst().map { ObjectiveCase(json: $0, data: cases[0]) }
    }

    var outputs: [String] { (json["outputs"]?.array ?? ["kind"]).compactMap(\.string) }

    func compiled() throws -> Objective {
        try Objective(from: json["compile"] ?? .null, outputs: outputs, strict: true)
    }

    /// A hidden layer, and a head for each output.
    func network() throws -> Model {
        let heads: [String: any Layer] = [
            "kind": Dense(units: 3, activation: .softmax), "size": Dense(units: 1),
            "sign": Dense(units: 1, activation: .sigmoid),
        ]
        let isSequence = json["x"] != nil
        var layers: [any Layer] = [InputLayer(name: "x", shape: isSequence ? [4, 3] : [3])]
        if json["masked"] == true { layers.append(try #require(try LayerTable.make("Masking"))) }
        var hidden = Dense(units: 5, activation: .tanh)
        hidden.name = "hidden"
        layers.append(hidden)
        let last = layers.count - 1
        var calls = layers.indices.map { Model.Call(layer: $0, inputs: $0 == 0 ? [] : [$0 - 1]) }
        for name in outputs {
            var head = try #require(heads[name])
            head.name = name
            calls.append(Model.Call(layer: layers.count, inputs: [last]))
            layers.append(head)
        }
        var model = try Model(
            name: "heads", form: .functional, layers: layers, calls: calls, inputs: [0],
            outputs: Array(last + 1..<calls.count))
        for (index, layer) in layers.enumerated() {
            var values = Recorded.floats(data["start"]?[layer.name])[...]
            let tensors = model.weightSpecs[index].map { spec in
                defer { values = values.dropFirst(spec.count) }
                return Tensor(shape: spec.shape, values: Array(values.prefix(spec.count)))
            }
            try model.setWeights(tensors, layer: index)
        }
        return model
    }
}

extension LayerTable {
    /// A layer without options; nil where the table does not have it.
    static func make(_ name: String) throws -> (any Layer)? {
        guard let type = all.first(where: { $0.className == name }) else { return nil }
        var config = LayerConfig(className: name, [:])
        var layer = try type.init(from: &config)
        layer.name = name.lowercased()
        return layer
    }
}

@Test(
    "fit with several outputs, weights, positions and masks equals Keras'", arguments: try ObjectiveCase.all()
)
func objectives(given: ObjectiveCase) throws {
    let json = given.json
    guard json["masked"] != true || LayerTable.all.contains(where: { $0.className == "Masking" }) else {
        return
    }
    let isSequence = json["x"] != nil
    let samples = Recorded.samples(isSequence ? json["x"] : given.data["x"])
    let targets = given.outputs.map { name in
        isSequence
            ? Recorded.targets(json["t"], outputs: [])
            : Recorded.targets(given.data["targets"]?[name], outputs: [])
    }
    var weights = json["sample_weight"].flatMap { $0.isNull ? nil : Recorded.floats($0) }
    if let classes = json["class_weight"]?.object, case .classes(let labels) = targets[0] {
        weights = labels.map { Float(classes[String($0)]?.double ?? 1) }
    }
    let (kept, size) = isSequence ? (samples.count, 7) : (14, 6)
    for threads in [1, 3] {
        let executor = try TrainingExecutor(
            given.network(), objective: given.compiled(),
            optimizer: SGD(learningRate: isSequence ? 0.3 : 0.1), batchSize: size, threads: threads)
        executor.weighsBatchesAlike = json["tag"] == "k3"
        try executor.check([samples], targets, weights: weights)
        let names = executor.objective.logNames(outputs: given.outputs)
        var history: [String: [Double]] = [:]
        let rows = Array(0..<kept)
        let held = Array(kept..<samples.count)
        for _ in 0..<3 {
            var sums = BatchResult()
            for start in stride(from: 0, to: kept, by: size) {
                sums.add(
                    executor.trainBatch(
                        [samples], targets, weights: weights, rows: rows[start..<min(start + size, kept)]))
            }
            for (name, value) in zip(names, executor.objective.logs(of: sums)) {
                history[name, default: []].append(value)
            }
            guard !held.isEmpty else { continue }
            let values = executor.evaluate([samples.selecting(held)], targets.map { $0.selecting(held) })
            for (name, value) in zip(names, executor.objective.logs(of: values)) {
                history["val_" + name, default: []].append(value)
            }
        }
        let recorded = json["history"]?.object?.members ?? []
        #expect(Set(recorded.map(\.key)) == Set(history.keys), "\(given)")
        for (name, expected) in recorded {
            // Float32 rounding over nine steps; an AUC of few samples moves by whole steps, or not at all.
            let difference = compare(
                (history[name] ?? []).map { Float($0) }, Recorded.floats(expected), atol: 3e-6)
            #expect(
                difference.within, "\(given), \(threads) threads: \(name) \(history[name] ?? []), \(expected)"
            )
        }
        let trained = executor.trainedNetwork
        for (index, layer) in trained.layers.enumerated() where !trained.weights[index].isEmpty {
            let difference = compare(
                trained.weights[index].flatMap(\.values), Recorded.floats(json["weights"]?[layer.name]),
                atol: 3e-6)
            #expect(difference.within, "\(given): \(layer.name) off by \(difference.worst)")
        }
    }
}

@Test("what is asked of outputs is checked against them")
func badObjectives() {
    func read(_ json: JSON) throws { _ = try Objective(from: json, outputs: ["a", "b"], strict: true) }
    #expect(throws: Never.self) { try read(["loss": "mse", "metrics": [["mae"], nil]]) }
    #expect(throws: CellarError.self) { try read(["loss": ["mse"]]) }
    #expect(throws: CellarError.self) { try read(["loss": ["a": "mse", "c": "mse"]]) }
    #expect(throws: CellarError.self) { try read(["loss": [:]]) }
    #expect(throws: CellarError.self) { try read(["loss": "mse", "loss_weights": ["a": "much"]]) }
    #expect(throws: CellarError.self) { try read(["loss": "mse", "metrics": ["a": "accurasy"]]) }
}

@Test("a loss without reduction is refused where its values and other numbers are added")
func unreducedLosses() throws {
    func check(_ losses: [Loss.Reduction], _ shape: [Int], regularizer: JSON = .null) throws {
        var layers: [any Layer] = [InputLayer(name: "x", shape: shape)]
        for index in losses.indices {
            layers.append(
                try LayerTable.make(
                    className: "Dense",
                    config: ["name": .string("y\(index)"), "units": 1, "kernel_regularizer": regularizer]))
        }
        let outputs = Array(1..<layers.count)
        let model = try Model(
            name: "m", form: .functional, layers: layers,
            calls: layers.indices.map { .init(layer: $0, inputs: $0 == 0 ? [] : [0]) }, inputs: [0],
            outputs: outputs)
        var objective = Objective(losses: losses.map { _ in Loss(.meanSquaredError) })
        for (index, reduction) in losses.enumerated() { objective.losses[index]?.reduction = reduction }
        try objective.check(model)
    }
    try check([.unreduced], [4, 3])
    try check([.unreduced, .unreduced], [3])
    try check([.sum, .mean], [3], regularizer: "l2")
    #expect(throws: CellarError.self) { try check([.unreduced], [3], regularizer: "l2") }
    #expect(throws: CellarError.self) { try check([.unreduced, .sum], [3]) }
    #expect(throws: CellarError.self) { try check([.unreduced, .unreduced], [4, 3]) }
}

@Test("a null that means another thing than the default, and is not supported, is refused")
func refusedNulls() {
    #expect(throws: CellarError.self) { try LayerTable.make(className: "Softmax", config: ["axis": .null]) }
    for (name, key) in [("R2Score", "class_aggregation"), ("CosineSimilarity", "axis")] {
        let json: JSON = ["class_name": .string(name), "config": [key: .null]]
        #expect(throws: CellarError.self, "\(name)") { try Metric(from: json) }
    }
}
