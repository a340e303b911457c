import Datasets
import Base
import Foundation
import KerasFile
import Network
import Tensors
import TestSupport
import Testing

@testable import Infer

@Test("rows on the command line, in the model's order or by name")
func rowsByHand() throws {
    let model = try SmallModels.regression()
    #expect(
        try HandRow.samples(["1, 2", "-3,4e1"], for: model) == [Samples(shape: [2], floats: [1, 2, -3, 40])])
    #expect(try HandRow.samples(["b=2", " A = 1"], for: model) == [Samples(shape: [2], floats: [1, 2])])
    #expect(try HandRow.samples(["b=2,a=1"], for: model) == [Samples(shape: [2], floats: [1, 2])])
    #expect(HandRow.names(["b=2,a=1", "c=3"]) == ["b", "a", "c"] && HandRow.names(["1,2"]) == [])
    #expect(try model.predictions(for: HandRow.samples(["1,2"], for: model)).values == [9])
}

@Test("a name with a comma or an equals sign is quoted as in CSV, and a value is read as in a table")
func namesWithCommas() throws {
    var file = try SmallModels.regression().file
    file.facts?.features = ["age_(20, 30]", "a=b"]
    let model = try LoadedModel(file, path: "small.h5", name: "line")
    let expected = [Samples(shape: [2], floats: [1, 2])]
    for words in [
        ["\"age_(20, 30]\"=1,a=b=2"], ["a=b=2", "\"age_(20, 30]=1\""], ["True,+2."],
        ["\"age_(20, 30]\" = true", "a=b= 2 "],
    ] {
        #expect(try HandRow.samples(words, for: model) == expected, "\(words)")
    }
    #expect(HandRow.names(["\"age_(20, 30]\"=1,a=b=2"]) == ["age_(20, 30]", "a=b"])
    // The value of a name goes on behind a comma unless another name begins there.
    for words in [
        ["Höhe=9,4", "b=0,5"], ["Höhe=9,4,b=0,5"], ["Höhe=\"9,4\"", "b = \"0,5\""],
        ["\"Höhe=9,4\"", "b=0,5"],
    ] {
        #expect(HandRow.names(words, among: ["Höhe", "b"]) == ["Höhe", "b"], "\(words)")
    }
    for word in ["0x1p3,1", "1_000,1", "1e39,1"] {
        #expect(failure { _ = try HandRow.samples([word], for: model) }?.category == .usage)
    }
    #expect(commaSeparated("cat,\"dog, wet\" , b\"c") == ["cat", "dog, wet", "b\"c"])
}

@Test(
    "the error for a malformed row names the column or the expected count",
    arguments: [
        (["1"], "takes 2 values (a, b), but 1"), (["1,x"], "\"b\", found \"x\""), (["1,nan"], "\"b\""),
        (["a=1"], "also needs b"), (["a=1", "bb=2"], "Did you mean \"b\"?"), (["a=1", "2"], "either all"),
        (["a=1", "a=2", "b=1"], "twice"), (["1,"], "\"b\""),
    ])
func badRows(_ words: [String], _ message: String) throws {
    let model = try SmallModels.regression()
    let error = try #require(failure { _ = try HandRow.samples(words, for: model) })
    #expect(error.category == .usage && error.explanation.contains(message), "\(error)")
}

@Test("a picture is read in the size, scale and polarity of the model")
func pictures() throws {
    let digits = try readIDXImages(
        Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path)
    guard case .bytes(let first) = digits.selecting([0]).storage else {
        Issue.record("pictures are bytes")
        return
    }
    try Fixtures.temporaryFolder { folder in
        let file = folder.path("7.png")
        try writePNG(GrayImage(width: 28, height: 28, pixels: first), to: file)

        let model = try SmallModels.seed(
            "mnist_mlp_sgd.tfk.h5", classes: SmallModels.digits, shipped: true)
        let seen = try model.pictureForm().read(file)
        #expect(seen.image?.pixels == first)
        // That model has no Rescaling, so it takes numbers up to 1.
        #expect(seen.samples == Samples(shape: [28, 28], floats: first.map { Float($0) / 255 }))
        let answers = try model.predictions(for: seen.samples)
        #expect(answers.label(0) == 7 && answers.score(0, of: 7) > 0.9)

        var options = ModelOptions()
        options.white = 255
        #expect(
            try LoadedModel(model.file, path: "m", name: "m", options: options).pictureForm().read(file)
                .samples
                == Samples(shape: [28, 28], bytes: first))
        var dark = model.file
        dark.facts = SmallModels.facts(features: [], classes: SmallModels.digits)
        dark.facts?.picture = ModelFacts.Picture(height: 28, width: 28, inkIsBright: false)
        let inverted = try LoadedModel(dark, path: "m", name: "m").pictureForm().read(file)
        #expect(inverted.samples == Samples(shape: [28, 28], bytes: first.map { 255 - $0 }))
    }
}

