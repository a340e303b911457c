import Base
import Tensors
import Testing

@testable import Network

@Test("one sample into a buffer is the sample's row of a batch, for bytes, floats, and after dense ones")
func oneSample() throws {
    var layers: [any Layer] = [
        InputLayer(name: "input", shape: [10, 10]), Rescaling(scale: 1 / 255.0), Flatten(),
        Dense(units: 20, activation: .relu), Dense(units: 4, activation: .softmax),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: 1)
    // The first sample is dense, the others are not.
    let bytes = (0..<300).map { (i: Int) -> UInt8 in i < 100 || i % 5 == 0 ? UInt8(i % 251) : 0 }
    let inputs = [
        Samples(shape: [10, 10], bytes: bytes), Samples(shape: [10, 10], floats: bytes.map { Float($0) }),
    ]
    for samples in inputs {
        let predictor = try Predictor(model, batchSize: 1)
        let expected = try predictor.predict([samples])[0].values
        var found = [Float](repeating: 0, count: 6)
        for row in [2, 0, 1, 2] {
            try predictor.predictOne(samples, row: row, into: &found)
            #expect(Array(found[..<4]) == Array(expected[row * 4..<row * 4 + 4]))
        }
        #expect(found[4...] == [0, 0])
        #expect(throws: CellarError.self) { try predictor.predictOne(samples, row: 3, into: &found) }
        #expect(throws: CellarError.self) { try predictor.predictOne(samples, row: -1, into: &found) }
        var small: [Float] = [0, 0, 0]
        #expect(throws: CellarError.self) { try predictor.predictOne(samples, row: 0, into: &small) }
        let other = Samples(shape: [99], floats: Array(repeating: 0, count: 99))
        #expect(throws: CellarError.self) { try predictor.predictOne(other, row: 0, into: &found) }
    }
}
