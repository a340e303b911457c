import Datasets
import Base
import Foundation
@testable import KerasFile
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

/// A small wine recipe with dropout and batch normalization, so that every part of the state matters.
private func wineRecipe(
    epochs: Int, optimizer: String = "adam", extra: String = "", seed: String = "7"
) throws -> Recipe {
    try Recipe(
        text: """
            name: wine
            data:
              csv: \(Fixtures.data.path)/wine.csv
              target: quality
              split: { test: 0.25, validation: 0.25, random_state: 42 }
              preprocess: [StandardScaler]
            model:
              - Dense: { units: 30, activation: relu }
              - BatchNormalization
              - Dropout: { rate: 0.2 }
              - Dense: { units: 1, activation: sigmoid }
            compile: { optimizer: \(optimizer), loss: binary_crossentropy, metrics: [accuracy] }
            fit: { epochs: \(epochs), batch_size: 64, seed: \(seed) }
            \(extra)
            """, file: "wine.yaml")
}

private let data = Result { try PreparedData(wineRecipe(epochs: 1)) }

private func training(
    _ recipe: Recipe, from start: Training.Start? = nil, threads: Int = 1
) throws -> Training {
    try Training(recipe, data: data.get(), from: start, threads: threads)
}

/// Returns the bits of all trained state.
private func bits(_ training: Training) throws -> [UInt32] {
    let file = try training.modelFile(metrics: [])
    let state = file.optimizerState?.slots.flatMap { $0.flatMap(\.values) } ?? []
    return (file.model.weights.flatMap { $0.flatMap(\.values) } + state).map(\.bitPattern)
}

/// Saves to a file and reads it back.
private func saved(_ training: Training, in folder: URL) throws -> Training.Start {
    let path = folder.appendingPathComponent("model.h5").path
    try training.saveCheckpoint(to: path)
    return Training.Start(
        file: try readModel(.unchecked(path)), reference: path, sha256: try FileDigest(ofFile: path).sha256)
}

