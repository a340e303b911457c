import Base
import Tensors
import Testing

@testable import Network

struct BadConfig: CustomStringConvertible, Sendable {
    var className: String
    var config: JSONObject = [:]
    var shapes = [[4, 3]]
    /// What the error must say.
    var says: String

    var description: String { "\(className) \(JSON.object(config).text())" }
}

@Test(
    "options that cannot be are refused, naming the layer and what is wrong",
    arguments: [
        BadConfig(className: "ReLU", config: ["max_value": -1], says: "max_value"),
        BadConfig(className: "ReLU", config: ["negative_slope": -0.1], says: "negative_slope"),
        BadConfig(className: "LeakyReLU", config: ["alpha": "much"], says: "alpha must be a number"),
        BadConfig(className: "PReLU", config: ["shared_axes": [3]], says: "1 to 2"),
        BadConfig(className: "PReLU", config: ["shared_axes": [0]], says: "1 to 2"),
        BadConfig(className: "Softmax", config: ["axis": 3], says: "axis 3 is not there"),
        BadConfig(className: "Softmax", config: ["axis": 0], says: "the batch"),
        BadConfig(className: "Softmax", config: ["axis": [1, -2]], says: "given twice"),
        BadConfig(className: "Reshape", config: ["target_shape": [5, -1]], says: "cannot bring the 12"),
        BadConfig(className: "Reshape", config: ["target_shape": [-1, -1]], says: "one of them may be -1"),
        BadConfig(className: "Reshape", config: ["target_shape": [0, 12]], says: "1 or more"),
        BadConfig(
            className: "Reshape",
            config: ["target_shape": [4_000_000_000, 4_000_000_000, 4_000_000_000, -1]],
            says: "cannot bring"),
        BadConfig(className: "Permute", config: ["dims": [1, 1]], says: "once"),
        BadConfig(className: "Permute", config: ["dims": [1]], says: "has 2 axes"),
        BadConfig(className: "Permute", config: ["dims": []], says: "has 2 axes"),
        BadConfig(className: "RepeatVector", config: ["n": 2], says: "repeats vectors"),
        BadConfig(
            className: "RepeatVector", config: ["n": 2_000_000_000], shapes: [[9]], says: "more numbers"),
        BadConfig(className: "GaussianNoise", config: ["stddev": -1], says: "stddev"),
        BadConfig(className: "AlphaDropout", config: ["rate": 1.5], says: "rate"),
        BadConfig(
            className: "Dropout", config: ["rate": 0.5, "noise_shape": [nil, 2, 3]], says: "noise_shape"),
        BadConfig(
            className: "Dropout", config: ["rate": 0.5, "noise_shape": [nil, 1]], says: "noise_shape"),
        BadConfig(className: "SpatialDropout2D", config: ["rate": 0.5], says: "3 axes"),
        BadConfig(className: "BatchNormalization", config: ["axis": 3], says: "axis 3 is not there"),
        BadConfig(className: "BatchNormalization", config: ["axis": []], says: "no axis"),
        BadConfig(className: "LayerNormalization", config: ["axis": [1, 3]], says: "axis 3 is not there"),
        BadConfig(className: "GroupNormalization", config: ["groups": 2], says: "3 channels"),
        BadConfig(className: "GroupNormalization", config: ["groups": 0], says: "groups is 0"),
        BadConfig(
            className: "Normalization", config: ["mean": [1, 2], "variance": [1, 2]], says: "of the sizes [3]"
        ),
        BadConfig(className: "Normalization", config: ["mean": [1, 2, 3]], says: "together"),
        BadConfig(className: "Rescaling", config: ["scale": [1, 2]], says: "cannot be repeated"),
        BadConfig(className: "Rescaling", config: ["scale": [[1, 2], [3]]], says: "of one size"),
        BadConfig(className: "Add", shapes: [[4, 3], [4, 2]], says: "equal or 1"),
        BadConfig(className: "Subtract", shapes: [[4], [4], [4]], says: "takes 2 inputs"),
        BadConfig(
            className: "Concatenate", config: ["axis": 1], shapes: [[4, 3], [4, 2]], says: "sizes differ"),
        BadConfig(className: "Concatenate", config: ["axis": 0], shapes: [[4], [4]], says: "the batch"),
        BadConfig(className: "Dot", config: ["axes": 1], shapes: [[4, 3], [3, 4]], says: "size 4"),
        BadConfig(
            className: "Dot", config: ["axes": [1, 2, 3]], shapes: [[4], [4]], says: "one axis or two"),
        BadConfig(className: "Dot", config: ["axes": 0], shapes: [[4], [4]], says: "the batch"),
    ])
