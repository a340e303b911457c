import Foundation
import Base
import Network
import TestSupport
import Tensors
import Testing

@testable import KerasFile

private let optimizers: [JSON] = [
    "SGD", ["class_name": "SGD", "config": ["momentum": 0.9, "nesterov": true]],
    ["class_name": "SGD", "config": ["weight_decay": 0.1]], "Adam",
    ["class_name": "Adam", "config": ["amsgrad": true, "clipnorm": 0.5]],
    ["class_name": "Adam", "config": ["amsgrad": true, "weight_decay": 0.01]], "AdamW", "RMSprop",
    ["class_name": "RMSprop", "config": ["momentum": 0.5, "centered": true]], "Adagrad", "Adadelta", "Adamax",
    "Nadam", ["class_name": "Nadam", "config": ["schedule_decay": 0.01]], "Ftrl", "Lion",
    [
        "class_name": "Adam",
        "config": [
            "learning_rate": [
                "class_name": "ExponentialDecay",
                "config": ["initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5],
            ]
        ],
    ],
    ["class_name": "SGD", "config": ["decay": 0.1, "momentum": 0.5]],
]

@Test("what an optimizer is and remembers survives both kinds of file", arguments: optimizers)
func optimizerInFile(json: JSON) throws {
    let optimizer = try OptimizerTable.make(from: json)
    var layers: [any Layer] = [
        InputLayer(name: "x", shape: [3]), Dense(units: 4, activation: .tanh), Dense(units: 2),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: 2)
    let objective = Objective(
        losses: [Loss(.huber)],
        metrics: [[Metric(.rootMeanSquaredError, name: "root_mean_squared_error")]])
    let executor = try TrainingExecutor(model, objective: objective, optimizer: optimizer, batchSize: 4)
    let samples = Samples(shape: [3], floats: (0..<12).map { Float($0 % 5) / 5 })
    let targets = Targets.values((0..<8).map { Float($0 % 3) }, width: 2)
    for _ in 0..<3 { _ = executor.trainBatch([samples], targets, rows: [0, 1, 2, 3]) }
    var file = ModelFile(
        model: executor.trainedNetwork, compiled: .init(objective: objective, optimizer: executor.optimizer))
    file.optimizerState = executor.optimizerState
    try Fixtures.temporaryFolder { folder in
        for name in ["model.h5", "model.keras"] {
            let path = folder.appendingPathComponent(name).path
            try writeModel(file, to: path)
            let read = try readModel(.unchecked(path))
            #expect(read.warnings == [] && read.compiled?.unknown == [])
            #expect(read.optimizerState == file.optimizerState, "\(json.text()) in \(name)")
            // Keras 3 has other metrics of masked outputs.
            var wanted = objective
            wanted.setNewer(name == "model.keras")
            #expect(read.compiled?.objective?.metrics == wanted.metrics)
            #expect(read.compiled?.loss?.kind == .huber)
            let found = try #require(read.compiled?.optimizer)
            #expect(found.slotNames == optimizer.slotNames)
            for step in 0..<5 {
                #expect(
                    abs(found.learningRate(after: step) - optimizer.learningRate(after: step))
                        <= 1e-7 * optimizer.learningRate(after: step))
            }
        }
    }
}
