import Base
import Datasets
import Glibc
import Network
import Tensors

extension Training {
    /// The limits below which the model gives no sure answer. Nil unless it was also trained on pictures without a digit.
    ///
    /// They are found on the validation pictures, changed at random as the training pictures are, and on digits drawn with another
    /// seed: pictures that the model has not seen, and harder than those of the data.
    func abstention(of model: Model) throws(CellarError) -> ModelFacts.Picture.Abstention? {
        guard let drawn = recipe.data.drawn, drawn.others > 0, let validation = data.validation,
            case .classes(let labels) = validation.targets[0], let pool = ThreadPool(count: threads)
        else { return nil }
        let seed = 1_000_003 &+ self.seed
        let more = DrawnPictures(digits: 2000, others: 0, seed: drawn.seed &+ 1_000_003).made(on: pool)
        let isBright = data.picture?.inkIsBright ?? true
        guard case .bytes(let pictures) = validation.inputs[0].storage else { return nil }
        var samples = Samples(
            shape: validation.inputs[0].shape,
            bytes: pictures + (isBright ? more.pixels : more.pixels.map { 255 - $0 }))
        if let augmentation = recipe.augmentation {
            samples = augmentation.applied(to: samples, seed: seed, epoch: 0, on: pool)
        }
        let truth = labels.map { Int($0) } + more.labels
        let outputs = try Predictor(model, batchSize: 256, threads: threads).predict([samples])
        return AbstentionFit(probabilities: outputs[0].values, truth: truth).abstention
    }
}

/// Finds a temperature and limits on predictions whose truth is known.
struct AbstentionFit {
    /// The logarithms of the predicted probabilities: [count, classes].
    private let logarithms: [Double]
    private let truth: [Int]
    private let classes: Int

    init(probabilities: [Float], truth: [Int]) {
        self.truth = truth
        classes = probabilities.count / max(truth.count, 1)
        logarithms = probabilities.map { log(max(Double($0), 1e-30)) }
    }

    var abstention: ModelFacts.Picture.Abstention {
        let temperature = bestTemperature
        var (missing, together): ([Double], [Double]) = ([], [])
        var answers: [(confidence: Double, isRight: Bool)] = []
        for row in truth.indices {
            let values = probabilities(row, temperature)
            let order = values.indices.sorted { values[$0] > values[$1] }
            answers.append((values[order[0]], order[0] == truth[row]))
            missing.append(1 - values[truth[row]])
            together.append(values[order[0]] + values[order[1]])
        }
        missing.sort()
        together.sort()
        return .init(
            temperature: temperature, minimumConfidence: leastSure(answers),
            leastDigit: min(max(together[together.count / 500], 0.4), 0.7),
            missing: (0...100).map { missing[min($0 * missing.count / 100, missing.count - 1)] })
    }

    /// The lowest confidence from which on at most 2 of 1,000 answers are wrong; between 0.5 and 0.98.
    private func leastSure(_ answers: [(confidence: Double, isRight: Bool)]) -> Double {
        let sorted = answers.sorted { $0.confidence > $1.confidence }
        var (wrong, limit) = (0, 0.98)
        for (index, answer) in sorted.enumerated() {
            if !answer.isRight { wrong += 1 }
            if wrong * 500 <= index + 1 { limit = answer.confidence }
        }
        return min(max(limit, 0.5), 0.98)
    }

    private func probabilities(_ row: Int, _ temperature: Double) -> [Double] {
        let part = logarithms[row * classes..<(row + 1) * classes].map { $0 / temperature }
        let highest = part.max() ?? 0
        let powers = part.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The temperature with the least cross-entropy, by a search that narrows down.
    private var bestTemperature: Double {
        func loss(_ temperature: Double) -> Double {
            truth.indices.reduce(0) {
                $0 - log(max(probabilities($1, temperature)[truth[$1]], 1e-30))
            }
        }
        var (low, high) = (0.25, 4.0)
        for _ in 0..<24 {
            let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
            if loss(a) < loss(b) { high = b } else { low = a }
        }
        return (low + high) / 2
    }
}