func badConfigs(given: BadConfig) throws {
    var config = given.config
    config["name"] = "mine"
    let error = #expect(throws: CellarError.self) {
        let layer = try LayerTable.make(className: given.className, config: config)
        _ = try layer.outputShape(for: given.shapes)
    }
    #expect(error?.description.contains(given.says) == true, "\(error?.description ?? "no error")")
    #expect(error?.place.subject == "\(given.className) \"mine\"")
}

/// The output of one layer for samples of these numbers.
private func output(_ layer: any Layer, _ values: [Float], shape: [Int]) throws -> [Float] {
    var model = try Model(chain: [InputLayer(name: "in", shape: shape), layer])
    try model.initialize(seed: 1)
    return try Predictor(model).predict([Samples(shape: shape, floats: values)])[0].values
}

@Test("a rectifier answers at its corners as Keras does")
func rectifierCorners() throws {
    var relu = ReLU()
    relu.function = .relu(highest: 2, slope: 0.5, threshold: 1)
    let x: [Float] = [-1, 0, 1, 1.5, 2, 3, -.infinity, .infinity]
    #expect(
        try output(relu, x, shape: [8]) == [-1, -0.5, 0, 1.5, 2, 2, -.infinity, 2])
    #expect(try output(ReLU(), x, shape: [8]) == [0, 0, 1, 1.5, 2, 3, 0, .infinity])
}

@Test("an activation may be a layer's object, and is written as one")
func activationObjects() throws {
    let json: JSON = [
        "module": "keras.layers", "class_name": "LeakyReLU",
        "config": ["name": "leaky_re_lu", "trainable": true, "dtype": "float32", "negative_slope": 0.125],
        "registered_name": nil,
    ]
    let activation = try Activation(from: json)
    #expect(activation == .parametric(.leakyReLU(alpha: 0.125)))
    #expect(try Activation(from: activation.json) == activation)
    #expect(activation.json["config"]?["alpha"] == 0.125)
    #expect(try Activation(from: ["class_name": "Softmax", "config": ["axis": -1]]) == .softmax)
    #expect(try Activation(from: ["class_name": "function", "config": "relu"]) == .relu)
    #expect(throws: CellarError.self) {
        try Activation(from: ["class_name": "Softmax", "config": ["axis": 1]])
    }
    #expect(throws: CellarError.self) { try Activation(from: ["class_name": "PReLU", "config": [:]]) }
    // A word is written as a word.
    for activation in Activation.allCases { #expect(try Activation(from: activation.json) == activation) }
}

/// Gives ones and zeros as a mask for its input [steps, features]: a step counts where its first feature is not 0.
private struct TestMask: StatelessLayer {
    static let className = "TestMask"
    var name = "test_mask"
    var trainable = true
    init() {}
    init(from config: inout LayerConfig) throws(CellarError) {}
    var config: JSONObject { [:] }
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { inputs[0] }
    func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .makes([inputs[0][0]]) }
    func forward(_ call: CallMemory) {
        call.y.copy(from: call.x())
        guard let mask = call.outputMask else { return }
        let features = call.inputShapes[0][1]
        for i in 0..<mask.count { mask[i] = call.x()[i * features] == 0 ? 0 : 1 }
    }
    func backward(_ call: CallMemory) {}
}

