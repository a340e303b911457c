import Base
import KerasFile
import Network
import Tensors

/// The user's additions to a model file, which override its facts.
public struct ModelOptions: Sendable {
    /// Class names in the order of the outputs; for one sigmoid output, the negative class first.
    public var classes: [String]?
    /// Column names in the order of the inputs.
    public var features: [String]?
    /// The value of a white pixel: 255 or 1. Nil: the file decides.
    public var white: Float?
    /// How pictures are framed. Nil: the file decides.
    public var framing: ModelFacts.Picture.Framing?
    /// The positive one of two classes. Nil: the file decides, or else it is the second.
    public var positive: String?
    /// The score from which on the positive class is predicted. Nil: the file decides.
    public var threshold: Double?
    /// The number of threads. Nil: chosen for the task.
    public var threads: Int?
    public init() {}
}

/// A model that is ready to predict. Its golden sample, if it has one, has been recomputed and compared. Not
/// thread-safe.
public final class LoadedModel {
    /// The model's name for users: `mnist:12`, or the file's path.
    public let name: String
    public let path: String
    public let file: ModelFile
    /// Warnings for the user, one line each.
    public private(set) var warnings: [String] = []

    /// The rows that the model was trained on; nil if they are unknown.
    public var trainedRows: [RowHashes]?

    private let options: ModelOptions
    /// The network folded for inference, for the sample sizes of the last call.
    private(set) var folded: Model
    private var predictor: Predictor
    private var plannedFor: Int

    /// The maximum batch size: smaller for larger samples.
    private var largestBatch: Int {
        let largest = folded.shapes.map { $0.reduce(1, *) }.max() ?? 1
        return max(1, min(256, (1 << 22) / max(largest, 1)))
    }

    public convenience init(
        _ trusted: TrustedFile, name: String? = nil, architecture: Architecture? = nil,
        options: ModelOptions = ModelOptions(), withRows: Bool = false
    ) throws(CellarError) {
        let file = try readModel(
            trusted, architecture: architecture, forTraining: false, withRows: withRows)
        try self.init(file, path: trusted.path, name: name ?? trusted.path, options: options)
    }

    public init(
        _ file: ModelFile, path: String, name: String, options: ModelOptions = ModelOptions()
    ) throws(CellarError) {
        (self.file, self.path, self.name, self.options) = (file, path, name, options)
        trainedRows = file.trainedRows
        folded = try naming(file: path) { try file.model.foldedForInference() }
        let folded = folded
        plannedFor = 1
        predictor = try naming(file: path) { try Predictor(folded, batchSize: 1, threads: 1) }
        if let names = options.features, names.count != inputWidth {
            throw CellarError(
                .usage,
                "\(name): the model takes \(inputWidth) \(file.model.readsTexts ? "values" : "numbers"), but --features has \(names.count) names."
            )
        }
        warnings = file.warnings.map { "\(name): \($0)" }
        try checkGolden()
    }

    /// Recomputes the golden sample; throws for a difference beyond rounding.
    private func checkGolden() throws(CellarError) {
        guard let golden = file.golden else { return }
        let found = try predict(golden.inputs)
        guard found.map(\.count) == golden.outputs.map(\.count) else {
            throw CellarError(
                .badData, "the file is damaged: the golden sample does not fit the model.", file: path,
                remedy: "Fetch the file again.")
        }
        var difference = GoldenDifference(found: found, expected: golden.outputs)
        if difference.isRounding { return }
        // Large numbers that cancel out round coarsely. How coarsely, a slightly different input shows.
        difference = GoldenDifference(
            found: found, expected: golden.outputs,
            changed: try predict(golden.inputs.map(GoldenDifference.changed)))
        guard difference.isRounding else {
            throw CellarError(
                .badData,
                "the model does not compute what it did when it was saved: expected \(difference.expected) for its golden "
                    + "sample, found \(difference.found).",
                file: path, remedy: "The file is damaged: fetch it again, or restore it from a copy.")
        }
    }

    /// The file's facts, if it has any.
    public var facts: ModelFacts? { file.facts }

    var threads: Int { options.threads ?? 1 }
    /// The number of threads if the user chose it.
    var threadsIfChosen: Int? { options.threads }

    /// True if each input is one column of a table: a number or a text.
    public var takesColumns: Bool {
        file.model.hasColumns
            || file.facts?.dataset?.readsColumns ?? false && file.model.inputShapes == [[1]]
    }

    /// True if values of a row are read one by one, as some may be texts.
    var takesValues: Bool { takesColumns || file.model.readsTexts }

    /// Numbers or texts in a sample of the first input.
    public var inputWidth: Int {
        takesColumns ? file.model.inputs.count : file.model.inputShapes[0].reduce(1, *)
    }

    /// Names of the input columns in the model's order; empty if unknown.
    public var features: [String] {
        let names = options.features ?? file.facts?.features ?? []
        // A model with an input for each column names them by its inputs.
        return names.isEmpty && takesColumns ? file.model.inputNames : names
    }

    /// Returns `features`; throws if they are unknown or the model does not take rows of a table.
    public func requiredFeatures() throws(CellarError) -> [String] {
        guard file.model.inputs.count == 1 || takesColumns else {
            throw CellarError(
                .usage,
                "\(name): the model has \(file.model.inputs.count) inputs, expected 1.",
                remedy: "Use .npy files, one per input.")
        }
        if features.isEmpty, let picture = file.facts?.picture {
            throw CellarError(
                .badData,
                "\(name) takes pictures of \(picture.height)×\(picture.width), not rows of a table.",
                remedy: "Use --model to choose another; `registry list` shows all models.")
        }
        guard features.count == inputWidth else {
            throw CellarError(
                .usage,
                "\(name): the model takes \(inputWidth) columns, but has names for "
                    + (features.isEmpty ? "none" : "\(features.count)") + " of them.",
                remedy: "Name them in the model's order, for example --features \"alcohol,pH,…\".")
        }
        return features
    }

