import Datasets
import Network
import Tensors

/// Real MNIST, as the recipes split it: the first 5,000 training images validate.
struct Digits {
    let training, validation, test: Samples
    let trainingLabels, validationLabels, testLabels: Targets

    init(folder: String) throws {
        let train = try readIDX(
            images: folder + "/train-images-idx3-ubyte.gz", labels: folder + "/train-labels-idx1-ubyte.gz")
        let held = try readIDX(
            images: folder + "/t10k-images-idx3-ubyte.gz", labels: folder + "/t10k-labels-idx1-ubyte.gz")
        (training, validation) = (train.samples.selecting(5000..<60000), train.samples.selecting(0..<5000))
        trainingLabels = .classes(train.labels[5000...].map(Int32.init))
        validationLabels = .classes(train.labels[..<5000].map(Int32.init))
        (test, testLabels) = (held.samples, .classes(held.labels.map(Int32.init)))
    }
}

func digitsModel(batchNormalization: Bool, seed: Int = 1, hidden: [Int] = [300, 100]) throws -> Model {
    var layers: [any Layer] = [InputLayer(name: "input", shape: [28, 28]), Rescaling(scale: 1 / 255.0), Flatten()]
    for units in hidden {
        layers.append(Dense(units: units, activation: .relu))
        if batchNormalization { layers.append(BatchNormalization()) }
    }
    layers.append(Dense(units: 10, activation: .softmax))
    for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: seed)
    return model
}

/// One epoch as `fit` runs it: a new order of the samples, every batch, then the validation set, with loss and accuracy.
func measureEpoch(
    _ name: String, digits: Digits, model: Model, optimizer: any Optimizer, batchSize: Int, threads: Int, runs: Int
) throws {
    let executor = try TrainingExecutor(
        model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: optimizer, batchSize: batchSize, threads: threads)
    var random = RandomNumbers(seed: 1)
    var accuracy = 0.0
    let seconds = timed(runs: runs) {
        let order = random.permutation(of: digits.training.count)
        var total = BatchResult()
        for start in stride(from: 0, to: order.count, by: batchSize) {
            let result = executor.trainBatch(
                [digits.training], digits.trainingLabels, rows: order[start..<min(start + batchSize, order.count)])
            total.lossSum += result.lossSum
            total.correct += result.correct
        }
        let validation = executor.evaluate([digits.validation], digits.validationLabels)
        accuracy = validation.correct / Double(validation.count)
    }
    precondition(accuracy > 0.9, "it did not learn: \(accuracy)")
    report(name, seconds: seconds, items: digits.training.count)
}