@Test("bad pictures")
func badPictures() throws {
    let form = try SmallModels.seed("mnist_mlp_sgd.tfk.h5").pictureForm()
    try Fixtures.temporaryFolder { folder in
        #expect(failure { _ = try form.read(folder.path("nothing.png")) }?.category == .noInput)
        #expect(failure { _ = try form.read(folder.path) }?.category == .noInput)
        for (name, text) in [("text.png", "no picture"), ("empty.png", "")] {
            let file = try folder.file(name, text)
            let error = try #require(failure { _ = try form.read(file) })
            #expect(error.category == .badData && error.place.file == file)
        }
        let blank = folder.path("blank.png")
        try writePNG(GrayImage(width: 30, height: 40, pixels: Array(repeating: 200, count: 1200)), to: blank)
        let error = try #require(failure { _ = try form.read(blank) })
        #expect(error.category == .badData && error.message.contains("blank"))
        // A header with 50,000 × 50,000 pixels, then with 0 × 0.
        for side in [50_000, 0] as [UInt32] {
            var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: blank)))
            for (place, shift) in zip(16..<24, [24, 16, 8, 0, 24, 16, 8, 0] as [UInt32]) {
                bytes[place] = UInt8(truncatingIfNeeded: side >> shift)
            }
            try Data(bytes).write(to: folder.appendingPathComponent("side.png"))
            #expect(failure { _ = try form.read(folder.path("side.png")) }?.category == .badData)
        }
    }
}

@Test("a model of tables refuses pictures, and a model of pictures refuses rows")
func wrongKind() throws {
    let tables = try #require(failure { _ = try SmallModels.binary().pictureForm() })
    #expect(tables.category == .badData && tables.explanation.contains("infer score"))
    let pictures = try #require(
        failure { _ = try SmallModels.seed("mnist_mlp_sgd.tfk.h5").requiredFeatures() })
    #expect(pictures.category == .usage && pictures.message.contains("784"))
}

@Test("the meaning of the outputs by facts, loss and last activation")
func outputMeanings() throws {
    func meaning(
        _ units: Int, _ activation: Activation, _ loss: Loss? = nil, classes: [String]? = nil
    ) throws -> OutputMeaning {
        let model = try SmallModels.dense(
            inputs: 1, units: units, activation, kernel: Array(repeating: 1, count: units),
            bias: Array(repeating: 0, count: units))
        let file = ModelFile(model: model, compiled: loss.map { .init(loss: $0, optimizer: nil) })
        return try OutputMeaning(of: file, classes: classes, name: "m")
    }
    let (two, three) = (["n", "p"], ["x", "y", "z"])
    #expect(try meaning(1, .linear) == .values(1))
    #expect(try meaning(3, .linear) == .values(3))
    #expect(try meaning(3, .linear, Loss(.meanSquaredError)) == .values(3))
    #expect(try meaning(1, .sigmoid, classes: two) == .binary(two, .probability))
    #expect(try meaning(1, .linear, classes: two) == .binary(two, .logit))
    #expect(try meaning(3, .softmax, classes: three) == .classes(three, .probability))
    #expect(try meaning(3, .logSoftmax, classes: three) == .classes(three, .exponential))
    let logits = Loss(.sparseCategoricalCrossentropy, fromLogits: true)
    #expect(try meaning(3, .linear, logits, classes: three) == .classes(three, .softmax))
    // Classes without names are called by their numbers.
    #expect(try meaning(3, .linear, logits) == .classes(["0", "1", "2"], .softmax))
    #expect(try meaning(1, .sigmoid) == .binary(["0", "1"], .probability))
    #expect(failure { _ = try meaning(3, .linear, logits, classes: two) }?.category == .usage)
    let binaryLogits = Loss(.binaryCrossentropy, fromLogits: true)
    #expect(try meaning(1, .linear, binaryLogits, classes: two) == .binary(two, .sigmoid))
    // Keras ignores from_logits behind a sigmoid.
    #expect(try meaning(1, .sigmoid, binaryLogits, classes: two) == .binary(two, .probability))
    #expect(try meaning(1, .linear, Loss(.hinge), classes: two) == .binary(two, .margin))
    #expect(try meaning(1, .tanh, Loss(.meanSquaredError), classes: two) == .binary(two, .margin))
    #expect(try meaning(1, .linear, Loss(.binaryCrossentropy), classes: two) == .binary(two, .value))
    #expect(try meaning(3, .linear, Loss(.categoricalHinge)) == .classes(["0", "1", "2"], .margin))
    #expect(
        try meaning(3, .sigmoid, Loss(.binaryCrossentropy), classes: three) == .labels(three, .probability))
    #expect(try meaning(3, .linear, binaryLogits, classes: three) == .labels(three, .sigmoid))
    #expect(
        try meaning(3, .softmax, Loss(.binaryCrossentropy), classes: three) == .classes(three, .probability))
}

