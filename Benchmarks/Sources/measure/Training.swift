import Datasets
import Network
import Tensors

/// Real MNIST, as the recipes split it: the first 5,000 training images validate.
struct Digits {
    let training, validation: Samples
    let trainingLabels, validationLabels: Targets

    init(folder: String) throws {
        let train = try readIDX(
            images: folder + "/train-images-idx3-ubyte.gz", labels: folder + "/train-labels-idx1-ubyte.gz")
        (training, validation) = (train.samples.selecting(5000..<60000), train.samples.selecting(0..<5000))
        trainingLabels = .classes(train.labels[5000...].map(Int32.init))
        validationLabels = .classes(train.labels[..<5000].map(Int32.init))
    }
}

func testDigits(folder: String) throws -> LabelledSamples {
    try readIDX(images: folder + "/t10k-images-idx3-ubyte.gz", labels: folder + "/t10k-labels-idx1-ubyte.gz")
}

/// - offset: One that is not 0 keeps the first layer from looking for zeros.
func digitsModel(
    batchNormalization: Bool = false, seed: Int = 1, hidden: [Int] = [300, 100], offset: Double = 0
) throws -> Model {
    var layers: [any Layer] = [
        InputLayer(name: "input", shape: [28, 28]), Rescaling(scale: 1 / 255.0, offset: offset), Flatten(),
    ]
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
final class Epoch {
    private let digits: Digits
    private let executor: TrainingExecutor
    private let batchSize: Int
    private var random = RandomNumbers(seed: 1)
    private(set) var accuracy = 0.0

    init(_ digits: Digits, _ model: Model, _ optimizer: any Optimizer, batchSize: Int, threads: Int) throws {
        (self.digits, self.batchSize) = (digits, batchSize)
        executor = try TrainingExecutor(
            model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: optimizer, batchSize: batchSize,
            threads: threads)
    }

    func run() {
        let order = random.permutation(of: digits.training.count)
        var total = BatchResult()
        for start in stride(from: 0, to: order.count, by: batchSize) {
            total.add(
                executor.trainBatch(
                    [digits.training], digits.trainingLabels,
                    rows: order[start..<min(start + batchSize, order.count)]))
        }
        precondition(total.lossSum.isFinite)
        let validation = executor.evaluate([digits.validation], digits.validationLabels)
        accuracy = validation.correct / Double(validation.count)
        // Plain gradient descent takes fewer steps an epoch when batches are large, and is not as far then.
        precondition(accuracy > (batchSize > 64 ? 0.5 : 0.85), "it did not learn: \(accuracy)")
    }
}

func measureEpochs(_ options: Options, normalized: Bool) throws {
    let digits = try Digits(folder: options.data("mnist"))
    let model = try digitsModel(batchNormalization: normalized)
    let (name, batchSize) =
        normalized
        ? ("mnist-bn epoch, Adam, batch 64: Cellar", 64) : ("mnist epoch, SGD, batch 32: Cellar", 32)
    let settings = try options.threadCounts.map { threads in
        let epoch = try Epoch(
            digits, model, normalized ? Adam() : SGD(), batchSize: batchSize, threads: threads)
        return ("threads \(threads)", epoch.run)
    }
    try reportFastest(name, runs: options.runs, settings)
}
