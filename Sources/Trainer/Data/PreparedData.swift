import Datasets
import Base
import Network
import Tensors

/// Samples and targets for training, validation or test.
public struct DataPart: Sendable {
    /// The samples of each input of the model, in the same order.
    public var inputs: [Samples]
    /// The targets of each output.
    public var targets: [Targets]
    /// The weight of each sample in the loss; nil for equal weights.
    public var weights: [Float]?
    public var count: Int { inputs[0].count }

    public init(inputs: [Samples], targets: [Targets], weights: [Float]? = nil) {
        precondition(!inputs.isEmpty, "a model has an input")
        (self.inputs, self.targets, self.weights) = (inputs, targets, weights)
    }

    /// Makes the data for a model with one input and one output.
    public init(samples: Samples, targets: Targets, weights: [Float]? = nil) {
        self.init(inputs: [samples], targets: [targets], weights: weights)
    }

    public func selecting(_ rows: some Collection<Int>) -> DataPart {
        DataPart(
            inputs: inputs.map { $0.selecting(rows) }, targets: targets.map { $0.selecting(rows) },
            weights: weights.map { weights in rows.map { weights[$0] } })
    }

    /// Selects rows in place; see `Samples.keep`.
    mutating func keep(_ rows: [Int]) {
        for input in inputs.indices { inputs[input].keep(rows) }
        targets = targets.map { $0.selecting(rows) }
        weights = weights.map { weights in rows.map { weights[$0] } }
    }
}

/// A recipe's data, read and split. The samples are not scaled: `preprocessing` has layers that scale, which become
/// part of the model, so that the model takes raw values.
public struct PreparedData: Sendable {
    public var train: DataPart
    public var validation, test: DataPart?
    public var preprocessing: [any Layer]
    /// The preparation of a table's columns, from an input each.
    public var preparation: TablePreparation?
    /// Names of the classes; empty for regression.
    public var classes: [String]
    /// Names of the input columns of a table.
    public var features: [String]
    /// Names of the columns of a table to predict.
    public var targets: [String]
    public var picture: ModelFacts.Picture?
    public var dataset: ModelFacts.Dataset
    public var isRegression: Bool
    /// The columns with units of different sizes that are read as if they were the same, with those units.
    public var confusedUnits: [(column: String, units: String)]

    public var inputShapes: [[Int]] { train.inputs.map(\.shape) }
    public var inputShape: [Int] { inputShapes[0] }

    /// Reads and splits the recipe's data.
    ///
    /// - Parameter report: Called with a summary of the data (rows, missing values, classes with their balance) as soon
    ///   as it is known, also before an error about missing values.
    public init(_ recipe: Recipe, report: (DataSummary) -> Void = { _ in }) throws(CellarError) {
        do throws(CellarError) {
            var raw = try RawData(recipe.data, losses: recipe.compile.objective.losses, report: report)
            let division = recipe.data.division(validationSplit: recipe.fit.validationSplit)
            try raw.divide(division)
            try Self.check(recipe, inputShapes: raw.all.inputs.map(\.shape))
            try self.init(
                splitting: &raw, recipe.data, division,
                taken: Set(recipe.model.layers.map(\.name) + [TablePreparation.targetName]))
            if let drawn = recipe.data.drawn { try add(drawn, recipe) }
            if recipe.augmentation != nil { try checkAugmentable(recipe) }
        } catch {
            // A request that the data cannot fulfil is an error in the recipe.
            guard error.category == .usage else { throw error.at(file: recipe.file) }
            throw CellarError(.badData, error.description, file: recipe.file, line: recipe.data.line)
        }
    }

    /// Throws if the data are not of the kind that the preprocessing takes.
    private static func check(_ recipe: Recipe, inputShapes: [[Int]]) throws(CellarError) {
        if !recipe.data.preprocessing.isEmpty, inputShapes.count > 1 {
            throw CellarError(
                .badData,
                "preprocess needs one input, but the data have \(inputShapes.count).", file: recipe.file,
                line: recipe.data.line)
        }
        if recipe.data.preprocessing.contains(.standardScaler), inputShapes[0].count != 1 {
            throw CellarError(
                .badData,
                "StandardScaler is for tables, but the samples have shape \(inputShapes[0]).",
                file: recipe.file, line: recipe.data.line, remedy: "Use Rescaling.")
        }
    }

    private init(
        splitting raw: inout RawData, _ recipe: DataRecipe, _ division: RowDivision, taken: Set<String>
    ) throws(CellarError) {
        validation = raw.validationRows.map { raw.all.selecting($0) }
        test = raw.separateTest ?? raw.testRows.map { raw.all.selecting($0) }
        // The largest part is kept in place, without a copy.
        train = raw.all
        raw.all = DataPart(
            inputs: train.inputs.map { Samples(shape: $0.shape, bytes: []) },
            targets: train.targets.map { _ in .classes([]) })
        train.keep(raw.trainRows)
        (classes, features, isRegression) = (raw.classes, raw.features, raw.isRegression)
        confusedUnits = raw.units.compactMap { unit in unit.use.confusion.map { (unit.column, $0) } }
        targets = raw.targets
        preprocessing = try Preparation(
            recipe.preprocessing, columns: raw.columns, rows: raw.trainRows, features: raw.features,
            file: raw.path
        ).layers
        if let columns = raw.tableColumns {
            // Numbers of rows are those of the table, of which some may have no target.
            let rows = raw.keptRows.map { kept in raw.trainRows.map { kept[$0] } } ?? raw.trainRows
            do throws(CellarError) {
                preparation = try TablePreparation(
                    columns, rows: rows, kept: raw.keptRows,
                    target: recipe.scalesTarget
                        ? ScaledTarget(raw.targetColumn, rows: rows, recipe) : nil,
                    taken: taken, file: raw.path)
            } catch { throw raw.origins?.placed(error) ?? error }
        }
        dataset = ModelFacts.Dataset(
            path: raw.path, sha256: raw.sha256, trainRows: train.count,
            validationRows: validation?.count ?? 0,
            testRows: test?.count ?? 0, division: division, dialect: raw.dialect)
        dataset.readsColumns = raw.tableColumns != nil
        dataset.dropsMissingTargets = raw.dropsMissingTargets
        picture = raw.picture
    }
}