@Test("wine is split as by scikit-learn")
func wineSplit() throws {
    let data = try data.get()
    #expect(data.train.count == 899 && data.validation?.count == 300 && data.test?.count == 400)
    #expect(data.classes == ["bad", "good"] && data.features.count == 11)
    guard case .classes(let test)? = data.test?.targets.first else {
        Issue.record("no classes")
        return
    }
    #expect(test.count { $0 == 0 } == 178 && test.count { $0 == 1 } == 222)
    // The scaler fitted by scikit-learn on those rows.
    let sidecar = try Sidecar(Fixtures.folder.appendingPathComponent("seed/wine_split_and_scaler.json"))
    let layer = try #require(data.preprocessing.first as? Normalization)
    let mean = sidecar.json["scaler"]?["mean"] ?? sidecar.json["mean"] ?? sidecar.json["scaler_mean"]
    let expected = mean?.array?.compactMap(\.double) ?? []
    #expect(expected.count == 11)
    for (a, b) in zip(layer.constants?.mean.values ?? [], expected) { #expect(abs(a - b) <= 1e-12 * abs(b)) }
}

@Test("the same seed and threads give the same bits, another seed does not")
func sameBits() throws {
    func run(_ seed: String, _ threads: Int) throws -> [UInt32] {
        let training = try training(wineRecipe(epochs: 2, seed: seed), threads: threads)
        _ = try training.run()
        return try bits(training)
    }
    for threads in [1, 2] { #expect(try run("7", threads) == run("7", threads)) }
    #expect(try run("7", 1) != run("8", 1))
}

@Test("an epoch's order depends only on seed and number")
func orders() {
    var options = FitOptions()
    options.seed = 3
    let orders = (0..<4).map { Fit.order(of: 1000, epoch: $0, options) }
    #expect(Set(orders).count == 4)
    #expect(orders.allSatisfy { $0.sorted() == Array(0..<1000) })
    #expect(Fit.order(of: 1000, epoch: 2, options) == orders[2])
    options.seed = 4
    #expect(Fit.order(of: 1000, epoch: 0, options) != orders[0])
    options.shuffle = false
    #expect(Fit.order(of: 5, epoch: 0, options) == [0, 1, 2, 3, 4])
}

@Test(
    "two epochs, a save, and two more epochs equal four",
    arguments: ["adam", "SGD: { momentum: 0.9 }", "rmsprop"])
func resumeEquality(optimizer: String) throws {
    let optimizer = optimizer.contains(":") ? "{ \(optimizer) }" : optimizer
    let whole = try training(wineRecipe(epochs: 4, optimizer: optimizer))
    let history = try whole.run().history
    let first = try training(wineRecipe(epochs: 2, optimizer: optimizer))
    _ = try first.run()
    try Fixtures.temporaryFolder { folder in
        let second = try training(
            wineRecipe(epochs: 4, optimizer: optimizer), from: try saved(first, in: folder))
        #expect(second.epochsBefore == 2)
        #expect(try second.run().history == history)
        #expect(try bits(second) == bits(whole))
        #expect(try second.modelFile(metrics: []).facts?.parents.first?.kind == .resumedFrom)

        // Resumed from a checkpoint of that run, the lineage still includes the run's start.
        var loose = try saved(second, in: folder)
        loose.isLoose = true
        let third = try training(wineRecipe(epochs: 5, optimizer: optimizer), from: loose)
        let parents = try third.modelFile(metrics: []).facts?.parents ?? []
        #expect(parents.map(\.kind) == [.resumedFrom, .checkpointOf, .resumedFrom])
        #expect(parents.first?.sha256 == loose.sha256 && parents[1].reference == second.run)
        #expect(parents.last?.sha256 == loose.file.facts?.parents.first?.sha256)
    }
}

@Test("an interruption during an epoch loses nothing", arguments: [1, 8, 15, 20])
func interruption(after batches: Int) throws {
    let whole = try training(wineRecipe(epochs: 3))
    let history = try whole.run().history
    let first = try training(wineRecipe(epochs: 3))
    var seen = 0
    let outcome = try first.run {
        seen += 1
        return seen == batches
    }
    #expect(outcome.end != .completed && seen == batches)
    try Fixtures.temporaryFolder { folder in
        let second = try training(wineRecipe(epochs: 3), from: try saved(first, in: folder))
        #expect(try second.run().history == history)
        #expect(try bits(second) == bits(whole))
    }
}

@Test("the error for an infinite or NaN loss has the epoch")
func divergence() throws {
    let training = try training(wineRecipe(epochs: 50, optimizer: "{ SGD: { learning_rate: 1e6 } }"))
    let observer = Watching()
    let error = #expect(throws: CellarError.self) { try training.run(observer: observer) }
    #expect(error?.category == .badData && error?.message.contains("epoch ") == true)
}

private final class Watching: FitObserver {
    var epochs: [Int] = []
    var batches = 0
    var notes: [String] = []
    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { self.epochs.append(epoch) }
    func batchEnded(_ step: Int, _ values: @autoclosure () -> EpochLogs) { batches += 1 }
    func epochEnded(_ logs: EpochLogs) {}
    func note(_ line: String) { notes.append(line) }
}

@Test("training resumes from ModelCheckpoint's file with its number of epochs")
func checkpointFiles() throws {
    try Fixtures.temporaryFolder { folder in
        let pattern = folder.path + "/new/ckpt_{epoch:02d}.h5"
        let extra = "callbacks:\n  - ModelCheckpoint: { filepath: '\(pattern)' }"
        let first = try training(wineRecipe(epochs: 2, extra: extra))
        let observer = Watching()
        _ = try first.run(observer: observer)
        #expect(observer.epochs == [1, 2] && observer.batches == 2 * 15)
        for epoch in 1...2 {
            let file = try readModel(.unchecked(folder.path + "/new/ckpt_0\(epoch).h5"))
            #expect(file.facts?.history.first?.values.count == epoch)
            #expect(file.optimizerState?.iterations == epoch * 15)
        }
        let path = folder.path + "/new/ckpt_01.h5"
        let second = try training(
            wineRecipe(epochs: 2),
            from: .init(file: try readModel(.unchecked(path)), reference: path, sha256: nil))
        _ = try second.run()
        #expect(try bits(second) == bits(first))
    }
}

@Test("the file has all facts, and its golden sample is reproduced")
func facts() throws {
    let training = try training(wineRecipe(epochs: 2))
    let outcome = try training.run()
    let metrics = training.evaluate()
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("model.h5").path
        try writeModel(training.modelFile(metrics: metrics), to: path)
        let file = try readModel(.unchecked(path))
        let facts = try #require(file.facts)
        #expect(facts.name == "wine" && facts.task == .binary && facts.classes == ["bad", "good"])
        #expect(facts.features.first == "fixed acidity" && facts.features.count == 11)
        #expect(facts.history.map(\.name) == ["loss", "accuracy", "val_loss", "val_accuracy"])
        #expect(facts.history.map(\.values.count) == [2, 2, 2, 2])
        #expect(facts.metrics == metrics && metrics.count == 6)
        // Validation of the last epoch and evaluation afterwards are the same computation.
        #expect(facts.metric("loss", on: "validation") == outcome.history["val_loss"]?.last)
        #expect(facts.dataset?.trainRows == 899 && facts.dataset?.testRows == 400)
        #expect(facts.dataset?.sha256 == (try FileDigest(ofFile: "\(Fixtures.data.path)/wine.csv").sha256))
        #expect(facts.seed == 7 && facts.recipe?.hasPrefix("name: wine") == true)
        #expect(facts.architecture.count == 64 && facts.trainableParameters == 30 * 12 + 60 + 31)
        #expect(facts.hyperparameters.batchSize == 64 && facts.hyperparameters.interrupted == nil)
        let golden = try #require(file.golden)
        #expect(try Predictor(file.model, batchSize: 1).predict(golden.inputs) == golden.outputs)
    }
}

@Test("the error for a model that does not fit the recipe has the first difference")
func unfit() throws {
    let first = try training(wineRecipe(epochs: 1))
    _ = try first.run()
    try Fixtures.temporaryFolder { folder in
        let start = try saved(first, in: folder)
        func message(_ recipe: Recipe) -> String {
            do {
                _ = try training(recipe, from: start)
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        #expect(message(try wineRecipe(epochs: 1)).contains("--epochs 11"))
        #expect(message(try wineRecipe(epochs: 3, optimizer: "sgd")).contains("Adam"))
        let text = try wineRecipe(epochs: 3).text
        let wider = try Recipe(text: text.replacing("units: 30", with: "units: 31"), file: "wine.yaml")
        #expect(message(wider).contains("units 30 in the file, but 31 in the recipe"))
        let fewer = try Recipe(text: text.replacing("  - BatchNormalization\n", with: ""), file: "wine.yaml")
        #expect(message(fewer).contains("6 layers"))
    }
}

@Test("a lowered rate is kept, unless the recipe changed it")
func resumedRate() throws {
    let extra = "callbacks:\n  - ReduceLROnPlateau: { patience: 1, factor: 0.5, min_delta: 10 }"
    let first = try training(wineRecipe(epochs: 4, extra: extra))
    _ = try first.run()
    try Fixtures.temporaryFolder { folder in
        let start = try saved(first, in: folder)
        let same = try training(wineRecipe(epochs: 5), from: start).modelFile(metrics: [])
        #expect(same.compiled?.optimizer?.learningRate ?? 1 < 0.0006)
        let changed = try training(
            wineRecipe(epochs: 5, optimizer: "{ Adam: { learning_rate: 0.01 } }"), from: start)
        #expect(try changed.modelFile(metrics: []).compiled?.optimizer?.learningRate == 0.01)
    }
}

/// Writes a table of 40 rows: two features, weights, a class and two numeric targets.
private func table(_ folder: URL) throws -> String {
    var text = "a,b,w,kind,sum,product\n"
    for row in 0..<40 {
        let (a, b) = (Double(row % 7) / 3 - 1, Double(row % 5) / 2 - 1)
        text += "\(a),\(b),\(row % 3),\(a > b ? "yes" : "no"),\(a + b),\(a * b)\n"
    }
    let path = folder.appendingPathComponent("table.csv").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
}

private func run(_ folder: URL, data: String, model: String, compile: String, fit: String = "epochs: 3")
    throws
    -> Training
{
    let recipe = try Recipe(
        text: """
            data: { csv: \(try table(folder)), \(data) }
            model: [\(model.split(separator: "; ").map { "{ \($0) }" }.joined(separator: ", "))]
            compile: { \(compile) }
            fit: { seed: 1, batch_size: 8, \(fit) }
            """, file: "table.yaml")
    let training = try Training(recipe, data: PreparedData(recipe))
    _ = try training.run()
    return training
}

@Test("sample weights and class weights multiply the loss, and are not features")
func weightedRows() throws {
    try Fixtures.temporaryFolder { folder in
        let head = "Dense: { units: 1, activation: sigmoid }"
        let compile = "optimizer: sgd, loss: binary_crossentropy, metrics: [accuracy, AUC]"
        let weighted = try run(
            folder, data: "target: kind, features: [a, b], sample_weight: w", model: head, compile: compile)
        #expect(weighted.data.features == ["a", "b"])
        #expect(weighted.data.train.weights?.prefix(4) == [0, 1, 2, 0])
        let plain = try run(folder, data: "target: kind, features: [a, b]", model: head, compile: compile)
        #expect(weighted.model.weights != plain.model.weights)
        // Doubling all weights doubles the rate.
        let twice = try run(
            folder, data: "target: kind, features: [a, b]", model: head, compile: compile,
            fit: "epochs: 3, class_weight: { no: 2, yes: 2 }")
        let faster = try run(
            folder, data: "target: kind, features: [a, b]", model: head,
            compile: "optimizer: { SGD: { learning_rate: 0.02 } }, loss: binary_crossentropy")
        #expect(twice.model.weights == faster.model.weights)
        #expect(
            plain.evaluate().map { "\($0.split)_\($0.name)" } == [
                "train_loss", "train_accuracy", "train_auc",
            ])
        #expect(throws: CellarError.self) {
            try run(
                folder, data: "target: kind, features: [a, b]", model: head, compile: compile,
                fit: "class_weight: { maybe: 2 }")
        }
    }
}

@Test("several numeric target columns")
func severalTargets() throws {
    try Fixtures.temporaryFolder { folder in
        let training = try run(
            folder, data: "target: [sum, product], features: [a, b]",
            model: "Dense: { units: 8, activation: tanh }; Dense: { units: 2 }",
            compile: "optimizer: { AdamW: { learning_rate: 0.02 } }, loss: huber, metrics: [mae]",
            fit: "epochs: 60")
        let file = try training.modelFile(metrics: [])
        #expect(file.facts?.hyperparameters.targets == ["sum", "product"])
        #expect(file.facts?.history.map(\.name) == ["loss", "mae"])
        #expect((training.evaluate().first { $0.name == "loss" }?.value ?? 1) < 0.05)
        // The file is read again with its optimizer, loss and metric.
        let path = folder.appendingPathComponent("model.h5").path
        try training.saveCheckpoint(to: path)
        let read = try readModel(.unchecked(path))
        #expect(
            read.compiled?.objective
                == Objective(Loss(.huber), metrics: [Metric(.mean(Loss(.meanAbsoluteError)), name: "mae")]))
        #expect(read.compiled?.optimizer is AdamW && read.compiled?.optimizer?.general.weightDecay == 0.004)
        #expect(read.optimizerState == file.optimizerState)
    }
}

