import Foundation
import Base
@testable import KerasFile
import Network
import Tensors
import Testing

@testable import ONNX

/// A layer that no other code knows: `y = rate · (x · scale)`, with one weight for each number of the last axis. It is all
/// that a new layer takes; a layer of the package has its line in `LayerTable.rows` in place of `LayerTable.add`.
private struct Gain: StatelessLayer {
    static let className = "TestGain"
    var name = "gain"
    var trainable = true
    var rate: Double

    init(from config: inout LayerConfig) throws(CellarError) { rate = try config.double("rate", default: 1) }
    var config: JSONObject { ["rate": .number(rate)] }

    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { inputs[0] }
    func weights(for inputs: [[Int]]) -> [WeightSpec] {
        [WeightSpec("scale", shape: [inputs[0].last ?? 1], initializer: .ones)]
    }

    func forward(_ call: CallMemory) {
        let (x, y, scale) = (call.x(), call.y, call.weights[0])
        for i in 0..<y.count { y[i] = Float(rate) * x[i] * scale[i % scale.count] }
    }

    func backward(_ call: CallMemory) {
        let (x, dy, scale) = (call.x(), call.dy, call.weights[0])
        if let dx = call.dx() {
            for i in 0..<dx.count { dx[i] = Float(rate) * dy[i] * scale[i % scale.count] }
        }
        guard let gradient = call.weightGradients[0] else { return }
        gradient.fill(0)
        for i in 0..<dy.count { gradient[i % scale.count] += Float(rate) * dy[i] * x[i] }
    }
}

/// A layer whose calls have state of their own: it counts batches, and adds the count to the input.
private struct BatchCounter: Layer {
    static let className = "TestBatchCounter"
    var name = "counter"
    var trainable = true

    init(from config: inout LayerConfig) throws(CellarError) {}
    var config: JSONObject { [:] }
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { inputs[0] }
    func makeCall(_ memory: CallMemory) -> any LayerCall { Call(memory) }

    private final class Call: LayerCall {
        let memory: CallMemory
        private var batches: Float = 0

        init(_ memory: CallMemory) { self.memory = memory }

        func forward() {
            let (x, y) = (memory.x(), memory.y)
            for i in 0..<y.count { y[i] = x[i] + batches }
            batches += 1
        }

        func backward() { memory.dx()?.copy(from: memory.dy) }
    }
}

@Test("a layer that no other code knows is trained, saved, loaded and exported", arguments: ["h5", "keras"])
func newLayer(format: String) throws {
    LayerTable.add(Gain.self)
    ExporterTable.add("TestGain") { call throws(CellarError) in
        let rate = Float(try call.config.double("rate", default: 1))
        let (graph, scale) = (call.graph, try call.required("scale"))
        return call.output(graph.multiply(graph.multiply(call.input.name(), graph.float(rate)), scale))
    }
    let layers: [(String, JSONObject)] = [
        ("Dense", ["name": "hidden", "units": 4]), ("TestGain", ["name": "gain", "rate": 0.5]),
        ("Dense", ["name": "out", "units": 1]),
    ]
    let model = try chain([3], layers)

    // y = 2a − b is learned.
    let inputs: [Float] = (0..<96).map { Float($0 * 37 % 11) / 11 }
    let samples = Samples(shape: [3], floats: inputs)
    let values: [Float] = (0..<32).map { 2 * inputs[3 * $0] - inputs[3 * $0 + 1] }
    let targets = Targets.values(values, width: 1)
    let executor = try TrainingExecutor(
        model, loss: Loss(.meanSquaredError), metrics: [], optimizer: Adam(learningRate: 0.05))
    let before = executor.evaluate([samples], targets)
    for _ in 0..<100 { _ = executor.trainBatch([samples], targets, rows: Array(0..<32)[...]) }
    let after = executor.evaluate([samples], targets)
    #expect(after.lossSum < before.lossSum / 20)
    let trained = executor.trainedNetwork
    #expect(trained.weights[2][0].values != [1, 1, 1, 1])

    let path = NSTemporaryDirectory() + "new-layer-\(UUID().uuidString).\(format)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var contents = ModelFile(model: trained, compiled: .init(loss: executor.loss, optimizer: Adam()))
    contents.optimizerState = executor.optimizerState
    try writeModel(contents, to: path)
    let loaded = try readModel(.unchecked(path))
    #expect(loaded.model.layers[2].className == "TestGain")
    #expect(loaded.model.weights == trained.weights)
    #expect(loaded.optimizerState == executor.optimizerState)
    #expect(try Predictor(loaded.model).predict([samples]) == Predictor(trained).predict([samples]))

    let exported = try Exported(loaded.model)
    #expect(exported.operations == ["Gemm", "Mul", "Mul", "Gemm"])
    #expect(try exported.floats("gain/scale") == trained.weights[2][0].values)
    #expect(exported.isSound())
}

@Test("a call of a layer keeps state from batch to batch")
func callWithState() throws {
    LayerTable.add(BatchCounter.self)
    let model = try chain([2], [("TestBatchCounter", [:])])
    let predictor = try Predictor(model, batchSize: 2)
    let samples = Samples(shape: [2], floats: [1, 2, 3, 4, 5, 6])
    #expect(try predictor.predict([samples])[0].values == [1, 2, 3, 4, 6, 7])
}
