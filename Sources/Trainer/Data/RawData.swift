import Datasets
import Digests
import Foundation
import Network
import Tensors

/// All rows of a recipe's data, and which of them are for what.
struct RawData {
    var all: DataPart
    var trainRows: [Int]
    var validationRows, testRows: [Int]?
    /// Test samples that come in files of their own.
    var separateTest: DataPart?
    /// The columns in full precision, for a scaler.
    var columns: [[Double]] = []
    var classes: [String] = []
    var features: [String] = []
    var isRegression = false
    var isPicture = false
    /// What the data are called, and what they are.
    var path: String
    var sha256: String

    init(_ recipe: DataRecipe, loss: Loss?, report: (DataSummary) -> Void) throws {
        let isRegression = loss?.isForNumbers ?? false
        switch recipe.source {
        case .csv(let path, let targets, let features):
            self = try Self.table(
                recipe.resolve(path), targets, features, recipe.sampleWeight, isRegression, report)
            self.path = path
        case .idx(let files): self = try Self.idx(files, recipe, report)
        case .pictures(let folder):
            let data = try readPictureFolder(recipe.resolve(folder))
            report(DataSummary(name: folder, data))
            self.init(data, path: folder, sha256: Self.digest(of: data))
            isPicture = true
        case .npy(let samples, let labels):
            self = try Self.npy(recipe.resolve(samples), recipe.resolve(labels), loss, report)
            path = samples
        }
        if let split = recipe.split { try self.split(split) }
        if let first = recipe.validationFirst { try takeValidation(first: first) }
    }

    private init(_ data: LabelledSamples, path: String, sha256: String) {
        all = DataPart(samples: data.samples, targets: .classes(data.labels.map { Int32($0) }))
        trainRows = Array(0..<data.labels.count)
        (classes, self.path, self.sha256) = (data.classes, path, sha256)
    }

    private static func table(
        _ path: String, _ targets: [String], _ chosen: [String]?, _ weights: String?, _ isRegression: Bool,
        _ report: (DataSummary) -> Void
    ) throws -> RawData {
        let table = try Table(path: path)
        let target = targets[0]
        guard isRegression || targets.count == 1 else {
            throw DataError(
                .badRequest, expected: "one target column with classes", found: "\(targets.count) columns",
                fix: "Name one, or use a loss for numbers, as mean_squared_error.")
        }
        let labels = try table.text(target)
        let features = chosen ?? table.columns.filter { !targets.contains($0) && $0 != weights }
        guard !features.isEmpty else {
            throw DataError(
                .badData, file: path, expected: "columns beside \"\(target)\" to learn from", found: "none",
                fix: "Use a table with more columns.")
        }
        let encoder = isRegression ? nil : LabelEncoder(fitting: labels.filter { !$0.isEmpty })
        let known = encoder.map { encoder in labels.compactMap { encoder.code($0) } }
        report(
            DataSummary(
                name: path, samples: table.rowCount, shape: [features.count], features: features,
                classes: encoder.flatMap { encoder in
                    known.map { ClassDistribution(classes: encoder.classes, labels: $0) }
                },
                missing: try table.missingValues()))
        let columns = try table.numbers(features)
        let samples = try table.samples(features)
        var raw: RawData
        if let encoder {
            let codes = try encoder.encode(labels, file: path, column: target)
            raw = RawData(
                LabelledSamples(samples: samples, labels: codes, classes: encoder.classes), path: path,
                sha256: try Digest.ofFile(path))
        } else {
            let numbers = try table.numbers(targets)
            let values = (0..<table.rowCount).flatMap { row in numbers.map { Float($0[row]) } }
            raw = RawData(
                numbers: values, width: targets.count, samples, path: path, sha256: try Digest.ofFile(path))
        }
        raw.all.weights = try weights.map { try Self.weights($0, of: table, path) }
        (raw.columns, raw.features) = (columns, features)
        return raw
    }

