import Base
import Network
import Tensors
import Testing

@testable import ONNX

@Test("an LSTM's gates go from Keras' order i, f, c, o to ONNX' i, o, f, c")
func gateOrder() throws {
    let model = try chain([4, 1], [("LSTM", ["name": "lstm", "units": 1])])
    let (kernel, recurrent) = (model.weights[1][0].values, model.weights[1][1].values)
    let found = try Exported(model)
    #expect(try found.floats("lstm/kernel") == [0, 3, 1, 2].map { kernel[$0] })
    #expect(try found.floats("lstm/recurrent_kernel") == [0, 3, 1, 2].map { recurrent[$0] })
    #expect(try found.constant("lstm/kernel").shape == [1, 4, 1])
    // The forget gate's bias begins at 1; the state's bias is Keras' none.
    #expect(try found.floats("lstm/bias") == [0, 0, 1, 0, 0, 0, 0, 0])
    #expect(found.isSound())
}

@Test("a GRU says whether it resets afterwards")
func resetAfter() throws {
    for after in [true, false] {
        let found = try Exported(
            [4, 2],
            ("GRU", ["name": "gru", "units": 3, "reset_after": .bool(after), "return_sequences": true]))
        #expect(try found.node("GRU").int("linear_before_reset") == (after ? 1 : 0))
        #expect(try found.constant("gru/bias").shape == [1, 18])
    }
}

@Test("an activation that a recurrent operator does not know is named")
func unknownActivation() throws {
    #expect {
        try Exported([4, 2], ("LSTM", ["name": "odd", "units": 3, "activation": "gelu"]))
    } throws: {
        "\($0)".contains("LSTM \"odd\"") && "\($0)".contains("gelu")
    }
}
