import Base
import Network
import TestSupport
import Tensors
import Testing

@testable import KerasFile

/// One layer's class and options in 2.10's words.
private func layer(_ version: String, _ text: String) throws -> JSON {
    try Generation(kerasVersion: version).current(
        model: ["class_name": "Sequential", "config": ["name": "s", "layers": [try JSON(parsing: text)]]]
    )["config"]?["layers"]?.array?.first ?? .null
}

/// The options that were named must be these; null stands for one that is not there.
private func expect(_ config: JSON?, _ wanted: JSONObject) {
    for (key, value) in wanted.members { #expect(config?[key] ?? .null == value, "\(key)") }
}

private func trouble(_ version: String, _ text: String) -> String? {
    let error = #expect(throws: CellarError.self) { try layer(version, text) }
    return error?.message
}

@Test("Keras 1's options are 2.10's under other names")
func keras1() throws {
    let conv = try layer(
        "1.2.2",
        """
        {"class_name": "Convolution2D", "config": {"name": "c", "nb_filter": 8, "nb_row": 3, "nb_col": 5, "init": "he_normal",
         "activation": "relu", "border_mode": "same", "subsample": [2, 1], "dim_ordering": "th", "bias": false,
         "W_regularizer": {"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.01}, "b_regularizer": null,
         "activity_regularizer": null, "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}, "input_dtype": "float32"}}
        """)
    #expect(conv["class_name"] == "Conv2D")
    expect(
        conv["config"],
        [
            "filters": 8, "kernel_size": [3, 5], "padding": "same", "strides": [2, 1],
            "data_format": "channels_first", "use_bias": false, "kernel_initializer": "he_normal",
            "kernel_regularizer": ["class_name": "L1L2", "config": ["l1": 0.0, "l2": 0.01]],
            "kernel_constraint": ["class_name": "MaxNorm", "config": ["axis": 0, "max_value": 2]],
            "input_dtype": nil,
        ])

    let lstm = try layer(
        "1.1",
        """
        {"class_name": "Bidirectional", "config": {"name": "b", "merge_mode": "sum", "layer": {"class_name": "LSTM", "config":
         {"output_dim": 4, "inner_init": "orthogonal", "forget_bias_init": "one", "dropout_W": 0.1, "input_dim": 3}}}}
        """)["config"]?["layer"]?["config"]
    expect(
        lstm,
        [
            "units": 4, "recurrent_activation": "hard_sigmoid", "activation": "tanh",
            "unit_forget_bias": true,
            "dropout": 0.1, "input_dim": nil,
        ])
    let gru = try layer("1.2", #"{"class_name": "GRU", "config": {"name": "g", "output_dim": 2}}"#)
    #expect(gru["config"]?["reset_after"] == false)

    let embedding = try layer(
        "1.2",
        #"{"class_name": "Embedding", "config": {"name": "e", "input_dim": 9, "output_dim": 2, "init": "uniform", "dropout": 0.0}}"#
    )
    expect(embedding["config"], ["input_dim": 9, "embeddings_initializer": "uniform"])
    let pad = try layer(
        "1.2", #"{"class_name": "ZeroPadding2D", "config": {"name": "z", "padding": [1, 2, 3, 4]}}"#)
    expect(pad["config"], ["padding": [[1, 2], [3, 4]], "data_format": "channels_last"])
    let dropout = try layer("1.0", #"{"name": "Dropout", "custom_name": "d", "p": 0.25}"#)
    expect(dropout["config"], ["name": "d", "rate": 0.25])
    let concat = try layer(
        "1.2",
        #"{"class_name": "Merge", "config": {"name": "m", "mode": "concat", "concat_axis": 2, "mode_type": "raw"}}"#
    )
    #expect(concat["class_name"] == "Concatenate")
    expect(concat["config"], ["axis": 2])
}

@Test("what of Keras 1 has no successor, or is code, is refused by name")
func keras1Refusals() {
    #expect(
        trouble("1.2", #"{"class_name": "MaxoutDense", "config": {"name": "x"}}"#)?.hasPrefix(
            "MaxoutDense \"x\"") == true)
    #expect(trouble("1.2", #"{"class_name": "Highway", "config": {"name": "x"}}"#) != nil)
    #expect(
        trouble("1.2", #"{"class_name": "Merge", "config": {"name": "x", "mode": "cos"}}"#)?.contains("cos")
            == true)
    #expect(
        trouble(
            "1.2", #"{"class_name": "Merge", "config": {"name": "x", "mode": "f", "mode_type": "lambda"}}"#)?
            .contains("never executed") == true)
    #expect(
        trouble("1.2", #"{"class_name": "BatchNormalization", "config": {"name": "x", "mode": 1}}"#)?
            .contains("mode 1")
            == true)
}

@Test("a file without a version is told by its words")
func guesses() throws {
    func major(_ text: String) throws -> Int { Generation(guessedFrom: try JSON(parsing: text)).major }
    #expect(
        try major(
            #"{"config": [{"class_name": "Dense", "config": {"output_dim": 3, "input_dtype": "float32"}}]}"#)
            == 1)
    #expect(try major(#"{"config": {"layers": [{"class_name": "Dense", "config": {"units": 3}}]}}"#) == 2)
    #expect(
        try major(
            #"{"config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": [null, 3]}}]}}"#)
            == 3)
    #expect(
        try major(
            #"{"config": {"layers": [{"config": {"input_dim": 3, "output_dim": 2, "embeddings_initializer": "uniform"}}]}}"#
        )
            == 2)
}

@Test("the silence of Keras 2.0 to 2.3 meant other defaults")
func earlyKeras2() throws {
    let gru = #"{"class_name": "GRU", "config": {"name": "g", "units": 2}}"#
    #expect(try layer("2.1.6", gru)["config"]?["reset_after"] == false)
    #expect(try layer("2.1.6", gru)["config"]?["recurrent_activation"] == "hard_sigmoid")
    #expect(try layer("2.3.1", gru)["config"]?["recurrent_activation"] == nil)
    #expect(try layer("2.10.0", gru)["config"]?["reset_after"] == nil)
    let leaky = try layer(
        "2.1.0",
        #"{"class_name": "LeakyReLU", "config": {"name": "l", "alpha": {"type": "ndarray", "value": 0.1}}}"#)
    #expect(leaky["config"]?["alpha"] == 0.1)
    let fast = try layer("2.2.4", #"{"class_name": "CuDNNGRU", "config": {"name": "g", "units": 2}}"#)
    #expect(fast["class_name"] == "GRU")
    expect(fast["config"], ["reset_after": true])
}

@Test("clipnorm of Keras before 2.4 measured all gradients together, but for tf.keras'")
func earlyClipnorm() throws {
    for (version, key) in [
        ("1.2.2", "global_clipnorm"), ("2.2.4", "global_clipnorm"), ("2.3.1", "global_clipnorm"),
        ("2.2.4-tf", "clipnorm"), ("2.10.0", "clipnorm"), ("3.15.1", "clipnorm"),
    ] {
        let training = Generation(kerasVersion: version).current(
            training: ["optimizer_config": ["class_name": "SGD", "config": ["lr": 0.1, "clipnorm": 0.5]]])
        let config = training["optimizer_config"]?["config"]?.object
        #expect(config?.keys.filter { $0.hasSuffix("clipnorm") } == [key], "\(version)")
        #expect(config?[key] == 0.5, "\(version)")
    }
}

@Test("CuDNN's kernels and biases become the plain layers'")
func cuDNN() throws {
    // As Keras 2.2's `_convert_rnn_weights` makes them of these numbers.
    let kernel = Tensor(shape: [2, 8], values: (0..<16).map(Float.init))
    let recurrent = Tensor(shape: [2, 8], values: (0..<16).map { Float($0) * 10 })
    let bias = Tensor(shape: [16], values: (0..<16).map { Float($0) })
    let generation = Generation(kerasVersion: "2.2.4", backend: "tensorflow")
    let stored = StoredWeights(names: ["k", "r", "b"], shapes: [[2, 8], [2, 8], [16]])
    let conversion = try #require(generation.conversion(of: "LSTM", [:], stored))
    let found = try conversion([kernel, recurrent, bias])
    // Each gate's [[a b], [c d]], stored as columns: [[a b], [c d]] in row-major order is read a, c, b, d … and back.
    #expect(found[0].values == [0, 8, 2, 10, 4, 12, 6, 14, 1, 9, 3, 11, 5, 13, 7, 15])
    #expect(found[1].values == [0, 80, 20, 100, 40, 120, 60, 140, 10, 90, 30, 110, 50, 130, 70, 150])
    let sums: [Float] = [8, 10, 12, 14, 16, 18, 20, 22]
    #expect(found[2].values == sums)
    #expect(!conversion.rearranges)
    let gru = StoredWeights(names: ["k", "r", "b"], shapes: [[3, 6], [2, 6], [12]])
    let both = try #require(generation.conversion(of: "GRU", [:], gru))
    #expect(both.rearranges)
    let bidirectional: JSONObject = ["layer": ["class_name": "GRU", "config": [:]]]
    let twice = StoredWeights(names: gru.names + gru.names, shapes: gru.shapes + gru.shapes)
    #expect(generation.conversion(of: "Bidirectional", bidirectional, twice) != nil)
}

@Test("Keras 3's words become 2.10's")
func keras3() throws {
    let dense = try layer(
        "3.15.1",
        """
        {"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"name": "d", "units": 3,
         "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null},
         "activation": "hard_sigmoid", "quantization_config": null, "kernel_initializer": {"module": "keras.initializers",
         "class_name": "GlorotUniform", "config": {"seed": null, "input_axes": null}, "registered_name": null}}}
        """)["config"]
    expect(
        dense,
        [
            "activation": "hard_sigmoid_3", "quantization_config": nil,
            "kernel_initializer": ["class_name": "GlorotUniform", "config": ["seed": nil]],
        ])
    let inner = try layer(
        "3.0",
        #"{"class_name": "Bidirectional", "config": {"name": "b", "layer": {"class_name": "LSTM", "config": {"recurrent_activation": "hard_sigmoid"}}}}"#
    )
    #expect(inner["config"]?["layer"]?["config"]?["recurrent_activation"] == "hard_sigmoid_3")
    let leaky = try layer(
        "3.0", #"{"class_name": "LeakyReLU", "config": {"name": "l", "negative_slope": 0.1}}"#)
    #expect(leaky["config"]?["alpha"] == 0.1)
    let reshape = try layer(
        "3.0",
        #"{"class_name": "Reshape", "config": {"name": "r", "target_shape": {"class_name": "__tuple__", "items": [2, 3]}}}"#
    )
    #expect(reshape["config"]?["target_shape"] == [2, 3])
    #expect(
        trouble(
            "3.0",
            #"{"class_name": "Dense", "config": {"name": "q", "units": 2, "dtype": {"class_name": "QuantizedDTypePolicy", "config": {"name": "int8_from_float32"}}}}"#
        )?
        .contains("quantized") == true)
    #expect(trouble("3.0", #"{"module": "__main__", "class_name": "Dense", "config": {"name": "q"}}"#) != nil)
}

@Test("axes move and turn as NumPy has it")
func layouts() {
    let cube = Tensor(shape: [2, 3, 2], values: (0..<12).map(Float.init))
    #expect(cube.transposed([2, 0, 1]).values == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    #expect(cube.transposed([2, 0, 1]).shape == [2, 2, 3])
    #expect(cube.mirrored(axes: 2).values == [10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1])
    #expect(cube.mirrored(axes: 1).values == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    let row = Tensor(shape: [1, 4], values: [0, 1, 2, 3])
    #expect(row.split(2).map { $0.map(\.values) } == [[0, 1], [2, 3]])
    #expect(row.split(3) == nil)
    #expect(Tensor.joined([row, row])?.values == [0, 1, 2, 3, 0, 1, 2, 3])
    #expect(Tensor.joined([row, cube]) == nil)
    #expect(Tensor(shape: [0, 2], values: []).transposed([1, 0]).shape == [2, 0])
}

@Test("an .h5 has only words that Keras 2.2.4 knows too, where there are some for the same")
func portableWords() throws {
    let conv = Portable.entry(
        "Conv2D",
        [
            "name": "c", "groups": 1,
            "kernel_initializer": ["class_name": "HeNormal", "config": ["seed": 3]],
            "bias_initializer": ["class_name": "Zeros", "config": [:]],
        ])
    expect(
        conv["config"],
        [
            "groups": nil, "bias_initializer": ["class_name": "Zeros", "config": [:]],
            "kernel_initializer": [
                "class_name": "VarianceScaling",
                "config": ["scale": 2.0, "mode": "fan_in", "distribution": "normal", "seed": 3],
            ],
        ])
    expect(Portable.entry("Conv2D", ["groups": 2])["config"], ["groups": 2])
    let penalty: JSON = ["class_name": "L2", "config": ["l2": 0.5]]
    expect(
        Portable.entry("Dense", ["kernel_regularizer": penalty])["config"],
        ["kernel_regularizer": ["class_name": "L1L2", "config": ["l1": 0.0, "l2": 0.5]]])
    let training = Portable.training(["optimizer_config": ["class_name": "Lion", "config": [:]]])
    #expect(training["optimizer_config"]?["class_name"] == "Custom>Lion")
    expect(Portable.entry("GroupNormalization", ["groups": 1])["config"], ["groups": 1])
    expect(Portable.entry("GlobalMaxPooling1D", ["keepdims": false])["config"], ["keepdims": nil])
    expect(Portable.entry("GlobalMaxPooling1D", ["keepdims": true])["config"], ["keepdims": true])
    expect(Portable.entry("BatchNormalization", ["axis": [-1]])["config"], ["axis": -1])
    // Keras 3 would take the word for a function of that name.
    expect(Portable.entry("Attention", ["score_mode": "dot"])["config"], ["score_mode": nil])
    expect(Portable.entry("Attention", ["score_mode": "concat"])["config"], ["score_mode": "concat"])
    // Keras 3 looks for the class of an inner layer in the module that it names.
    let inner = Portable.entry(
        "TimeDistributed",
        ["layer": ["class_name": "Conv1D", "config": ["groups": 1, "name": "c"]]])["config"]?["layer"]
    #expect(inner?["module"] == "keras.layers" && inner?["class_name"] == "Conv1D")
    expect(inner?["config"], ["groups": nil, "name": "c"])
    // All of it is read again as what it was.
    let again = try layer("2.10.0", conv.text())["config"]?["kernel_initializer"] ?? .null
    #expect(try Initializer(from: again).className == "VarianceScaling")
}

@Test(
    "numbers that only a damaged file has among the options are refused, and do not overflow",
    arguments: [Int.min, -1, Int.max])
func movesOfADamagedFile(moves: Int) throws {
    let config: JSON = [
        "class_name": "TimeDistributed",
        "config": [
            "name": "t",
            "layer": [
                "class_name": "Sequential",
                "config": [
                    "name": "s",
                    "layers": [
                        [
                            "class_name": "InputLayer",
                            "config": ["name": "i", "batch_input_shape": [nil, 3], "dtype": "float32"],
                        ],
                        [
                            "class_name": "BatchNormalization",
                            "config": ["name": "b", "axis": [1], "moves": .integer(moves)],
                        ],
                    ],
                ],
            ],
        ],
    ]
    let model: JSON = [
        "class_name": "Sequential",
        "config": [
            "name": "m",
            "layers": [
                [
                    "class_name": "InputLayer",
                    "config": ["name": "x", "batch_input_shape": [nil, 2, 3], "dtype": "float32"],
                ], config,
            ],
        ],
    ]
    let architecture = Architecture(config: model, kerasVersion: "2.15.0", backend: "tensorflow")
    #expect(throws: CellarError.self) { try architecture.model() }
}