@Test("an interruption keeps the state of metrics")
func interruptedMetrics() throws {
    let objective = Objective(
        losses: [Loss(.binaryCrossentropy), nil],
        metrics: [[.accuracy], [Metric(.areaUnderCurve(.init()), name: "auc")]])
    var partial = PartialEpoch(steps: 3)
    (partial.sums.lossSum, partial.sums.count) = (1.5, 24)
    partial.sums.outputLossSums = [1.5, 0]
    partial.sums.metricSums = [[20, 24], Array(repeating: 0.5, count: 400)]
    #expect(PartialEpoch(partial.kept, objective) == partial)
    #expect(PartialEpoch(partial.kept, Objective(Loss(.binaryCrossentropy))) == nil)
}

/// Makes a model with two heads on one hidden layer, compiled as in a file from Keras.
private func heads() throws -> ModelFile {
    var layers: [any Layer] = [
        InputLayer(name: "x", shape: [2]), Dense(units: 6, activation: .tanh),
        Dense(units: 2, activation: .softmax),
        Dense(units: 1),
    ]
    for (index, name) in ["x", "hidden", "kind", "sum"].enumerated() { layers[index].name = name }
    var model = try Model(
        name: "heads", form: .functional, layers: layers,
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [1]),
            .init(layer: 3, inputs: [1]),
        ], inputs: [0], outputs: [2, 3])
    try model.initialize(seed: 4)
    let objective = Objective(
        losses: [Loss(.sparseCategoricalCrossentropy), Loss(.meanSquaredError)], weights: [1, 0.5],
        metrics: [[.accuracy], []])
    var file = ModelFile(
        model: model, compiled: .init(objective: objective, optimizer: Adam(learningRate: 0.02)))
    file.optimizerState = OptimizerState(iterations: 0, slots: [])
    file.optimizerState = nil
    return file
}

