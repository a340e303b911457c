import Base
import Datasets
import Network
import Tensors

extension PreparedData {
    /// Adds pictures that a program draws to the training rows. Those that are no digits have the same target for every class, so
    /// that the network learns to be unsure of such pictures.
    mutating func add(_ drawn: DrawnPictures, _ recipe: Recipe) throws(CellarError) {
        func wrong(_ message: String, _ remedy: String) -> CellarError {
            CellarError(.badData, message, file: recipe.file, line: recipe.data.line, remedy: remedy)
        }
        guard train.inputs.count == 1, train.inputs[0].size == 784, picture?.white == 255,
            case .bytes(let bytes) = train.inputs[0].storage, case .classes(let labels) = train.targets[0],
            classes == (0...9).map(String.init)
        else {
            throw wrong(
                "drawn needs pictures of 28×28 bytes with the classes 0 to 9.",
                "Remove drawn, or use such pictures.")
        }
        guard drawn.others == 0 || recipe.compile.objective.losses.first??.kind == .categoricalCrossentropy
        else {
            throw wrong(
                "drawn has others, which belong to no class and need a loss that takes shares of classes.",
                "Use loss: categorical_crossentropy.")
        }
        guard let pool = ThreadPool(count: min(Processor.count, 8)) else { return }
        let isBright = picture?.inkIsBright ?? true
        var known: ChangedDigits?
        if drawn.usesDigits, !labels.isEmpty {
            known = ChangedDigits(pixels: isBright ? bytes : bytes.map { 255 - $0 }, labels: labels)
        }
        let made = drawn.made(on: pool, from: known)
        let pixels = isBright ? made.pixels : made.pixels.map { 255 - $0 }
        let samples = Samples(shape: train.inputs[0].shape, bytes: bytes + pixels)
        let all = labels + made.labels.map { Int32($0) }
        guard drawn.others > 0 else {
            train = DataPart(samples: samples, targets: .classes(all))
            return
        }
        var shares = [Float](repeating: 0, count: all.count * 10)
        for (row, label) in all.enumerated() { shares[row * 10 + Int(label)] = 1 }
        shares += [Float](repeating: 0.1, count: drawn.others * 10)
        train = DataPart(samples: samples, targets: .values(shares, width: 10))
    }

    /// Throws if the training rows are no pictures of bytes.
    func checkAugmentable(_ recipe: Recipe) throws(CellarError) {
        if train.inputs.count == 1, case .bytes = train.inputs[0].storage,
            [2, 3].contains(train.inputs[0].shape.count),
            train.inputs[0].shape.count == 2 || train.inputs[0].shape[2] == 1
        {
            return
        }
        throw CellarError(
            .badData, "augment takes grey pictures of bytes.", file: recipe.file, line: recipe.data.line,
            remedy: "Remove augment.")
    }
}
