import Base
import KerasFile
import Network
import Tensors

/// What a model file does not say, or says otherwise than the user wants it.
public struct ModelOptions: Sendable {
    /// Names of the classes, in the order of the outputs; for one sigmoid output, the negative class first.
    public var classes: [String]?
    /// Names of the columns, in the order of the inputs.
    public var features: [String]?
    /// The number that a white pixel becomes: 255 or 1. Nil: as `PictureForm` finds it.
    public var white: Float?
    /// Threads that compute. Nil: as many as pay for the work at hand.
    public var threads: Int?
    public init() {}
}

/// A model, ready to answer. It has been checked to compute here what it computed where it was saved. One caller at a
/// time.
public final class LoadedModel {
    /// What people call it: `mnist:12`, or the file's path.
    public let name: String
    public let path: String
    public let file: KerasFile.ModelFile
    /// What a user should know before trusting it, one line each.
    public private(set) var warnings: [String] = []

    private let options: ModelOptions
    /// The network with less to compute, for samples of the sizes that came last.
    private(set) var folded: Model
    private var predictor: Predictor
    private var plannedFor: Int

    /// Samples that are computed at once: fewer where each is large.
    private var largestBatch: Int {
        let largest = folded.shapes.map { $0.reduce(1, *) }.max() ?? 1
        return max(1, min(256, (1 << 22) / max(largest, 1)))
    }

    public convenience init(
        path: String, name: String? = nil, architecture: Architecture? = nil,
        options: ModelOptions = ModelOptions()
    ) throws(CellarError) {
        let file = try reporting { try readModel(path, architecture: architecture, forTraining: false) }
        try self.init(file, path: path, name: name ?? path, options: options)
    }

    public init(
        _ file: KerasFile.ModelFile, path: String, name: String, options: ModelOptions = ModelOptions()
    ) throws(CellarError) {
        (self.file, self.path, self.name, self.options) = (file, path, name, options)
        folded = try reporting(file: path) { try file.model.foldedForInference() }
        let folded = folded
        plannedFor = 1
        predictor = try reporting(file: path) { try Predictor(folded, batchSize: 1, threads: 1) }
        if let names = options.features, names.count != inputWidth {
            throw CellarError(
                .usage,
                "\(name): the model takes \(inputWidth) numbers, but --features names \(names.count).")
        }
        warnings = file.warnings.map { "\(name): \($0)" }
        if let warning = try checkGolden() { warnings.append(warning) }
    }

    /// Recomputes the sample that was saved with the model.
    private func checkGolden() throws(CellarError) -> String? {
        guard let golden = file.golden else { return nil }
        let outputs = try predict(
            golden.inputs.map { Samples(shape: Array($0.shape.dropFirst()), floats: $0.values) })
        guard outputs.map(\.count) == golden.outputs.map(\.count) else {
            throw CellarError(
                .badData, "the golden sample does not fit the model. The file is damaged.", file: path)
        }
        let worst = GoldenDifference(found: outputs, expected: golden.outputs)
        guard !worst.isDamage else {
            throw CellarError(
                .badData,
                "the model computes something else than where it was saved: expected \(worst.expected) for "
                    + "its golden sample, found \(worst.found). Its weights were changed; fetch the file again.",
                file: path)
        }
        return worst.isSmall
            ? nil
            : "\(name): its golden sample gives \(worst.found) here, \(worst.expected) where it was saved; "
                + "expect answers to differ by as much."
    }

    /// Facts for a person, where the file has any.
    public var facts: ModelFacts? { file.facts }

    var threads: Int { options.threads ?? 1 }
    /// As the user wants it.
    var threadsIfChosen: Int? { options.threads }

    /// Numbers in a sample of the first input.
    public var inputWidth: Int { file.model.inputShapes[0].reduce(1, *) }

    /// Names of the columns that a table must have, in the model's order; empty where nobody named them.
    public var features: [String] { options.features ?? file.facts?.features ?? [] }

    /// The same, or an error that says what to do.
    public func requiredFeatures() throws(CellarError) -> [String] {
        guard file.model.inputs.count == 1 else {
            throw CellarError(
                .usage,
                "\(name): the model has \(file.model.inputs.count) inputs. Give it .npy files, one for each.")
        }
        if features.isEmpty, let picture = file.facts?.picture {
            throw CellarError(
                .badData,
                "\(name) takes pictures of \(picture.height)×\(picture.width), not rows of a table. Name another with "
                    + "--model; `registry list` shows them.")
        }
        guard features.count == inputWidth else {
            throw CellarError(
                .usage,
                "\(name): the model does not name the \(inputWidth) columns that it takes"
                    + (features.isEmpty ? "" : " (only \(features.count))")
                    + ". Name them in its order, as --features \"alcohol,pH,…\".")
        }
        return features
    }

    /// What the output means. An error where the model has several, or its classes have no names.
    public func head() throws(CellarError) -> Head {
        if let known { return known }
        guard file.model.outputs.count == 1 else {
            throw CellarError(
                .usage,
                "\(name): the model has \(file.model.outputs.count) outputs. Use `infer score` with .npy files, one "
                    + "output file (-o) for each.")
        }
        let head = try Head(of: file, classes: options.classes, name: name)
        known = head
        return head
    }
    private var known: Head?

    /// How a picture has to look.
    public func pictureForm() throws(CellarError) -> PictureForm {
        try PictureForm(of: file, white: options.white, name: name)
    }

    /// The network's outputs, [count, shape] each. Samples as many as the inputs.
    public func predict(_ samples: [Samples]) throws(CellarError) -> [Tensor] {
        let shapes = samples.map(\.shape)
        if folded.hasFreeSizes, shapes != folded.inputShapes {
            folded = try reporting(file: path) { try folded.bound(to: shapes) }
            plannedFor = 0
        }
        let wanted = max(min(samples.first?.count ?? 1, largestBatch), 1)
        if wanted > plannedFor {
            predictor = try reporting(file: path) {
                try Predictor(folded, batchSize: wanted, threads: wanted > 1 ? threads : 1)
            }
            plannedFor = wanted
        }
        return try reporting(file: path) { try predictor.predict(samples) }
    }

    /// Computes as `predict` does, in one thread, beside others that do the same.
    func newPredictor() throws(CellarError) -> Predictor {
        try reporting(file: path) { try Predictor(folded, batchSize: largestBatch, threads: 1) }
    }

    /// The answers for samples of the one input.
    public func answers(_ samples: Samples) throws(CellarError) -> Answers {
        let head = try head()
        return Answers(try predict([samples])[0], head: head)
    }
}

/// How far a recomputed output is from the recorded one, at the worst number.
struct GoldenDifference {
    private(set) var found: Float = 0
    private(set) var expected: Float = 0
    private var size: Float = 0

    init(found: [Tensor], expected: [Tensor]) {
        for (here, there) in zip(found, expected) {
            for (a, b) in zip(here.values, there.values) {
                // Relative for large numbers, absolute for small. NaN is far from everything but NaN.
                let difference = a.isNaN && b.isNaN || a == b ? 0 : abs(a - b) / max(1, abs(b))
                if !(difference <= size) {
                    (self.found, self.expected, size) = (a, b, difference.isNaN ? .infinity : difference)
                }
            }
        }
    }

    /// Other processors and BLAS kernels round otherwise, but not by more than this.
    var isSmall: Bool { size <= 1e-5 }
    /// No rounding explains this.
    var isDamage: Bool { size > 1e-2 }
}