@Test("a saved model with two outputs resumes with a recipe of only data and fit")
func goesOnWithoutModel() throws {
    try Fixtures.temporaryFolder { folder in
        let saved = folder.appendingPathComponent("heads.h5").path
        try writeModel(heads(), to: saved)
        let text = """
            data: { csv: \(try table(folder)), target: [kind, sum], features: [a, b], sample_weight: w }
            fit: { epochs: 4, batch_size: 8, seed: 3, validation_split: 0.2 }
            """
        #expect(throws: CellarError.self) { try Recipe(text: text, file: "go.yaml") }
        func start(_ path: String) throws -> Training.Start {
            Training.Start(
                file: try readModel(.unchecked(path)), reference: path,
                sha256: try FileDigest(ofFile: path).sha256)
        }
        func training(_ path: String, _ text: String) throws -> Training {
            let start = try start(path)
            let recipe = try Recipe(text: text, file: "go.yaml", from: start.file)
            return try Training(recipe, data: PreparedData(recipe), from: start)
        }
        let whole = try training(saved, text)
        let history = try whole.run().history
        let names = ["loss", "kind_loss", "sum_loss", "kind_accuracy"]
        #expect(history.series.map(\.name) == names + names.map { "val_" + $0 })
        let losses = try #require(history["loss"])
        #expect(losses[3] < losses[0])
        #expect(
            abs((history["kind_loss"]?[0] ?? 0) + 0.5 * (history["sum_loss"]?[0] ?? 0) - losses[0]) < 1e-6)

        // Two epochs, a save, and two more give the same bits, including Adam's state.
        let half = try training(saved, text.replacing("epochs: 4", with: "epochs: 2"))
        _ = try half.run()
        let middle = folder.appendingPathComponent("half.h5").path
        try half.saveCheckpoint(to: middle)
        let rest = try training(middle, text)
        #expect(try rest.run().history == history)
        #expect(rest.model.weights == whole.model.weights)

        // A recipe's compile overrides the file's.
        let other =
            text + "\ncompile: { optimizer: adam, loss: { kind: sparse_categorical_crossentropy, sum: mae }, "
        let named = try training(saved, other + "loss_weights: { sum: 2 }, metrics: { sum: [mse] } }")
        #expect(try named.run().history.series.map(\.name).contains("sum_mse"))
        #expect(throws: CellarError.self) { try training(saved, other + "metrics: { summ: [mse] } }") }
    }
}

