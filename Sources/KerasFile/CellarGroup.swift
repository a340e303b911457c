import Base
import HDF5
import Network
import Tensors

/// Cellar's root group, which every Keras version ignores:
///
///     /cellar            @format = 1   @facts = JSON text (see ModelFacts)
///     /cellar/golden/    input0, input1 …, output0 …: float32 [1, shape]
///                        @texts0, @texts1 …: JSON text, in place of an input of texts
///     /cellar/best/      @epoch, and LAYER_WEIGHT (both counted from 0): float32
///     /cellar/rows/      0, 1 …: int64 [words], see RowHashes
let cellarGroup = "cellar"
private let format: Int64 = 1

func writeCellarGroup(_ file: HDF5File, _ contents: ModelFile) throws(HDF5Error) {
    guard contents.facts != nil || contents.golden != nil else { return }
    let group = try file.root.makeGroup(cellarGroup)
    try group.attributes.set("format", int64: format)
    if let facts = contents.facts { try group.attributes.set("facts", string: facts.json.text()) }
    if let kept = contents.keptWeights {
        let best = try group.makeGroup("best")
        try best.attributes.set("epoch", int64: Int64(kept.epoch))
        for (layer, tensors) in kept.weights.enumerated() {
            for (index, weight) in tensors.enumerated() {
                try best.write(weight.values, shape: weight.shape, named: "\(layer)_\(index)")
            }
        }
    }
    if let sets = contents.trainedRows {
        let rows = try group.makeGroup("rows")
        for (index, set) in sets.enumerated() {
            let words = set.words
            try rows.write(words.map { Int64(bitPattern: $0) }, shape: [words.count], named: "\(index)")
        }
    }
    guard let golden = contents.golden else { return }
    for (index, input) in golden.inputs.enumerated() {
        if case .texts(let texts) = input.storage {
            let list = JSON.array((0..<texts.count).map { .string(texts.string($0)) })
            try (group.has("golden") ? group.group(named: "golden") : group.makeGroup("golden")).attributes
                .set(
                    "texts\(index)", string: list.text())
        } else {
            try group.write(input.floats ?? [], shape: [1] + input.shape, named: "golden/input\(index)")
        }
    }
    for (index, output) in golden.outputs.enumerated() {
        try group.write(output.values, shape: output.shape, named: "golden/output\(index)")
    }
}

func readFactsOnly(_ file: HDF5File) throws -> ModelFacts? {
    guard file.root.has(cellarGroup) else { return nil }
    let group = try file.root.group(named: cellarGroup)
    if let found = try group.attributes.int64s("format")?.first, found > format {
        throw CellarError(
            .badData,
            "Cellar's group has format \(found), but this version reads only format \(format)",
            remedy: "Use a newer version of Cellar."
        )
    }
    guard let text = try group.attributes.string("facts") else { return nil }
    do {
        return ModelFacts(json: try JSON(parsing: text))
    } catch {
        throw CellarError(.badData, "/cellar@facts is not valid JSON: \(error)")
    }
}

func readCellarGroup(_ file: HDF5File, model: Model) throws -> (ModelFacts?, ModelFile.GoldenSample?) {
    let facts = try readFactsOnly(file)
    guard file.root.has(cellarGroup + "/golden") else { return (facts, nil) }
    let group = try file.root.group(named: cellarGroup + "/golden")
    // For free sizes the sample has the sizes of the training data.
    func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let dataset = try group.dataset(named: name)
        let own = model.hasFreeSizes && dataset.shape.count == shape.count + 1 && dataset.shape.first == 1
        let expected = own ? dataset.shape : [1] + shape
        return Tensor(shape: expected, values: try dataset.readFloats(shape: expected))
    }
    let inputs = try model.inputShapes.enumerated().map { index, shape in
        guard let text = try group.attributes.string("texts\(index)") else {
            let tensor = try tensor("input\(index)", shape)
            return Samples(shape: Array(tensor.shape.dropFirst()), floats: tensor.values)
        }
        let words = try parse(text, of: "/cellar/golden@texts\(index)").array?.compactMap(\.string) ?? []
        guard words.count == shape.reduce(1, *) else {
            throw CellarError(.badData, "the golden sample's texts do not fit the model")
        }
        return Samples(shape: shape, texts: Texts(words))
    }
    let outputs = try model.outputShapes.enumerated().map { index, shape in
        try tensor("output\(index)", shape)
    }
    let golden = ModelFile.GoldenSample(inputs: inputs, outputs: outputs)
    return (facts, golden)
}

/// Reads the hashes of the training rows; nil if the file has none, or has them in a form that is not known here.
func readTrainedRows(_ file: HDF5File) throws -> [RowHashes]? {
    guard file.root.has(cellarGroup + "/rows") else { return nil }
    let group = try file.root.group(named: cellarGroup + "/rows")
    var sets: [RowHashes] = []
    while group.has("\(sets.count)") {
        let dataset = try group.dataset(named: "\(sets.count)")
        guard dataset.shape.count == 1 else { return nil }
        let words = try dataset.readInt64s().map { UInt64(bitPattern: $0) }
        guard let set = RowHashes(words: words) else { return nil }
        sets.append(set)
    }
    return sets.isEmpty ? nil : sets
}

/// Reads the weights of the best epoch; nil if the file has none.
func readKeptWeights(_ file: HDF5File, model: Model) throws -> KeptWeights? {
    guard file.root.has(cellarGroup + "/best") else { return nil }
    let group = try file.root.group(named: cellarGroup + "/best")
    guard let epoch = try group.attributes.int64s("epoch")?.first, (0...1 << 31).contains(epoch) else {
        return nil
    }
    let weights = try model.weightSpecs.enumerated().map { layer, specs in
        try specs.enumerated().map { index, spec in
            let dataset = try group.dataset(named: "\(layer)_\(index)")
            return Tensor(shape: spec.shape, values: try dataset.readFloats(shape: spec.shape))
        }
    }
    return KeptWeights(epoch: Int(epoch), weights: weights)
}
