import Datasets
import Base
import Foundation
import Network
import Tensors

/// All rows of a recipe's data and their division into parts.
struct RawData {
    var all: DataPart
    var trainRows: [Int]
    var validationRows, testRows: [Int]?
    /// Test samples from separate files.
    var separateTest: DataPart?
    /// The columns in full precision, for a scaler.
    var columns: [[Double]] = []
    /// How the table is written, where the recipe says it.
    var dialect: TableDialect?
    /// The columns of a table that enter the model one by one, and the column to predict.
    var tableColumns: [TableColumn]?
    var targetColumn: TargetOfTable?
    /// The units beside the numbers of a table, by column.
    var units: [(column: String, use: UnitUse)] = []
    /// The files that the rows of a table come from.
    var origins: RowOrigins?
    /// The rows of the table that have a target, if some have none.
    var keptRows: [Int]?
    var classes: [String] = []
    var features: [String] = []
    /// The columns of a table to predict, by their names in the table.
    var targets: [String] = []
    /// True if rows without a target are left out.
    var dropsMissingTargets = false
    var isRegression = false
    /// How pictures become the model's input; nil for other data.
    var picture: ModelFacts.Picture?
    /// The path and SHA-256 of the data.
    var path: String
    var sha256: String

    /// - losses: The loss of each output, which determines the type of its labels.
    init(_ recipe: DataRecipe, losses: [Loss?], report: (DataSummary) -> Void) throws(CellarError) {
        switch recipe.source {
        case .csv(let path, let targets, let features):
            if let columns = recipe.columns {
                self = try Self.columns(
                    recipe, columns, path: path, targets: targets, features: features, losses, report)
                self.path = path
                return
            }
            guard recipe.otherFiles.isEmpty, recipe.dialect.hasPlainNumbers, recipe.classes == nil,
                recipe.positive == nil, !recipe.scalesTarget, !recipe.dropsMissingTargets
            else {
                throw CellarError(
                    .badData,
                    "several files, decimal, thousands, missing, units, classes, positive, scale_target and missing_target are for a table with columns.",
                    file: recipe.file, line: recipe.line, remedy: "Add `columns: auto`.")
            }
            self = try Self.table(
                recipe.resolve(path), recipe.dialect, targets: targets, features: features,
                weights: recipe.sampleWeight, losses, report)
            self.path = path
        case .idx(let files): self = try Self.idx(files, recipe, report)
        case .pictures(let folder):
            let pictures = try PictureFolder(recipe.resolve(folder))
            let form = try pictures.form(recipe.pictures)
            let data = try pictures.read(as: form)
            report(DataSummary(name: folder, data, picture: form))
            self.init(data, path: folder, sha256: DatasetDigest.samples(data))
            picture = form
        case .npy(let samples, let labels):
            self = try Self.arrays(
                samples.map(recipe.resolve), labels.map(recipe.resolve), recipe, losses, report)
            path = samples[0]
        }
    }

    init(_ data: LabelledSamples, path: String, sha256: String) {
        all = DataPart(samples: data.samples, targets: .classes(data.labels.map { Int32($0) }))
        trainRows = Array(0..<data.labels.count)
        (classes, self.path, self.sha256) = (data.classes, path, sha256)
    }

    /// - labels: The labels of each output. The classes are those of the first output with classes.
    init(_ inputs: [Samples], _ labels: [OutputLabels], path: String, sha256: String) {
        all = DataPart(inputs: inputs, targets: labels.map(\.targets))
        trainRows = Array(0..<inputs[0].count)
        classes = labels.lazy.map(\.classes).first { !$0.isEmpty } ?? []
        isRegression = classes.isEmpty
        (self.path, self.sha256) = (path, sha256)
    }

    private static func idx(
        _ files: DataRecipe.IDXFiles, _ recipe: DataRecipe, _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        let trainFiles = [files.trainImages, files.trainLabels].map(recipe.existing)
        var train = try readIDX(images: trainFiles[0], labels: trainFiles[1])
        var paths = trainFiles
        var test: LabelledSamples?
        if let images = files.testImages, let labels = files.testLabels {
            let testFiles = [images, labels].map(recipe.existing)
            paths += testFiles
            let read = try readIDX(images: testFiles[0], labels: testFiles[1])
            guard read.samples.shape == train.samples.shape else {
                throw CellarError(
                    .badData, file: testFiles[0],
                    expected: "pictures of shape \(train.samples.shape) as in the training files",
                    found: "\(read.samples.shape)", fix: "Use files of the same data set.")
            }
            // A class may occur in only one of the two.
            if read.classes.count > train.classes.count { train.classes = read.classes }
            test = read
        }
        let folder = commonFolder(of: paths)
        let form = ModelFacts.Picture(of: train.samples, areDigits: recipe.pictures.areDigits)
        report(DataSummary(name: folder, train, picture: form))
        var raw = RawData(train, path: folder, sha256: try recipe.fileDigest() ?? "")
        raw.separateTest = test.map {
            DataPart(samples: $0.samples, targets: .classes($0.labels.map { Int32($0) }))
        }
        raw.picture = form
        return raw
    }
}

extension RawData {
    mutating func divide(_ division: RowDivision) throws(CellarError) {
        if let keptRows { all = all.selecting(keptRows) }
        let rows = try division.rows(all.count) {
            guard case .classes(let classes)? = all.targets.first else { return nil }
            return classes.map { Int($0) }
        } hashes: {
            rowHashes(of: all.inputs)
        }
        (trainRows, validationRows, testRows) = (rows.train, rows.validation, rows.test)
    }
}

/// The targets and classes of one output.
struct OutputLabels {
    var targets: Targets
    /// The class names; empty for numbers.
    var classes: [String]
}
