import Base
import Network
import Plots
import Tensors

/// The dependence of a model's answer on the parts of one sample.
public struct Explanation: Sendable {
    public enum Method: String, CaseIterable, Sendable {
        /// The loss of score where a part is covered.
        case occlusion
        /// The gradient of the class's logit by a number of the input, times that number.
        case gradient
    }

    public let method: Method
    /// One for each pixel or column: positive for what speaks for the answer.
    public let values: [Float]
    /// The explained output: a class, or the number of a value.
    public let output: String
    /// The score of the output for the whole sample.
    public let score: Float
}

extension LoadedModel {
    /// The model whose outputs are logits, where it ends with a softmax or sigmoid.
    private func logitModel() throws(CellarError) -> Model {
        try naming(file: path) {
            let folded = try file.model.foldedForInference()
            let loss = Loss(
                file.model.lastActivation() == .sigmoid ? .binaryCrossentropy : .categoricalCrossentropy)
            return try folded.withLossesOnLogits([loss]).0
        }
    }

    /// The number of the output that stands for a class, and the sign with which it does.
    private func output(of label: Int) throws(CellarError) -> (index: Int, sign: Float) {
        if case .binary = try outputMeaning() { return (0, label == 1 ? 1 : -1) }
        return (label, 1)
    }

    /// Returns the gradient of a class's logit, or of a value, times the input.
    ///
    /// - baseline: The reference values of the input; nil for 0.
    public func gradientTimesInput(
        _ sample: [Float], label: Int, baseline: [Float]? = nil
    ) throws(CellarError) -> [Float] {
        let (index, sign) = try output(of: label)
        let model = try logitModel()
        let gradient = try naming(file: path) { try InputGradients(model).gradient(sample, output: index) }
        return sample.indices.map { sign * gradient[$0] * (sample[$0] - (baseline?[$0] ?? 0)) }
    }

    /// Covers parts of a picture, and returns by how much the class's score falls, for each pixel the mean over all parts that
    /// cover it.
    ///
    /// - Parameters:
    ///   - picture: Its height, width and channels are those of the sample.
    ///   - label: The class.
    ///   - window: The side of a part in pixels.
    public func occlusion(
        _ sample: [Float], _ picture: ModelFacts.Picture, label: Int, window: Int
    ) throws(CellarError) -> [Float] {
        let (height, width, channels) = (picture.height, picture.width, picture.channels)
        let step = max(1, window / 2)
        // Digits have a background of 0. Of other pictures the mean covers, as it says nothing.
        let cover: Float = picture.framing == .digit ? 0 : sample.reduce(0, +) / Float(max(sample.count, 1))
        var places: [(row: Int, column: Int)] = []
        for row in stride(from: 1 - window, to: height, by: step) {
            for column in stride(from: 1 - window, to: width, by: step) { places.append((row, column)) }
        }
        func scores(_ floats: [Float]) throws(CellarError) -> Predictions {
            try finitePredictions(for: Samples(shape: file.model.inputShapes[0], floats: floats)).calibrated(
                for: picture)
        }
        let whole = try scores(sample).score(0, of: label)
        var (sums, counts) = (
            [Float](repeating: 0, count: height * width), [Float](repeating: 0, count: height * width)
        )
        for start in stride(from: 0, to: places.count, by: 256) {
            let block = places[start..<min(start + 256, places.count)]
            var covered: [Float] = []
            for (row, column) in block {
                var copy = sample
                for y in max(0, row)..<min(height, row + window) {
                    for x in max(0, column)..<min(width, column + window) {
                        for channel in 0..<channels { copy[(y * width + x) * channels + channel] = cover }
                    }
                }
                covered += copy
            }
            let found = try scores(covered)
            for (index, (row, column)) in block.enumerated() {
                let loss = whole - found.score(index, of: label)
                for y in max(0, row)..<min(height, row + window) {
                    for x in max(0, column)..<min(width, column + window) {
                        sums[y * width + x] += loss
                        counts[y * width + x] += 1
                    }
                }
            }
        }
        return zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
    }
}

/// The loss of accuracy where a column's values are shuffled.
public struct ColumnImportance: Equatable, Sendable {
    public let name: String
    /// The mean and the standard deviation of the loss of score over the repetitions.
    public let mean, standardDeviation: Double

    public init(name: String, mean: Double, standardDeviation: Double) {
        (self.name, self.mean, self.standardDeviation) = (name, mean, standardDeviation)
    }

    public var json: JSON {
        [
            "column": .string(name), "importance": JSON(finite: mean),
            "standard_deviation": JSON(finite: standardDeviation),
        ]
    }
}

extension LoadedModel {
    /// Shuffles each column in turn and returns by how much the score falls, as scikit-learn's `permutation_importance` does
    /// with its default scores: accuracy for classes, R² for values.
    ///
    /// - score: The score of predictions; higher is better.
    public func permutationImportance(
        _ rows: [Float], columns: [String], repetitions: Int, seed: Int,
        score: (Predictions) throws(CellarError) -> Double
    ) throws(CellarError) -> (score: Double, columns: [ColumnImportance]) {
        let width = columns.count
        let count = rows.count / width
        func measure(_ rows: [Float]) throws(CellarError) -> Double {
            try score(predictions(for: Samples(shape: [width], floats: rows)))
        }
        let whole = try measure(rows)
        var found: [ColumnImportance] = []
        for column in 0..<width {
            var losses: [Double] = []
            for repetition in 0..<repetitions {
                // A stream for each column, so that leaving out a column changes no other's number.
                var random = RandomNumbers(seed: seed, stream: column << 32 | repetition)
                var changed = rows
                for (row, source) in random.permutation(of: count).enumerated() {
                    changed[row * width + column] = rows[source * width + column]
                }
                losses.append(whole - (try measure(changed)))
            }
            let mean = losses.reduce(0, +) / Double(repetitions)
            let spread = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(repetitions)
            found.append(.init(name: columns[column], mean: mean, standardDeviation: spread.squareRoot()))
        }
        return (whole, found)
    }
}
