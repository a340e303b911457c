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
    try reportFastest(
        "10,000 images, probabilities: Cellar", runs: options.runs * 3, items: images.count, settings)
}
