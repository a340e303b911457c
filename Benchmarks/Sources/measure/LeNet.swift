import Base
import Network
import Tensors

/// LeCun's LeNet-5 of 1998 with today's activations: two convolutions with pooling, three dense layers, 61,706 weights.
private func lenet(seed: Int = 1) throws -> Model {
    func layer(_ className: String, _ options: JSONObject = [:]) throws -> any Layer {
        try LayerTable.make(className: className, config: options, strict: true)
    }
    var layers: [any Layer] = [
        InputLayer(name: "input", shape: [28, 28]), Rescaling(scale: 1 / 255.0),
        try layer("Reshape", ["target_shape": [28, 28, 1]]),
        try layer("Conv2D", ["filters": 6, "kernel_size": 5, "padding": "same", "activation": "relu"]),
        try layer("MaxPooling2D"),
        try layer("Conv2D", ["filters": 16, "kernel_size": 5, "activation": "relu"]),
        try layer("MaxPooling2D"), Flatten(),
        Dense(units: 120, activation: .relu), Dense(units: 84, activation: .relu),
        Dense(units: 10, activation: .softmax),
    ]
    for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: seed)
    return model
}

/// A small convolutional network on one thread, as its peers: the test images to probabilities, one image with the model
/// loaded, and an epoch of training.
func measureLeNet(_ options: Options) throws {
    let test = try testDigits(folder: options.data("mnist")).samples
    let model = try lenet()
    let many = try Predictor(model.foldedForInference(), batchSize: 256)
    report(
        "LeNet, 10,000 images, one thread: Cellar",
        seconds: try timed(runs: options.runs * 2) { _ = try many.predict([test]) }, items: test.count,
        threads: 1, setting: "batch 256")
    let one = try Predictor(model.foldedForInference(), batchSize: 1)
    var answer: [Float] = Array(repeating: 0, count: 10)
    let seconds = try timed(runs: options.runs * 3) {
        for row in 0..<1000 { try one.predictOne(test, row: row, into: &answer) }
    }
    report("LeNet, one image: Cellar", seconds: seconds.map { $0 / 1000 }, threads: 1)
    guard !options.isQuick else { return }
    let epoch = try Epoch(
        Digits(folder: options.data("mnist")), model, Adam(), batchSize: 64, threads: 1)
    report(
        "LeNet epoch, Adam, batch 64, one thread: Cellar", seconds: timed(runs: options.runs, epoch.run),
        threads: 1)
}