/// Answers with the mask of its input.
private struct ShowMask: StatelessLayer {
    static let className = "ShowMask"
    var name = "show_mask"
    var trainable = true
    init() {}
    init(from config: inout LayerConfig) throws(CellarError) {}
    var config: JSONObject { [:] }
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { [inputs[0][0]] }
    func forward(_ call: CallMemory) {
        if let mask = call.mask() { call.y.copy(from: mask) } else { call.y.fill(-1) }
    }
    func backward(_ call: CallMemory) {}
}

/// The mask behind a layer that joins two inputs of [steps, 2], of which the first has a mask, and the second may.
private func joinedMask(_ layer: any Layer, secondToo: Bool) throws -> [Float] {
    let steps = 3
    var layers: [any Layer] = [
        InputLayer(name: "a", shape: [steps, 2]), InputLayer(name: "b", shape: [steps, 2]), TestMask(),
        secondToo ? TestMask() : Identity(), layer, ShowMask(),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    let model = try Model(
        name: "masks", form: .functional, layers: layers,
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: []), .init(layer: 2, inputs: [0]),
            .init(layer: 3, inputs: [1]), .init(layer: 4, inputs: [2, 3]), .init(layer: 5, inputs: [4]),
        ], inputs: [0, 1], outputs: [5])
    let samples = [
        Samples(shape: [steps, 2], floats: [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1]),
        Samples(shape: [steps, 2], floats: [1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1]),
    ]
    return try Predictor(model).predict(samples)[0].values
}

@Test("joining layers let through what counts in all inputs; Concatenate joins masks along its axis")
func joinedMasks() throws {
    #expect(try joinedMask(Add(), secondToo: true) == [1, 0, 0, 0, 0, 1])
    #expect(try joinedMask(Multiply(), secondToo: false) == [1, 0, 1, 0, 1, 1])
    #expect(try joinedMask(Concatenate(), secondToo: true) == [1, 0, 0, 0, 0, 1])
    #expect(
        try joinedMask(Concatenate(axis: 1), secondToo: true) == [1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1])
    #expect(
        try joinedMask(Concatenate(axis: 1), secondToo: false) == [1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1])
    #expect(try joinedMask(Dot(axes: [2]), secondToo: true) == [-1, -1, -1, -1, -1, -1])
}

/// The gradient of a Dense before a layer that draws random numbers, with one thread or more.
private func drawn(_ className: String, _ config: JSONObject, threads: Int) throws -> [Float] {
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [3, 4]), Dense(units: 4),
        try LayerTable.make(className: className, config: config), Flatten(), Dense(units: 2),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: 2)
    let samples = Samples(shape: [3, 4], floats: (0..<5 * 12).map { Float($0 % 7) - 3 })
    let executor = try TrainingExecutor(
        model, loss: Loss(.meanSquaredError), optimizer: SGD(), batchSize: 5, threads: threads, seed: 4)
    let targets = Targets.values(Array(repeating: 0.5, count: 10), width: 2)
    return executor.gradients([samples], targets, rows: Array(0..<5)[...]).tensors[0].values
}

@Test(
    "noise does not depend on the number of threads",
    arguments: [
        "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D", "Dropout", "shared Dropout",
    ])
