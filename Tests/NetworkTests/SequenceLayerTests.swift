import Base
import Tensors
import Testing

@testable import Network

private func model(_ shape: [Int], _ layers: (String, JSONObject)...) throws -> Model {
    var all: [any Layer] = [InputLayer(name: "in", shape: shape)]
    for (index, (className, config)) in layers.enumerated() {
        var layer = try LayerTable.make(className: className, config: config)
        layer.name = "layer\(index)"
        all.append(layer)
    }
    var model = try Model(chain: all)
    try model.initialize(seed: 5)
    return model
}

private func random(_ rows: Int, _ shape: [Int], ids: Int? = nil) -> Samples {
    var random = RandomNumbers(seed: 1)
    let count = rows * shape.reduce(1, *)
    return Samples(
        shape: shape,
        floats: (0..<count).map { _ in
            ids.map { Float(Int(random.uniform() * Double($0))) } ?? Float(2 * random.uniform() - 1)
        })
}

private let sequence: JSONObject = ["units": 4, "return_sequences": true]

@Test("a batch's size, the threads and the plan change no answer of a recurrent or attention layer")
func anyBatch() throws {
    let models = [
        try model(
            [30], ("Embedding", ["input_dim": 9, "output_dim": 5, "mask_zero": true]), ("LSTM", sequence),
            ("Bidirectional", ["layer": ["class_name": "GRU", "config": .object(sequence)]]),
            ("TimeDistributed", ["layer": ["class_name": "Dense", "config": ["units": 3]]]),
            ("SimpleRNN", ["units": 4])
        ),
        // More steps at once than the cache holds.
        try model([400], ("Embedding", ["input_dim": 9, "output_dim": 70]), ("LSTM", ["units": 100])),
    ]
    for model in models {
        let samples = random(23, model.inputShapes[0], ids: 9)
        let expected = try Predictor(model, batchSize: 23).predict([samples])[0]
        for (batch, threads) in [(1, 1), (4, 1), (7, 2), (256, 2)] {
            let found = try Predictor(model, batchSize: batch, threads: threads).predict([samples])[0]
            let worst = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-5, "batches of \(batch) in \(threads) threads are off by \(worst)")
        }
    }
}

@Test("training does not depend on the number of threads, with dropout")
func threadsAndDropout() throws {
    let model = try model(
        [6, 3], ("LSTM", ["units": 4, "dropout": 0.3, "recurrent_dropout": 0.2, "return_sequences": true]),
        ("Bidirectional", ["layer": ["class_name": "GRU", "config": ["units": 3, "dropout": 0.4]]]),
        ("Dense", ["units": 2]))
    let (samples, rows) = (random(9, [6, 3]), Array(0..<9))
    let targets = Targets.values((0..<18).map { Float($0) / 18 }, width: 2)
    func gradients(_ threads: Int) throws -> [Float] {
        let executor = try TrainingExecutor(
            model, loss: Loss(.meanSquaredError), optimizer: SGD(), batchSize: 9, threads: threads, seed: 3)
        return executor.gradients([samples], targets, rows: rows[...]).tensors.flatMap(\.values)
    }
    let (one, two) = (try gradients(1), try gradients(2))
    #expect(one.contains { $0 != 0 })
    #expect(zip(one, two).allSatisfy { abs($0 - $1) < 1e-5 })
}

@Test("an id that the table does not have is an error that says so", arguments: [-1, 9, Float.nan, 1e20])
func strangeIds(id: Float) throws {
    let model = try model([2], ("Embedding", ["input_dim": 9, "output_dim": 2]), ("Flatten", [:]))
    let predictor = try Predictor(model)
    let error = #expect(throws: CellarError.self) {
        try predictor.predict([Samples(shape: [2], floats: [1, 2, 3, id])])
    }
    #expect(error?.message.contains("0 to 8") == true)
    // The next prediction is not the worse for it; ids lose their fraction.
    let answer = try predictor.predict([Samples(shape: [2], floats: [1.7, -0.5])])[0].values
    #expect(answer == Array(model.weights[1][0].values[2..<4] + model.weights[1][0].values[0..<2]))
}

@Test("a forget gate begins open")
func unitForgetBias() throws {
    let ones = try model([2, 1], ("LSTM", ["units": 2])).weights[1][2].values
    #expect(ones == [0, 0, 1, 1, 0, 0, 0, 0])
    let zeros = try model([2, 1], ("LSTM", ["units": 2, "unit_forget_bias": false])).weights[1][2].values
    #expect(zeros == Array(repeating: 0, count: 8))
}

