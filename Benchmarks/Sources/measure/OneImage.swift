import Network
import Tensors

/// One image with the model loaded, as a service would ask: bytes in, probabilities out. A thousand images in turn, so
/// that no answer is for an image that the caches still hold.
func measureOneImage(_ digits: Digits, model: Model, runs: Int) throws {
    let count = 1000
    let predictor = try Predictor(model.foldedForInference(), batchSize: 1)
    let images = (0..<count).map { digits.test.selecting($0..<$0 + 1) }
    var seconds = try timed(runs: runs) {
        for image in images { _ = try predictor.predict([image]) }
    }
    report("one image, a tensor as result", seconds: seconds.map { $0 / Double(count) })

    var answer: [Float] = Array(repeating: 0, count: 10)
    seconds = try timed(runs: runs) {
        for row in 0..<count { try predictor.predictOne(digits.test, row: row, into: &answer) }
    }
    report("one image, into a buffer", seconds: seconds.map { $0 / Double(count) })

    // Dense input: nothing can be left out.
    let grey = Samples(shape: [28, 28], bytes: digits.test.bytes.map { max($0, 1) })
    seconds = try timed(runs: runs) {
        for row in 0..<count { try predictor.predictOne(grey, row: row, into: &answer) }
    }
    report("one image without a zero, into a buffer", seconds: seconds.map { $0 / Double(count) })
}

extension Samples {
    fileprivate var bytes: [UInt8] {
        guard case .bytes(let bytes) = storage else { return [] }
        return bytes
    }
}
