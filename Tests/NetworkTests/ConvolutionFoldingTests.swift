import Base
import Tensors
import Testing

@testable import Network

private struct FoldingCase: CustomStringConvertible, Sendable {
    let className: String
    let options: JSONObject
    var axis = -1
    var folds = true
    var description: String { "\(className) \(JSON.object(options).text())" }

    static let all = [
        FoldingCase(className: "Conv2D", options: ["filters": 3, "kernel_size": 2]),
        FoldingCase(
            className: "Conv2D", options: ["filters": 6, "kernel_size": 2, "groups": 3, "use_bias": false]),
        FoldingCase(
            className: "Conv2D", options: ["filters": 2, "kernel_size": 2, "data_format": "channels_first"],
            axis: 1),
        FoldingCase(className: "DepthwiseConv2D", options: ["kernel_size": 2, "depth_multiplier": 2]),
        FoldingCase(
            className: "SeparableConv2D", options: ["filters": 2, "kernel_size": 2, "use_bias": false]),
        FoldingCase(className: "Conv2DTranspose", options: ["filters": 2, "kernel_size": 2]),
        // What ends with an activation stays, and what normalizes another axis.
        FoldingCase(
            className: "Conv2D", options: ["filters": 3, "kernel_size": 2, "activation": "relu"], folds: false
        ),
        FoldingCase(className: "Conv2D", options: ["filters": 3, "kernel_size": 2], axis: 1, folds: false),
    ]
}

@Test("a normalization and an activation behind a convolution go into it", arguments: FoldingCase.all)
private func foldedConvolution(given: FoldingCase) throws {
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [4, 5, 3]),
        try LayerTable.make(className: given.className, config: given.options),
        try LayerTable.make(className: "BatchNormalization", config: ["axis": .integer(given.axis)]),
        ReLU(),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    var random = RandomNumbers(seed: 4)
    for layer in model.layers.indices {
        try model.setWeights(
            model.weightSpecs[layer].map { spec in
                let low: Float = spec.name == "moving_variance" ? 0.2 : -1
                return Tensor(
                    shape: spec.shape,
                    values: (0..<spec.count).map { _ in low + (1 - low) * Float(random.uniform()) })
            }, layer: layer)
    }
    let folded = try model.foldedForInference()
    #expect(folded.layers.count == (given.folds ? 2 : 4))
    let samples = Samples(shape: [4, 5, 3], floats: (0..<7 * 60).map { _ in Float(random.uniform() - 0.5) })
    let wanted = try Predictor(model).predict([samples])[0]
    let found = try Predictor(folded).predict([samples])[0]
    let worst = zip(found.values, wanted.values).map { abs($0 - $1) }.max() ?? 0
    #expect(found.shape == wanted.shape && worst < 3e-6)
    #expect(wanted.values.contains { $0 > 0.1 })
}