@Test("logits become probabilities")
func links() {
    let logits = Tensor(shape: [2, 3], values: [1, 2, 3, 1000, 0, -1000])
    let answers = Predictions(logits, meaning: .classes(["x", "y", "z"], .softmax))
    // exp(−2), exp(−1), 1 over their sum
    let expected: [Float] = [0.09003057, 0.24472848, 0.66524094, 1, 0, 0]
    #expect(zip(answers.values, expected).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(answers.label(0) == 2 && answers.label(1) == 0 && answers.firstNonFinite == nil)
    let binary = Predictions(
        Tensor(shape: [3, 1], values: [0, 2, -200]), meaning: .binary(["n", "p"], .sigmoid))
    #expect(binary.label(0) == 0 && binary.label(1) == 1)
    #expect(abs(binary.score(1, of: 1) - 0.8807971) < 1e-7 && binary.score(2, of: 0) == 1)
    // The sign of a margin decides.
    let margins = Tensor(shape: [2, 1], values: [0.25, -0.25])
    let hinge = Predictions(margins, meaning: .binary(["n", "p"], .margin))
    #expect(hinge.label(0) == 1 && hinge.label(1) == 0 && hinge.score(1, of: 0) == 0.25)
    let several = Predictions(
        Tensor(shape: [2, 3], values: [1, -1, 2, -1, -1, -1]), meaning: .labels(["x", "y", "z"], .sigmoid))
    #expect(several.labels(0) == [0, 2] && several.labels(1) == [])
}

@Test("arrays of any rank, and several inputs and outputs, in the model's order")
func arrays() throws {
    // Two inputs and two independent outputs: 2 · first, and the sum of second.
    let layers: [any Layer] = [
        InputLayer(name: "first", shape: [1]), InputLayer(name: "second", shape: [2, 2]),
        named(Dense(units: 1), "double"),
        named(Flatten(), "flat"), named(Dense(units: 1), "sum"),
    ]
    var model = try Model(
        name: "two", form: .functional, layers: layers,
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: []), .init(layer: 2, inputs: [0]),
            .init(layer: 3, inputs: [1]), .init(layer: 4, inputs: [3]),
        ], inputs: [0, 1], outputs: [4, 2])
    try model.setWeights([Tensor(shape: [1, 1], values: [2]), Tensor(shape: [1], values: [0])], layer: 2)
    try model.setWeights([Tensor(shape: [4, 1], filledWith: 1), Tensor(shape: [1], values: [0])], layer: 4)
    let loaded = try LoadedModel(ModelFile(model: model), path: "two.h5", name: "two")
    try Fixtures.temporaryFolder { folder in
        let (a, b) = (folder.path("a.npy"), folder.path("b.npy"))
        try writeNPY(Tensor(shape: [3], values: [1, 2, 3]), to: a)
        try writeNPY(Tensor(shape: [3, 2, 2], values: (0..<12).map { Float($0) }), to: b)
        let outputs = [folder.path("sum.npy"), folder.path("double.npy")]
        #expect(try scoreArrays([a, b], with: loaded, to: outputs) == 3)
        #expect(try readNPYNumbers(outputs[0]).shape == [3, 1])
        #expect(try readNPYNumbers(outputs[0]).values == [6, 22, 38])
        #expect(try readNPYNumbers(outputs[1]).values == [2, 4, 6])

        #expect(failure { _ = try scoreArrays([a], with: loaded, to: outputs) }?.category == .usage)
        #expect(failure { _ = try scoreArrays([a, b], with: loaded, to: [outputs[0]]) }?.category == .usage)
        let swapped = try #require(failure { _ = try scoreArrays([b, a], with: loaded, to: outputs) })
        #expect(swapped.category == .badData && swapped.place.file == b)
        try writeNPY(Tensor(shape: [2], values: [1, 2]), to: a)
        #expect(failure { _ = try scoreArrays([a, b], with: loaded, to: outputs) }?.category == .badData)
        // The second output cannot be written: the first is not created either.
        try writeNPY(Tensor(shape: [3], values: [1, 2, 3]), to: a)
        let (new, lost) = (folder.path("new.npy"), folder.path("no/where.npy"))
        #expect(
            failure { _ = try scoreArrays([a, b], with: loaded, to: [new, lost]) }?.category == .cannotCreate)
        #expect(try folder.names == ["a.npy", "b.npy", "double.npy", "sum.npy"])
        // Several outputs have no single meaning.
        #expect(failure { _ = try loaded.outputMeaning() }?.category == .usage)
    }
}

@Test("an array of one sample's shape is one sample")
func oneSample() throws {
    let model = try SmallModels.seed("mnist_mlp_sgd.tfk.h5")
    try Fixtures.temporaryFolder { folder in
        let file = folder.path("x.npy")
        for shape in [[28, 28], [28, 28, 1], [1, 28, 28], [1, 784]] {
            try writeNPY(Tensor(shape: shape, filledWith: 0), to: file)
            #expect(try readArrays([file], for: model)[0].count == 1, "\(shape)")
        }
        try writeNPY(Tensor(shape: [28, 27], filledWith: 0), to: file)
        #expect(failure { _ = try readArrays([file], for: model) }?.category == .badData)
    }
}

private func named<L: Layer>(_ layer: L, _ name: String) -> L {
    var layer = layer
    layer.name = name
    return layer
}
