import Datasets
import Foundation
import Base
import Network

/// The `data` section: the source of samples and labels, their split, and their preprocessing.
public struct DataRecipe: Sendable {
    public enum DataSource: Equatable, Sendable {
        /// A table. Nil features mean all columns except targets and weights.
        case csv(path: String, targets: [String], features: [String]?)
        /// IDX files of pictures and labels, as of MNIST, already split into training and test.
        case idx(IDXFiles)
        /// A folder of PNG files with one subfolder per class.
        case pictures(folder: String)
        /// NumPy arrays, one per input and one per output.
        case npy(samples: [String], labels: [String])
    }

    public struct IDXFiles: Equatable, Sendable {
        public var trainImages, trainLabels: String
        public var testImages, testLabels: String?
    }

    public enum Preprocessing: Equatable, Sendable {
        /// A Normalization layer with mean and variance of the training rows.
        case standardScaler
        case rescaling(scale: Double, offset: Double)
    }

    public var source: DataSource
    /// How the table is written, where the recipe says it.
    public var dialect = TableDialect()
    /// The table's column with the weight of each row in the loss.
    public var sampleWeight: String?
    public var split: RowDivision?
    /// The number of first training rows used for validation: `validation: { first: 5000 }`.
    public var validationFirst: Int?
    public var preprocessing: [Preprocessing]
    /// The kinds of a table's columns; nil for a table of numbers that enter the model together.
    public var columns: ColumnsRecipe?
    /// The order of the classes, and the class that a single output stands for.
    public var classes: [String]?
    public var positive: String?
    /// True if a target of numbers is scaled, and scaled back in the model.
    public var scalesTarget = false
    /// True if rows without a target are left out.
    public var dropsMissingTargets = false
    /// Other files with the same columns.
    public var otherFiles: [String] = []
    /// True if the model file keeps hashes of the training rows.
    public var hashesRows = true
    /// How pictures become the model's input.
    public var pictures = PictureOptions()
    /// Pictures that a program draws, in addition to the training rows.
    public var drawn: DrawnPictures?
    /// The recipe's path, for messages and relative paths.
    let file: String
    let line: Int?

    /// Returns the division of the rows, with a fixed random state: a missing one is drawn here.
    ///
    /// - share: Keras' `validation_split` from `fit`.
    func division(validationSplit share: Double?) -> RowDivision {
        var division = split ?? RowDivision()
        (division.firstValidate, division.lastValidate) = (validationFirst, share)
        if division.isRandom, division.randomState == nil { division.randomState = .random(in: 0 ... .max) }
        return division
    }

    public var hasValidation: Bool { validationFirst != nil || split?.validation != nil }

    var hasTest: Bool {
        if case .idx(let files) = source { return files.testImages != nil }
        return split?.test != nil
    }

    private static let tableKeys = [
        "target", "features", "sample_weight", "delimiter", "encoding", "header", "names", "comment",
        "columns", "decimal", "thousands", "missing", "units", "skip_lines",
        "skip_initial_space", "classes", "positive",
        "scale_target",
        "missing_target",
    ]