func noiseAndThreads(className: String) throws {
    var config: JSONObject = className == "GaussianNoise" ? ["stddev": 0.5] : ["rate": 0.4]
    if className == "shared Dropout" { config["noise_shape"] = [1, nil, nil] }
    let name = className.replacing("shared ", with: "")
    let (one, three) = (try drawn(name, config, threads: 1), try drawn(name, config, threads: 3))
    #expect(one.contains { $0 != 0 })
    for (a, b) in zip(one, three) { #expect(abs(a - b) <= 1e-5 * max(1, abs(a))) }
}

@Test("constraints bring weights to Keras' values")
func constraints() throws {
    // Norms of the columns: 5, 1, 0; of the rows: sqrt(10), 4.
    let weight: [Float] = [3, 1, 0, -4, 0, 0]
    func applied(_ json: JSON, shape: [Int] = [2, 3], rowStride: Int = 3) throws -> [Float] {
        let constraint = try Constraint(from: json)
        #expect(try Constraint(from: constraint.json) == constraint)
        let arena = Arena(count: 16)
        for row in 0..<2 {
            arena.slice(row * rowStride, 3).copy(from: Array(weight[row * 3..<row * 3 + 3]))
        }
        constraint.apply(arena.slice(0, rowStride + 3), shape: shape, rowStride: rowStride)
        return (0..<6).map { arena.all[$0 / 3 * rowStride + $0 % 3] }
    }
    func expect(_ found: [Float], _ wanted: [Float]) {
        for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 1e-6, "\(found) is not \(wanted)") }
    }
    try expect(applied("non_neg"), [3, 1, 0, 0, 0, 0])
    try expect(applied(["class_name": "MaxNorm", "config": ["max_value": 2.5]]), [1.5, 1, 0, -2, 0, 0])
    try expect(
        applied(["class_name": "MaxNorm", "config": ["max_value": 2, "axis": 1]], rowStride: 8),
        [1.8973666, 0.6324555, 0, -2, 0, 0])
    try expect(applied(["class_name": "UnitNorm", "config": [:]], rowStride: 5), [0.6, 1, 0, -0.8, 0, 0])
    try expect(
        applied(["class_name": "UnitNorm", "config": ["axis": [0, -1]]]),
        [3, 1, 0, -4, 0, 0].map { $0 / 26.0.squareRoot() }.map { Float($0) })
    try expect(
        applied(
            ["class_name": "MinMaxNorm", "config": ["min_value": 2, "max_value": 3, "rate": 0.5, "axis": 0]]),
        [2.4, 1.5, 0, -3.2, 0, 0])
    #expect(throws: CellarError.self) { try Constraint(from: "round") }
}

@Test("a constraint along an axis that the weight has not is refused with the layer's name")
func constraintAxis() throws {
    let dense = try LayerTable.make(
        className: "Dense",
        config: [
            "name": "mine", "units": 2, "bias_constraint": ["class_name": "MaxNorm", "config": ["axis": 1]],
        ])
    let error = #expect(throws: CellarError.self) {
        try Model(chain: [InputLayer(name: "in", shape: [3]), dense])
    }
    #expect(error?.place.subject == "Dense \"mine\"" && error?.place.key == "bias_constraint")
}

@Test(
    "a penalty on activations is the samples' mean, for training and evaluation, and looks through a loss on logits"
)
func activityPenalty() throws {
    let regularizer: JSON = ["class_name": "L2", "config": ["l2": 0.5]]
    func loss(_ options: JSONObject) throws -> Double {
        var options = options
        (options["units"], options["activation"], options["kernel_initializer"]) = (3, "softmax", "ones")
        var model = try Model(chain: [
            InputLayer(name: "in", shape: [2]), try LayerTable.make(className: "Dense", config: options),
        ])
        try model.initialize(seed: 1)
        let executor = try TrainingExecutor(
            model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD(), batchSize: 4)
        let samples = Samples(shape: [2], floats: [1, 2, 3, 4, 5, 6, 7, 8])
        let result = executor.evaluate([samples], .classes([0, 1, 2, 0]))
        return result.lossSum / Double(result.count)
    }
    // Every answer is 1/3: 0.5 · 3 · (1/3)² for each sample.
    let without = try loss([:])
    #expect(abs(try loss(["activity_regularizer": regularizer]) - without - 0.5 / 3) < 1e-6)
}
