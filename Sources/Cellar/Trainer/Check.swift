import Base
import Network
import Trainer

/// The needs of a recipe's training, found by a dry run that saves nothing.
public struct CheckResult: Sendable {
    public let plan: FitPlan
    public let batchSize, epochs: Int
    /// Bytes of the samples, and of weights, optimizer and activations.
    public let dataBytes, modelBytes: Int
    /// Seconds for an epoch, from some of its batches.
    public let secondsPerEpoch: Double
    public let inputs: [(name: String, shape: [Int], isText: Bool)]
    public let outputs: [(name: String, shape: [Int])]

    public var json: JSON {
        func sizes(_ shape: [Int]) -> JSON { .array([.null] + shape.map { .integer($0) }) }
        return [
            "train_rows": .integer(plan.trainRows), "validation_rows": .integer(plan.validationRows),
            "test_rows": .integer(plan.testRows), "batch_size": .integer(batchSize),
            "epochs": .integer(epochs),
            "threads": .integer(plan.threads),
            "inputs": .array(
                inputs.map {
                    [
                        "name": .string($0.name), "shape": sizes($0.shape),
                        "dtype": $0.isText ? "string" : "float32",
                    ]
                }),
            "outputs": .array(outputs.map { ["name": .string($0.name), "shape": sizes($0.shape)] }),
            "parameters": .integer(plan.model.trainableParameters + plan.model.nonTrainableParameters),
            "trainable_parameters": .integer(plan.model.trainableParameters),
            "data_bytes": .integer(dataBytes), "model_bytes": .integer(modelBytes),
            "seconds_per_epoch": .number(secondsPerEpoch),
        ]
    }
}

extension Store {
    /// Reads the data, makes the model and times some batches. Nothing is saved.
    public func check(_ request: FitRequest, progress: ProgressReporter = .none) throws -> CheckResult {
        let training = try prepare(request, nil, progress)
        let plan = FitPlan(training)
        let seconds = training.secondsPerEpoch()
        let model = plan.model
        return CheckResult(
            plan: plan, batchSize: training.batchSize, epochs: training.recipe.fit.epochs,
            dataBytes: training.data.bytes, modelBytes: training.memoryBytes, secondsPerEpoch: seconds,
            inputs: model.inputs.map {
                let layer = model.layers[model.calls[$0].layer]
                return (layer.name, model.shapes[$0], layer.isText)
            },
            outputs: zip(model.outputNames, model.outputShapes).map { ($0, $1) })
    }
}