    /// Reads `units: true` for signs beside numbers, or a list for words, too.
    private static func readUnits(
        _ section: inout RecipeSection, _ dialect: inout TableDialect
    ) throws(CellarError) {
        guard section.options.object["units"]?.bool == nil else {
            dialect.hasUnits = try section.read { (options) throws(CellarError) in
                try options.bool("units", default: false)
            }
            return
        }
        dialect.unitWords = try section.words("units")
        dialect.hasUnits = !dialect.unitWords.isEmpty
        guard dialect.unitWords.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isNumber) }) else {
            throw section.error("units are words without digits, such as [km, EUR].", key: "units")
        }
    }

    private static func dialect(_ section: inout RecipeSection) throws(CellarError) -> TableDialect {
        var dialect = TableDialect()
        for key in ["delimiter", "comment", "encoding"] {
            guard let word = try section.text(key) else { continue }
            do throws(CellarError) {
                switch key {
                case "comment": try dialect.setComment(word)
                case "encoding": try dialect.setEncoding(word)
                default: try dialect.setDelimiter(word)
                }
            } catch { throw section.error(error.message, key: key, remedy: error.remedy) }
        }
        try section.read { (options) throws(CellarError) in
            if options.object["header"] != nil {
                dialect.hasHeader = try options.bool("header", default: true)
            }
        }
        if let word = try section.text("decimal") {
            do throws(CellarError) { try dialect.setDecimal(word) } catch {
                throw section.error(error.message, key: "decimal")
            }
        }
        if let word = try section.text("thousands") {
            do throws(CellarError) { try dialect.setThousands(word) } catch {
                throw section.error(error.message, key: "thousands")
            }
            guard dialect.thousands != dialect.decimal else {
                throw section.error("decimal and thousands are the same sign.", key: "thousands")
            }
        }
        dialect.missing = try section.words("missing")
        try readUnits(&section, &dialect)
        try section.read { (options) throws(CellarError) in
            if options.object["skip_initial_space"] != nil {
                dialect.skipsInitialBlanks = try options.bool("skip_initial_space", default: false)
            }
            if options.object["skip_lines"] != nil {
                dialect.skippedLines = try options.int("skip_lines", in: 0...100_000)
            }
        }
        let names = try section.words("names")
        guard Set(names).count == names.count else {
            throw section.error("a name is given twice.", key: "names")
        }
        if !names.isEmpty {
            guard dialect.hasHeader != true else {
                throw section.error(
                    "names are for a table whose first line has data.", key: "names",
                    remedy: "Rename the columns in the table.")
            }
            (dialect.names, dialect.hasHeader) = (names, false)
        }
        return dialect
    }

    static let sources = ["csv", "mnist", "idx", "pictures", "npy"]

    init(_ section: RecipeSection) throws(CellarError) {
        var section = section
        (file, line) = (section.file, section.line)
        section.options.ignore("csv", "mnist", "idx", "pictures", "npy")
        section.options.ignore("target", "features", "sample_weight", "split", "validation", "preprocess")
        section.options.ignore("digits", "size", "channels", "row_hashes", "drawn")
        section.options.ignore(Self.tableKeys)
        try section.rejectUnknownKeys()
        let named = Self.sources.filter { section.options.object[$0] != nil }
        guard named.count == 1, let kind = named.first else {
            throw section.error(
                "expected one source of data (\(Self.sources.joined(separator: ", "))), found "
                    + (named.isEmpty ? "none." : named.joined(separator: " and ") + "."))
        }
        source = try Self.source(kind, &section)
        if kind != "csv",
            let key = Self.tableKeys.first(where: {
                section.options.object[$0] != nil
            })
        {
            throw section.error("\(key) can only be used with csv, not with \(kind).", key: key)
        }
        if kind == "csv" { otherFiles = try Self.files(&section, file).dropFirst().map { $0 } }
        columns = try section.section("columns").map { (part) throws(CellarError) in try ColumnsRecipe(part) }
        if section.options.object["columns"]?.string == "auto" { columns = ColumnsRecipe() }
        let order = try section.words("classes")
        classes = order.isEmpty ? nil : order
        positive = try section.text("positive")
        (scalesTarget, dropsMissingTargets) = try section.read { (options) throws(CellarError) in
            let scales = try options.bool("scale_target", default: false)
            return (
                scales,
                try options.string("missing_target", default: "error", oneOf: ["error", "drop"]) == "drop"
            )
        }
        pictures = try PictureOptions(&section, kind)
        sampleWeight = try section.text("sample_weight")
        dialect = try Self.dialect(&section)
        if case .csv(_, let targets, let features) = source, let column = sampleWeight {
            guard !targets.contains(column), !(features ?? []).contains(column) else {
                throw section.error(
                    "the weights \"\(column)\" cannot also be a target or a feature.", key: "sample_weight"
                )
            }
        }
        if let part = try section.section("drawn") {
            guard kind == "mnist" || kind == "pictures", pictures.areDigits else {
                throw section.error("drawn can only be used with pictures of digits.", key: "drawn")
            }
            drawn = try DrawnPictures(part)
        }
        hashesRows = try section.read { (options) throws(CellarError) in
            try options.bool("row_hashes", default: true)
        }
        split = try section.section("split").map { (part) throws(CellarError) in try RowDivision(part) }
        if case .idx = source, split != nil {
            throw section.error(
                "\(kind) is already split into training and test.",
                key: "split", remedy: "Use validation: { first: 5000 } instead of split.")
        }
        if var part = try section.section("validation") {
            validationFirst = try part.read { (options) throws(CellarError) in try options.int("first") }
            try part.rejectUnknownKeys()
            if split?.validation != nil {
                throw section.error(
                    "validation rows are given twice, here and in split.", key: "validation",
                    remedy: "Keep one.")
            }
        }
        if columns != nil, section.options.object["preprocess"] != nil {
            throw section.error(
                "columns and preprocess cannot be used together.", key: "preprocess",
                remedy: "Write scale: standard with the columns.")
        }
        preprocessing = []
        for node in try section.list("preprocess") {
            preprocessing.append(try Self.preprocessing(.named(node, what: "a step", file: file)))
        }
    }

    /// Returns the table's files: a path, a list of paths, or a pattern with `*`, `?` or `[abc]`.
    private static func files(_ section: inout RecipeSection, _ file: String) throws(CellarError) -> [String]
    {
        let words = try section.texts("csv")
        let all = FilePattern.files(words, recipe: file)
        guard !all.isEmpty else {
            throw section.error("no file matches \(words.joined(separator: ", ")).", key: "csv")
        }
        return all
    }

    private static func source(_ kind: String, _ section: inout RecipeSection) throws(CellarError)
        -> DataSource
    {
        switch kind {
        case "csv":
            let path = try files(&section, section.file)[0]
            guard section.options.object["target"].map({ !$0.isNull }) ?? false else {
                throw section.error(
                    "target is missing.", key: "csv",
                    remedy: "Name the column to predict, for example target: quality.")
            }
            let targets = try section.texts("target")
            let features = try section.words("features")
            if let target = targets.first(where: features.contains) {
                throw section.error("the target \"\(target)\" cannot also be a feature.", key: "features")
            }
            return .csv(path: path, targets: targets, features: features.isEmpty ? nil : features)
        case "mnist":
            return .idx(
                IDXFiles(mnist: try section.requiredText("mnist", try section.text("mnist")), section.file))
        case "idx":
            guard var parts = try section.section("idx") else {
                throw section.error("idx is empty.", key: "idx")
            }
            func files(_ key: String) throws(CellarError) -> (String, String)? {
                guard var part = try parts.section(key) else { return nil }
                let images = try part.requiredText("images", try part.text("images"))
                let labels = try part.requiredText("labels", try part.text("labels"))
                try part.rejectUnknownKeys()
                return (images, labels)
            }
            guard let train = try files("train") else { throw parts.error("train is missing.") }
            let test = try files("test")
            try parts.rejectUnknownKeys()
            return .idx(
                IDXFiles(trainImages: train.0, trainLabels: train.1, testImages: test?.0, testLabels: test?.1)
            )
        case "pictures":
            return .pictures(folder: try section.requiredText("pictures", try section.text("pictures")))
        default:
            guard var part = try section.section("npy") else {
                throw section.error("npy is empty.", key: "npy")
            }
            let samples = try part.texts("samples")
            let labels = try part.texts("labels")
            try part.rejectUnknownKeys()
            return .npy(samples: samples, labels: labels)
        }
    }

    private static func preprocessing(_ section: RecipeSection) throws(CellarError) -> Preprocessing {
        var section = section
        defer { _ = section }
        switch section.title {
        case "StandardScaler":
            try section.rejectUnknownKeys()
            return .standardScaler
        case "Rescaling":
            let (scale, offset) = try section.read { (options) throws(CellarError) in
                (try options.double("scale", default: 1.0 / 255), try options.double("offset", default: 0))
            }
            try section.rejectUnknownKeys()
            return .rescaling(scale: scale, offset: offset)
        default:
            let hint = nearest(section.title, in: ["StandardScaler", "Rescaling"])
            throw section.error(
                "unknown step; expected StandardScaler or Rescaling.",
                remedy: hint.map { "Did you mean \($0)?" })
        }
    }

    /// Resolves a path in the recipe: relative to the current folder, else to the parent of the recipe's folder, so that
    /// `data/wine.csv` in `recipes/wine.yaml` is found from any folder.
    public func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), !FileManager.default.fileExists(atPath: path) else { return path }
        if let filled = try? fillingTime(path, at: time(nil)), filled != path { return resolve(filled) }
        let above = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        let other = above.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: other) ? other : path
    }
}

