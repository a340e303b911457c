import Foundation
import Network
import Tensors

/// How times grow: records named `curve NAME: POINT`. A few runs a point, for the shape of it.
private func point(_ curve: String, _ label: String, seconds: [Double], items: Int, peakBytes: Int? = nil) {
    report("curve \(curve): \(label)", seconds: seconds, items: items, peakBytes: peakBytes)
}

/// Rows of the wine table, file to file, as a whole process.
func scaleRows(_ options: Options) throws {
    try options.withFolder { folder in
        let table = folder + "/wine.csv"
        for rows in [10_000, 100_000, 1_000_000] + (options.isQuick ? [] : [10_000_000]) {
            try writeWine(rows: rows, to: table)
            let done = runs(
                rows > 1_000_000 ? 2 : 5,
                of: [
                    options.command("infer"), "score", table, "--model", "wine", "-o", folder + "/scored.csv",
                ])
            point("rows scored", "\(rows)", seconds: done.seconds, items: rows, peakBytes: done.peakBytes)
        }
    }
}

/// Images computed at once, on one thread.
func scaleBatch(_ options: Options) throws {
    let images = try testDigits(folder: options.data("mnist")).samples
    let model = try digitsModel().foldedForInference()
    for batch in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] {
        let predictor = try Predictor(model, batchSize: batch)
        let seconds = try timed(runs: 5) { _ = try predictor.predict([images]) }
        point("images at once", "\(batch)", seconds: seconds, items: images.count)
    }
}

/// 784-W-10, SGD, batches of 32.
func scaleWidth(_ options: Options) throws {
    let test = try testDigits(folder: options.data("mnist"))
    let labels = Targets.classes(test.labels.map(Int32.init))
    for width in [32, 64, 128, 256, 512, 1024, 2048, 4096] {
        let steps = max(16, 40_000 / width)
        let executor = try TrainingExecutor(
            digitsModel(hidden: [width]), loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD(),
            batchSize: 32)
        let rows = Array(0..<9_984)
        let seconds = timed(runs: 5) {
            for step in 0..<steps {
                let first = step * 32 % rows.count
                _ = executor.trainBatch([test.samples], labels, rows: rows[first..<first + 32])
            }
        }
        point("hidden width", "\(width)", seconds: seconds, items: steps * 32)
    }
}

/// The SGD epoch, each batch split over threads.
func scaleThreads(_ options: Options) throws {
    let digits = try Digits(folder: options.data("mnist"))
    for threads in 1...Processor.count {
        for batchSize in [32, 256] {
            let epoch = try Epoch(digits, digitsModel(), SGD(), batchSize: batchSize, threads: threads)
            point(
                "threads training, batches of \(batchSize)", "\(threads)", seconds: timed(runs: 3, epoch.run),
                items: digits.training.count)
        }
    }
}

/// Random pixels, of which a share is not zero: with the first layer looking for zeros, and kept from it. The two take
/// turns, so that a busy moment hits both.
func scaleDensity(_ options: Options) throws {
    let (count, batchSize) = (4_096, 32)
    var random = RandomNumbers(seed: 7)
    let labels = Targets.classes((0..<count).map { Int32($0 % 10) })
    let rows = Array(0..<count)
    for percent in [5, 10, 20, 30, 40, 50, 55, 60, 65, 80, 100] {
        let pixels = (0..<count * 784).map { _ -> UInt8 in
            random.uniform() * 100 < Double(percent) ? UInt8(1 + Int(random.uniform() * 254)) : 0
        }
        let samples = Samples(shape: [28, 28], bytes: pixels)
        // An offset of next to nothing makes zeros into numbers, as far as the planner knows.
        let executors = try [0, 1e-30].map { offset in
            try TrainingExecutor(
                digitsModel(offset: offset), loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD(),
                batchSize: batchSize)
        }
        var times: [[Double]] = [[], []]
        for _ in 0..<(options.isQuick ? 9 : 25) {
            for (which, executor) in executors.enumerated() {
                times[which] += timed(runs: 1, warmUp: false) {
                    for first in stride(from: 0, to: count, by: batchSize) {
                        _ = executor.trainBatch([samples], labels, rows: rows[first..<first + batchSize])
                    }
                }
            }
        }
        for (which, name) in ["zeros left out", "computed densely"].enumerated() {
            point(
                "share of pixels that are not zero, \(name)", "\(percent) %",
                seconds: Array(times[which].dropFirst()),
                items: count)
        }
    }
}