@Test(
    "what cannot be done is refused by name",
    arguments: [
        (
            "TimeDistributed",
            ["layer": ["class_name": "LSTM", "config": ["units": 2, "return_state": true]]], "3 outputs"
        ),
        ("GRU", ["units": 2, "stateful": true], "stateful"),
        ("SimpleRNN", ["units": 2, "time_major": true], "time_major"),
        ("LSTM", ["units": 2, "activation": "glu"], "glu"),
        ("LSTM", ["units": 0], "units"),
        ("Embedding", ["input_dim": 0, "output_dim": 2], "input_dim"),
        ("Embedding", ["input_dim": 2_000_000, "output_dim": 2_000_000], "weights"),
        ("Bidirectional", ["layer": ["class_name": "Dense", "config": ["units": 2]]], "Dense"),
        (
            "Bidirectional",
            ["layer": ["class_name": "LSTM", "config": ["units": 2]], "merge_mode": "none"], "merge_mode"
        ),
        (
            "Bidirectional",
            [
                "layer": ["class_name": "LSTM", "config": ["units": 2]],
                "backward_layer": ["class_name": "LSTM", "config": ["units": 2]],
            ], "go_backwards"
        ),
        ("TimeDistributed", ["layer": ["class_name": "Sequential", "config": [:]]], "model inside"),
        ("TimeDistributed", ["layer": ["class_name": "Lambda", "config": [:]]], "Lambda"),
        ("TimeDistributed", [:], "layer"),
        ("MultiHeadAttention", ["num_heads": 2, "key_dim": 0], "key_dim"),
        ("MultiHeadAttention", ["num_heads": 2, "key_dim": 2, "use_gate": true], "use_gate"),
        ("Attention", ["score_mode": "cosine"], "score_mode"),
    ] as [(String, JSONObject, String)])
func refused(className: String, config: JSONObject, word: String) {
    let error = #expect(throws: CellarError.self) {
        try LayerTable.make(className: className, config: config)
    }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
}

@Test(
    "shapes that do not fit are refused",
    arguments: [
        ("LSTM", ["units": 2], [[3]]),
        ("TimeDistributed", ["layer": ["class_name": "LSTM", "config": ["units": 2]]], [[3, 2]]),
        ("Bidirectional", ["layer": ["class_name": "LSTM", "config": ["units": 2]]], [[3]]),
        ("Attention", [:], [[3, 2]]),
        ("Attention", [:], [[3, 2], [4, 3]]),
        ("MultiHeadAttention", ["num_heads": 1, "key_dim": 2], [[3, 2], [4, 2], [5, 2]]),
        ("MultiHeadAttention", ["num_heads": 1, "key_dim": 2, "attention_axes": [0]], [[3, 2], [3, 2]]),
        ("MultiHeadAttention", ["num_heads": 1, "key_dim": 2, "attention_axes": [2]], [[3, 2], [3, 2]]),
        (
            "MultiHeadAttention", ["num_heads": 1, "key_dim": 2, "attention_axes": [1]],
            [[3, 4, 2], [3, 5, 2]]
        ),
        ("LSTM", ["units": 1_000_000], [[3, 2]]),
    ] as [(String, JSONObject, [[Int]])])
func misfits(className: String, config: JSONObject, shapes: [[Int]]) throws {
    let layer = try LayerTable.make(className: className, config: config)
    #expect(throws: CellarError.self) { try layer.outputShape(for: shapes) }
}

@Test("layers say where a file by objects keeps their weights")
func weightGroups() throws {
    func groups(_ className: String, _ config: JSONObject, _ count: Int) throws -> [WeightGroup] {
        try LayerTable.make(className: className, config: config).weightGroups(count: count)
    }
    let lstm: JSON = ["class_name": "LSTM", "config": ["units": 2]]
    #expect(try groups("LSTM", ["units": 2], 3) == [WeightGroup(path: "cell", count: 3)])
    #expect(
        try groups("Bidirectional", ["layer": lstm], 6) == [
            WeightGroup(path: "forward_layer/cell", count: 3),
            WeightGroup(path: "backward_layer/cell", count: 3),
        ])
    #expect(
        try groups("TimeDistributed", ["layer": lstm], 3) == [WeightGroup(path: "layer/cell", count: 3)])
    #expect(
        try groups("MultiHeadAttention", ["num_heads": 1, "key_dim": 2], 8).map(\.path) == [
            "query_dense", "key_dense", "value_dense", "output_dense",
        ])
    #expect(try groups("Dense", ["units": 2], 2) == [WeightGroup(path: "", count: 2)])
}
