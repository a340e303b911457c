import Foundation
import Tensors
import Testing

/// exp, tanh and the logistic function as vectors compute them, against Float80's.
@Test("vector functions are within two units in the last place")
func vectorFunctions() {
    var inputs: [Float] = [0, -0.0, 1e-30, -1e-30, 0.624, 0.626, 20, -20, 88, -87, 100, -100, 1000, -1000]
    for i in -2000...2000 { inputs.append(Float(i) / 100) }
    let arena = Arena(count: 3 * inputs.count)
    let (x, sigmoid, tanh) = (
        arena.slice(0, inputs.count), arena.slice(inputs.count, inputs.count),
        arena.slice(2 * inputs.count, inputs.count)
    )
    x.copy(from: inputs)
    Tensors.sigmoid(x, into: sigmoid)
    tanhElements(x, into: tanh)
    for (i, input) in inputs.enumerated() {
        let s = 1 / (1 + exp(-Double(input)))
        let t = Foundation.tanh(Double(input))
        // Below the smallest normal number nothing is left.
        #expect(abs(Double(sigmoid[i]) - s) <= 4e-7 * s + 2e-38, "sigmoid(\(input)) = \(sigmoid[i])")
        #expect(abs(Double(tanh[i]) - t) <= 2.5e-7 * abs(t), "tanh(\(input)) = \(tanh[i])")
    }
    x.fill(.nan)
    Tensors.sigmoid(x, into: sigmoid)
    tanhElements(x, into: tanh)
    #expect(sigmoid[3].isNaN && tanh[3].isNaN)
}

@Test("softmax of long rows, with what attention hides")
func softmaxOfRows() {
    let arena = Arena(count: 40)
    let row = arena.slice(0, 37)
    for i in 0..<37 { row[i] = i % 5 == 0 ? -1e9 : Float(i) / 10 }
    let expected = (0..<37).map { i in i % 5 == 0 ? 0 : exp(Double(i) / 10) }
    let sum = expected.reduce(0, +)
    softmaxRows(row, into: row, width: 37)
    for i in 0..<37 { #expect(abs(Double(row[i]) - expected[i] / sum) < 1e-7) }
}