@Test("arrays for several inputs and outputs, and class indices at positions")
func severalArrays() throws {
    try Fixtures.temporaryFolder { folder in
        func write(_ name: String, _ shape: [Int], _ values: [Float]) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try writeNPY(Tensor(shape: shape, values: values), to: path)
            return path
        }
        let x = try write("x.npy", [12, 3, 2], (0..<72).map { Float($0 % 11) / 11 })
        let y = try write("y.npy", [12, 3], (0..<36).map { Float($0 % 3) })
        let recipe = try Recipe(
            text: """
                data: { npy: { samples: \(x), labels: \(y) } }
                model: [{ Dense: { units: 3, activation: softmax } }]
                compile: { optimizer: sgd, loss: sparse_categorical_crossentropy, metrics: [accuracy] }
                fit: { epochs: 2, batch_size: 5, seed: 1 }
                """, file: "positions.yaml")
        let training = try Training(recipe, data: PreparedData(recipe))
        #expect(training.data.classes == ["0", "1", "2"])
        let history = try training.run().history
        #expect((0...1).contains(try #require(history["accuracy"]?.last)))
        let two = try Recipe(
            text: recipe.text.replacing("labels: \(y)", with: "labels: [\(y), \(y)]"), file: "positions.yaml")
        #expect(throws: CellarError.self) { try PreparedData(two) }
    }
}