    private static func weights(_ column: String, of table: Table, _ path: String) throws -> [Float] {
        try table.numbers(column).enumerated().map { row, weight in
            guard weight >= 0, Float(weight).isFinite else {
                throw DataError(
                    .badData, file: path, row: row + 1, column: column, expected: "a weight from 0 on",
                    found: "\(weight)", fix: "Correct the value, or name another column as sample_weight.")
            }
            return Float(weight)
        }
    }

    /// For a regression.
    private init(numbers: [Float], width: Int, _ samples: Samples, path: String, sha256: String) {
        all = DataPart(samples: samples, targets: .values(numbers, width: width))
        trainRows = Array(0..<samples.count)
        (isRegression, self.path, self.sha256) = (true, path, sha256)
    }

    private static func idx(
        _ files: DataRecipe.IDXFiles, _ recipe: DataRecipe, _ report: (DataSummary) -> Void
    ) throws -> RawData {
        let trainFiles = [files.trainImages, files.trainLabels].map { existing($0, recipe) }
        var train = try readIDX(images: trainFiles[0], labels: trainFiles[1])
        var paths = trainFiles
        var test: LabelledSamples?
        if let images = files.testImages, let labels = files.testLabels {
            let testFiles = [images, labels].map { existing($0, recipe) }
            paths += testFiles
            let read = try readIDX(images: testFiles[0], labels: testFiles[1])
            guard read.samples.shape == train.samples.shape else {
                throw DataError(
                    .badData, file: testFiles[0],
                    expected: "pictures of \(train.samples.shape), as in training",
                    found: "\(read.samples.shape)", fix: "Use the files of one set.")
            }
            // A class that only one of the two has is a class all the same.
            if read.classes.count > train.classes.count { train.classes = read.classes }
            test = read
        }
        let folder = commonFolder(of: paths)
        report(DataSummary(name: folder, train))
        var raw = RawData(train, path: folder, sha256: try Digest.ofFiles(paths, below: folder))
        raw.separateTest = test.map {
            DataPart(samples: $0.samples, targets: .classes($0.labels.map { Int32($0) }))
        }
        raw.isPicture = true
        return raw
    }

    /// The file by that name, or gzipped beside it.
    private static func existing(_ path: String, _ recipe: DataRecipe) -> String {
        let plain = recipe.resolve(path)
        let zipped = recipe.resolve(path + ".gz")
        return !isFile(plain) && isFile(zipped) ? zipped : plain
    }

    private static func npy(
        _ samplesFile: String, _ labelsFile: String, _ loss: Loss?, _ report: (DataSummary) -> Void
    ) throws -> RawData {
        let isRegression = loss?.isForNumbers ?? false
        let samples = try readNPY(samplesFile)
        let digest = try Digest.ofFiles(
            [samplesFile, labelsFile], below: commonFolder(of: [samplesFile, labelsFile]))
        func check(_ count: Int) throws {
            guard count == samples.count else {
                throw DataError(
                    .badData, file: labelsFile,
                    expected: "\(samples.count) labels, one for each of \(samplesFile)",
                    found: "\(count)", fix: "Use the two files of one set.")
            }
        }
        var raw: RawData
        let several = try isRegression ? true : readNPY(labelsFile).size > 1
        if several {
            let targets = try readNPY(labelsFile)
            try check(targets.count)
            let values: [Float] =
                switch targets.storage {
                case .floats(let values): values
                case .bytes(let bytes): bytes.map { Float($0) }
                }
            report(DataSummary(name: samplesFile, samples: samples.count, shape: samples.shape))
            raw = RawData(numbers: values, width: targets.size, samples, path: samplesFile, sha256: digest)
            raw.isRegression = isRegression
            if !isRegression {
                // One class index for each position, or one number for each class.
                let largest = values.reduce(0) { max($0, $1.isFinite ? $1 : 0) }
                let count =
                    loss?.kind == .sparseCategoricalCrossentropy
                    ? Int(min(largest, 1e6)) + 1 : targets.shape.last ?? 1
                raw.classes = (0..<count).map(String.init)
            }
        } else {
            let labels = try readNPYLabels(labelsFile)
            try check(labels.count)
            guard let largest = labels.max(), let least = labels.min(), least >= 0, largest < 1_000_000 else {
                throw DataError(
                    .badData, file: labelsFile, expected: "class numbers from 0 on",
                    found: "\(labels.min() ?? 0) to \(labels.max() ?? 0)", fix: "Number the classes 0, 1, 2 …"
                )
            }
            let data = LabelledSamples(
                samples: samples, labels: labels, classes: (0...largest).map(String.init))
            report(DataSummary(name: samplesFile, data))
            raw = RawData(data, path: samplesFile, sha256: digest)
        }
        if samples.shape.count == 1, case .floats(let values) = samples.storage {
            raw.columns = (0..<samples.size).map { column in
                stride(from: column, to: values.count, by: samples.size).map { Double(values[$0]) }
            }
        } else if case .bytes = samples.storage, (2...3).contains(samples.shape.count) {
            raw.isPicture = true
        }
        return raw
    }

