import Network
import Tensors

/// The test images to probabilities: bytes in, as they are stored, and scaled on the way.
func measureManyImages(_ options: Options) throws {
    let images = try testDigits(folder: options.data("mnist")).samples
    let model = try digitsModel().foldedForInference()
    var settings: [(String, () throws -> Void)] = []
    for batch in [100, 250, 1000] {
        for threads in options.threadCounts {
            let predictor = try Predictor(model, batchSize: batch, threads: threads)
            settings.append(("batch \(batch), threads \(threads)", { _ = try predictor.predict([images]) }))
        }
    }
    try reportFastest("10,000 images, probabilities: Cellar", runs: options.runs * 3, items: images.count, settings)
}

/// One image with the model loaded, as a service would ask: bytes in, probabilities out. A thousand images in turn, so
/// that no answer is for an image that the caches still hold.
func measureOneImage(_ options: Options) throws {
    let test = try testDigits(folder: options.data("mnist")).samples
    let predictor = try Predictor(digitsModel().foldedForInference(), batchSize: 1)
    let images = (0..<1000).map { test.selecting($0..<$0 + 1) }
    let seconds = try timed(runs: options.runs * 3) {
        for image in images { _ = try predictor.predict([image]) }
    }
    report("one image: Cellar", seconds: seconds.map { $0 / Double(images.count) }, threads: 1)
}