    /// Returns the meaning of the output; throws if the model has several, or its classes have no names.
    public func outputMeaning() throws(CellarError) -> OutputMeaning {
        if let known { return known }
        guard file.model.outputs.count == 1 else {
            throw CellarError(
                .usage,
                "\(name): the model has \(file.model.outputs.count) outputs, expected 1.",
                remedy: "Use `infer score` with .npy files and one output file (-o) per output.")
        }
        var meaning = try OutputMeaning(of: file, classes: options.classes, name: name)
        let kept = file.facts?.decision
        if let kept, let positive = options.positive, options.threshold == nil,
            !positive.hasSameBytes(as: kept.positive)
        {
            throw CellarError(
                .usage,
                "\(name): the model predicts \(kept.positive) from \(kept.threshold) on, which is no threshold of \(positive).",
                remedy: "Use --threshold as well, or omit --positive.")
        }
        if let threshold = options.threshold ?? kept?.threshold {
            meaning = try meaning.deciding(
                positive: options.positive ?? kept?.positive, threshold: threshold, name: name)
        } else if let positive = options.positive {
            _ = try meaning.deciding(positive: positive, threshold: 0.5, name: name)
        }
        known = meaning
        return meaning
    }
    private var known: OutputMeaning?

    /// Returns how a picture becomes the model's input.
    public func pictureForm() throws(CellarError) -> ModelFacts.Picture {
        try ModelFacts.Picture(of: file, options, name: name)
    }

    /// Computes the network's outputs, [count, shape] each. `samples` has one element per input.
    public func predict(_ samples: [Samples]) throws(CellarError) -> [Tensor] {
        let shapes = samples.map(\.shape)
        if folded.hasFreeSizes, shapes != folded.inputShapes {
            folded = try naming(file: path) { try folded.bound(to: shapes) }
            plannedFor = 0
        }
        let wanted = max(min(samples.first?.count ?? 1, largestBatch), 1)
        if wanted > plannedFor {
            predictor = try naming(file: path) {
                try Predictor(folded, batchSize: wanted, threads: wanted > 1 ? threads : 1)
            }
            plannedFor = wanted
        }
        return try naming(file: path) {
            guard samples.count == 1, samples[0].count == 1, folded.outputs.count == 1, !samples[0].areTexts
            else {
                return try predictor.predict(samples)
            }
            let shape = folded.outputShapes[0]
            var values = [Float](repeating: 0, count: shape.reduce(1, *))
            try predictor.predictOne(samples[0], row: 0, into: &values)
            return [Tensor(shape: [1] + shape, values: values)]
        }
    }

    /// Makes a predictor for one of several threads. It computes the same as `predict`.
    func newPredictor() throws(CellarError) -> Predictor {
        try naming(file: path) { try Predictor(folded, batchSize: largestBatch, threads: 1) }
    }

    /// Predicts samples of the model's one input.
    public func predictions(for samples: Samples) throws(CellarError) -> Predictions {
        try predictions(for: [samples])
    }

    /// Predicts samples of the model's one input. Throws if a number is infinite or NaN.
    public func finitePredictions(for samples: Samples) throws(CellarError) -> Predictions {
        let predictions = try predictions(for: samples)
        guard predictions.firstNonFinite == nil else {
            throw CellarError(
                .badData, "the model predicts infinity or NaN.", file: name,
                remedy: "`infer inspect` shows its weights; train it again.")
        }
        return predictions
    }

    /// Predicts samples of all inputs.
    public func predictions(for samples: [Samples]) throws(CellarError) -> Predictions {
        let meaning = try outputMeaning()
        return Predictions(try predict(samples)[0], meaning: meaning)
    }
}

/// The largest difference between recomputed and recorded outputs.
struct GoldenDifference {
    private(set) var found: Float = 0
    private(set) var expected: Float = 0
    private var size: Float = 0

    /// An input of which every second number is larger by 16 units in the last place.
    static func changed(_ input: Samples) -> Samples {
        guard let values = input.floats else { return input }
        return Samples(
            shape: input.shape, floats: values.enumerated().map { $0 % 2 == 0 ? $1 : $1 * (1 + 0x1p-20) })
    }

    /// - changed: The outputs for a slightly different input: differences of that size are subtracted.
    init(found: [Tensor], expected: [Tensor], changed: [Tensor]? = nil) {
        for (output, (here, there)) in zip(found, expected).enumerated() {
            for (index, (a, b)) in zip(here.values, there.values).enumerated() {
                let change = changed.map { abs($0[output].values[index] - a) } ?? 0
                // Relative for large numbers, absolute for small ones. NaN equals only NaN.
                let difference = a.isNaN && b.isNaN || a == b ? 0 : (abs(a - b) - change) / max(1, abs(b))
                if !(difference <= size) {
                    (self.found, self.expected, size) = (a, b, difference.isNaN ? .infinity : difference)
                }
            }
        }
    }

    /// Within the rounding differences of other processors and BLAS kernels.
    var isRounding: Bool { size <= 1e-5 }
}
