import Datasets
import Base
import Network
import Tensors

/// Samples with what the outputs should be, for training, validation or a test.
public struct DataPart: Sendable {
    /// For each input of the model, the same samples in the same order.
    public var inputs: [Samples]
    /// For each output.
    public var targets: [Targets]
    /// What each sample counts for in the loss; nil where all count alike.
    public var weights: [Float]?
    public var count: Int { inputs[0].count }

    public init(inputs: [Samples], targets: [Targets], weights: [Float]? = nil) {
        precondition(!inputs.isEmpty, "a model has an input")
        (self.inputs, self.targets, self.weights) = (inputs, targets, weights)
    }

    /// For a model of one input and one output.
    public init(samples: Samples, targets: Targets, weights: [Float]? = nil) {
        self.init(inputs: [samples], targets: [targets], weights: weights)
    }

    public func selecting(_ rows: some Collection<Int>) -> DataPart {
        DataPart(
            inputs: inputs.map { $0.selecting(rows) }, targets: targets.map { $0.selecting(rows) },
            weights: weights.map { weights in rows.map { weights[$0] } })
    }

    /// The same in place: see `Samples.keep`.
    mutating func keep(_ rows: [Int]) {
        for input in inputs.indices { inputs[input].keep(rows) }
        targets = targets.map { $0.selecting(rows) }
        weights = weights.map { weights in rows.map { weights[$0] } }
    }
}

/// A recipe's data, read and split. The samples are as they were stored: scaling is done by `preprocessing`, layers in
/// front of the model, so that whoever serves the model feeds it raw values too.
public struct PreparedData: Sendable {
    public var train: DataPart
    public var validation, test: DataPart?
    public var preprocessing: [any Layer]
    /// What the outputs mean. Empty for a regression.
    public var classes: [String]
    /// What the inputs mean, where they are columns.
    public var features: [String]
    public var picture: ModelFacts.Picture?
    public var dataset: ModelFacts.Dataset
    public var isRegression: Bool

    public var inputShapes: [[Int]] { train.inputs.map(\.shape) }
    public var inputShape: [Int] { inputShapes[0] }

    /// Reads what the recipe names.
    ///
    /// - Parameter report: is called with a summary of the data (rows, missing values, classes with their balance) as
    ///   soon as it is known, also where an error follows because values are missing.
    public init(_ recipe: Recipe, report: (DataSummary) -> Void = { _ in }) throws(CellarError) {
        do throws(CellarError) {
            var raw = try RawData(recipe.data, losses: recipe.compile.objective.losses, report: report)
            let division = recipe.data.division(validationSplit: recipe.fit.validationSplit)
            try raw.divide(division)
            self.init(splitting: &raw, recipe.data, division)
        } catch {
            // A request that the data cannot fulfil stands in the recipe.
            guard error.category == .usage else { throw error.at(file: recipe.file) }
            throw CellarError(.badData, error.description, file: recipe.file, line: recipe.data.line)
        }
        if !recipe.data.preprocessing.isEmpty, train.inputs.count > 1 {
            throw CellarError(
                .badData,
                "preprocess is for one input, but the data have \(train.inputs.count).", file: recipe.file,
                line: recipe.data.line)
        }
        if recipe.data.preprocessing.contains(.standardScaler), inputShape.count != 1 {
            throw CellarError(
                .badData,
                "StandardScaler is for tables; pictures of shape \(inputShape) want Rescaling.",
                file: recipe.file, line: recipe.data.line)
        }
    }

    private init(splitting raw: inout RawData, _ recipe: DataRecipe, _ division: RowDivision) {
        validation = raw.validationRows.map { raw.all.selecting($0) }
        test = raw.separateTest ?? raw.testRows.map { raw.all.selecting($0) }
        // The largest part stays where the data were read to.
        train = raw.all
        raw.all = DataPart(
            inputs: train.inputs.map { Samples(shape: $0.shape, bytes: []) },
            targets: train.targets.map { _ in .classes([]) })
        train.keep(raw.trainRows)
        (classes, features, isRegression) = (raw.classes, raw.features, raw.isRegression)
        preprocessing = recipe.preprocessing.map { step -> any Layer in
            switch step {
            case .rescaling(let scale, let offset): return Rescaling(scale: scale, offset: offset)
            case .standardScaler:
                let scaler = StandardScaler(fitting: raw.columns, rows: raw.trainRows)
                // The layer divides by the root of a variance; a column that is constant is to be divided by 1.
                let variance = zip(scaler.variance, scaler.scale).map { $1 == $0.squareRoot() ? $0 : $1 * $1 }
                return Normalization(mean: scaler.mean, variance: variance)
            }
        }
        dataset = ModelFacts.Dataset(
            path: raw.path, sha256: raw.sha256, trainRows: train.count,
            validationRows: validation?.count ?? 0,
            testRows: test?.count ?? 0, division: division)
        picture = raw.isPicture ? Self.picture(of: train.inputs[0]) : nil
    }

    /// Bright ink on a dark ground is what MNIST has; the ground is what most of a picture is.
    private static func picture(of samples: Samples) -> ModelFacts.Picture? {
        guard case .bytes(let bytes) = samples.storage, (2...3).contains(samples.shape.count) else {
            return nil
        }
        let looked = bytes.prefix(1000 * samples.size)
        let mean = looked.reduce(0) { $0 + Int($1) } / max(looked.count, 1)
        return ModelFacts.Picture(
            height: samples.shape[0], width: samples.shape[1],
            channels: samples.shape.count == 3 ? samples.shape[2] : 1, inkIsBright: mean < 128)
    }
}