    /// Pictures come from many files: what is digested are their pixels and labels.
    private static func digest(of data: LabelledSamples) -> String {
        var digest = SHA256()
        if case .bytes(let bytes) = data.samples.storage {
            unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
        }
        unsafe data.labels.withUnsafeBytes { unsafe digest.update($0) }
        return digest.finish()
    }
}

extension RawData {
    /// scikit-learn's train_test_split, once for the test rows and once more, with the same seed, for the validation rows.
    mutating func split(_ recipe: DataRecipe.SplitRecipe) throws {
        func part(_ size: SplitSize) throws {
            var stratify: [Int]?
            if recipe.stratify, case .classes(let classes) = all.targets {
                stratify = trainRows.map { Int(classes[$0]) }
            }
            let parts = try trainTestSplit(
                count: trainRows.count, testSize: size, randomState: recipe.randomState, stratify: stratify,
                shuffle: recipe.shuffle)
            taken = parts.test.map { trainRows[$0] }
            trainRows = parts.train.map { trainRows[$0] }
        }
        var taken: [Int] = []
        if let size = recipe.test {
            try part(size)
            testRows = taken
        }
        if let size = recipe.validation {
            try part(size)
            validationRows = taken
        }
    }

    /// The first so many of the training rows.
    mutating func takeValidation(first count: Int) throws {
        guard count < trainRows.count else {
            throw DataError(
                .badRequest,
                expected: "fewer validation rows than the \(trainRows.count) there are to train on",
                found: "\(count)", fix: "Take fewer.")
        }
        validationRows = Array(trainRows.prefix(count))
        trainRows = Array(trainRows.dropFirst(count))
    }

    /// Keras' validation_split: the last of the training rows, n − floor(n · (1 − share)) of them.
    mutating func takeValidation(last share: Double) throws {
        let kept = validationStart(of: trainRows.count, share: share)
        guard kept > 0, kept < trainRows.count else {
            throw DataError(
                .badRequest, expected: "a validation_split that leaves rows on both sides",
                found: "\(share) of \(trainRows.count) rows", fix: "Use more data or another share.")
        }
        validationRows = Array(trainRows[kept...])
        trainRows = Array(trainRows[..<kept])
    }
}

/// Where Keras' validation_split begins: floor(n · (1 − share)).
func validationStart(of count: Int, share: Double) -> Int { Int(Double(count) * (1 - share)) }

private func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// The folder that all of the paths lie in, as they are written.
private func commonFolder(of paths: [String]) -> String {
    var folder = paths[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
    for path in paths {
        while !path.hasPrefix(folder.joined(separator: "/") + "/"), !folder.isEmpty { folder.removeLast() }
    }
    return folder.isEmpty ? "." : folder.joined(separator: "/")
}
