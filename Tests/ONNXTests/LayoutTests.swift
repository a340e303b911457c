import Base
import Tensors
import Testing

@testable import ONNX

@Test("a chain of convolutions has a transpose in front and one behind, and none between")
func convolutionChain() throws {
    let found = try Exported(
        [8, 8, 2],
        (
            "Conv2D",
            ["name": "first", "filters": 3, "kernel_size": [3, 2], "padding": "same", "activation": "relu"]
        ),
        ("BatchNormalization", ["name": "norm"]), ("ZeroPadding2D", ["padding": [[1, 0], [2, 0]]]),
        ("MaxPooling2D", ["pool_size": [2, 2]]), ("Conv2D", ["name": "last", "filters": 4, "kernel_size": 3]))
    #expect(
        found.operations == [
            "Transpose", "Conv", "Relu", "BatchNormalization", "Pad", "MaxPool", "Conv", "Transpose",
        ])
    #expect(found.graph.outputs.map(\.name) == ["last"])
    #expect(try found.constant("first/kernel").shape == [3, 2, 3, 2])
    // Of two columns, the one that has to be added for "same" lies behind.
    #expect(try found.node("Conv").ints("pads") == [1, 0, 1, 1])
    // Batch, channels, rows, columns: before, then behind.
    #expect(try found.node("Pad").inputs.count == 2)
    #expect(found.isSound())
}

@Test("a kernel goes from Keras' order to ONNX'")
func kernelOrder() throws {
    let model = try chain([5, 5, 2], [("Conv2D", ["name": "conv", "filters": 3, "kernel_size": 2])])
    let kernel = model.weights[1][0]
    let found = try Exported(model).floats("conv/kernel")
    // [row 1, column 0, input 1, filter 2] → [filter 2, input 1, row 1, column 0]
    let (here, there) = (((2 * 2 + 1) * 2 + 1) * 2, ((1 * 2 + 0) * 2 + 1) * 3 + 2)
    #expect(found[here] == kernel.values[there])
}

@Test("with a free size and strides, the runtime finds out how much to pad")
func freePadding() throws {
    let found = try Exported(
        [nil, nil, 1], ("Conv2D", ["filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"]))
    #expect(try found.node("Conv").string("auto_pad") == "SAME_UPPER")
    #expect(found.graph.inputs.map(\.sizes) == ["batch, in_1, in_2, 1"])
}

@Test("tensors are permuted as NumPy's transpose does")
func permutation() {
    let tensor = Tensor(shape: [2, 1, 3], values: [0, 1, 2, 3, 4, 5])
    #expect(tensor.permuted([2, 0, 1]) == Tensor(shape: [3, 2, 1], values: [0, 3, 1, 4, 2, 5]))
    #expect(tensor.permuted([0, 1, 2]) == tensor)
}
