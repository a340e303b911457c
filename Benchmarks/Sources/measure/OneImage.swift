import Network
import Tensors

/// One image with the model loaded, as a service would ask: bytes in, probabilities out. A thousand images in turn, so
/// that no answer is for an image that the caches still hold.
func measureOneImage(_ options: Options) throws {
    let test = try testDigits(folder: options.data("mnist")).samples
    let predictor = try Predictor(digitsModel().foldedForInference(), batchSize: 1)
    func each(_ name: String, _ body: () throws -> Void) rethrows {
        let seconds = try timed(runs: options.runs * 3, body)
        report(name + ": Cellar", seconds: seconds.map { $0 / 1000 }, threads: 1)
    }
    var answer: [Float] = Array(repeating: 0, count: 10)
    try each("one image") {
        for row in 0..<1000 { try predictor.predictOne(test, row: row, into: &answer) }
    }
    let images = (0..<1000).map { test.selecting($0..<$0 + 1) }
    try each("one image, a tensor as result") {
        for image in images { _ = try predictor.predict([image]) }
    }
    // Dense input: nothing can be left out.
    let grey = Samples(shape: [28, 28], bytes: test.bytes.map { max($0, 1) })
    try each("one image without a zero") {
        for row in 0..<1000 { try predictor.predictOne(grey, row: row, into: &answer) }
    }
}

extension Samples {
    fileprivate var bytes: [UInt8] {
        guard case .bytes(let bytes) = storage else { return [] }
        return bytes
    }
}