extension DataRecipe.IDXFiles {
    /// Makes the paths of MNIST's four files with their published names; they may be gzipped.
    init(mnist folder: String, _ recipe: String) {
        func file(_ name: String) -> String { "\(folder)/\(name)-ubyte" }
        self.init(
            trainImages: file("train-images-idx3"), trainLabels: file("train-labels-idx1"),
            testImages: file("t10k-images-idx3"), testLabels: file("t10k-labels-idx1"))
    }
}

extension PictureOptions {
    /// Reads `digits`, `size` and `channels`. MNIST's pictures are digits unless the recipe says otherwise.
    init(_ section: inout RecipeSection, _ kind: String) throws(CellarError) {
        self.init(areDigits: kind == "mnist")
        if kind != "pictures",
            let key = ["size", "channels"].first(where: { section.options.object[$0] != nil })
        {
            throw section.error("\(key) can only be used with pictures, not with \(kind).", key: key)
        }
        if kind == "csv", section.options.object["digits"] != nil {
            throw section.error("digits can only be used with pictures, not with csv.", key: "digits")
        }
        let areDigits = areDigits
        let given = try section.read { (options) throws(CellarError) in
            (
                areDigits: try options.bool("digits", default: areDigits), sides: try options.ints("size"),
                channels: options.object["channels"] == nil ? nil : try options.int("channels")
            )
        }
        self.areDigits = given.areDigits
        if let sides = given.sides {
            guard sides.count == 2, sides.allSatisfy({ (1...4096).contains($0) }) else {
                throw section.error("size is [height, width] in pixels, such as [64, 64].", key: "size")
            }
            size = PictureSize(height: sides[0], width: sides[1])
        }
        if let channels = given.channels {
            guard channels == 1 || channels == 3 && !given.areDigits else {
                throw section.error(
                    given.areDigits
                        ? "digits are read as grey pictures, with 1 channel."
                        : "channels is 1 (grey) or 3 (red, green, blue).", key: "channels")
            }
            self.channels = channels
        }
    }
}

extension DrawnPictures {
    /// Reads `digits`, `others`, `seed` and `version`.
    init(_ section: RecipeSection) throws(CellarError) {
        self.init()
        var section = section
        try section.read { (options) throws(CellarError) in
            digits = try options.int("digits", default: 0, in: 0...1_000_000)
            others = try options.int("others", default: 0, in: 0...1_000_000)
            seed = try options.int("seed", default: 0, in: 0...Int(Int32.max))
            version = try options.int("version", default: 1, in: DrawnPictures.versions)
        }
        try section.rejectUnknownKeys()
    }
}