@Test("a wrapped layer resumes with its recipe, whatever initializers the file has")
func wrappedLayerGoesOn() throws {
    try Fixtures.temporaryFolder { folder in
        let (x, y) = (folder.path + "/x.npy", folder.path + "/y.npy")
        try writeNPY(Tensor(shape: [6, 4, 2], values: (0..<48).map { Float($0 % 7) / 7 }), to: x)
        try writeNPY(Tensor(shape: [6], values: [0, 1, 0, 1, 1, 0]), to: y)
        func recipe(units: Int) throws -> Recipe {
            try Recipe(
                text: """
                    data: { npy: { samples: \(x), labels: \(y) } }
                    model:
                      - Bidirectional: { layer: { class_name: GRU, config: { units: \(units) } } }
                      - Dense: { units: 2, activation: softmax }
                    compile: { optimizer: adam, loss: sparse_categorical_crossentropy }
                    fit: { epochs: 1, batch_size: 3, seed: 1 }
                    """, file: "wrapped.yaml")
        }
        let first = try recipe(units: 3)
        let training = try Training(first, data: PreparedData(first))
        _ = try training.run()
        let start = try saved(training, in: folder)
        var again = first
        again.fit.epochs = 2
        _ = try Training(again, data: PreparedData(again), from: start)
        var other = try recipe(units: 4)
        other.fit.epochs = 2
        #expect(throws: CellarError.self) {
            try Training(other, data: PreparedData(other), from: start)
        }
    }
}

@Test("two inputs and two outputs with a shared part resume as in Keras")
func severalInputsAndOutputs() throws {
    let folder = Fixtures.repository.appendingPathComponent("Tests/TrainerTests/Golden/several").path
    let file = try readModel(.unchecked("\(folder)/model.h5"))
    let text = """
        data: { npy: { samples: [\(folder)/left.npy, \(folder)/right.npy],
                       labels: [\(folder)/kind.npy, \(folder)/place.npy] } }
        fit: { epochs: 1, batch_size: 8, shuffle: false, seed: 1 }
        """
    func data(_ text: String) throws -> (recipe: Recipe, data: PreparedData) {
        let recipe = try Recipe(text: text, file: "several.yaml", from: file)
        return (recipe, try PreparedData(recipe))
    }
    let (recipe, prepared) = try data(text)
    #expect(prepared.inputShapes == [[4], [4]] && prepared.classes == ["0", "1", "2"])
    let training = try Training(
        recipe, data: prepared, from: .init(file: file, reference: "model.h5", sha256: ""))
    let history = try training.run().history
    let golden = try JSON(
        parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/after.json"))))
    for (name, value) in golden["history"]?.object?.members ?? [] {
        #expect(abs(try #require(history[name]?.first) - (value.double ?? .nan)) < 1e-6, "\(name)")
    }
    let outputs = try Predictor(training.model).predict(prepared.train.inputs)
    let predictions = golden["predictions"]?.array ?? []
    #expect(predictions.count == outputs.count)
    for (output, expected) in zip(outputs, predictions) {
        let expected = (expected.array ?? []).map { Float($0.double ?? .nan) }
        #expect(output.values.count == expected.count)
        #expect(zip(output.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    // The errors for inconsistent files name them.
    for (wrong, part) in [
        (text.replacing("[\(folder)/left.npy, ", with: "["), "input"),
        (text.replacing(", \(folder)/place.npy]", with: "]"), "2 files with labels"),
        (text.replacing("kind.npy", with: "missing.npy"), "missing.npy"),
    ] {
        let error = #expect(throws: CellarError.self) {
            let (recipe, prepared) = try data(wrong)
            _ = try Training(
                recipe, data: prepared, from: .init(file: file, reference: "model.h5", sha256: ""))
        }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}
