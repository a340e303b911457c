import Base
import Datasets
import KerasFile
import Network

/// An experiment described in YAML with Keras' terms: data, layers, compile and fit options, callbacks. Every misspelt
/// key, unknown class and wrong type is an error with its line.
public struct Recipe: Sendable {
    /// The recipe's path and its unchanged text.
    public let file: String
    public let text: String
    /// The model's name in the registry.
    public var name: String
    public var data: DataRecipe
    /// The random changes to the pictures of an epoch; nil for none.
    public var augmentation: PictureAugmentation?
    public var model: ModelRecipe
    public var compile: CompileRecipe
    public var fit: FitRecipe
    public var callbacks: [CallbackRecipe]

    /// Reads a recipe file.
    ///
    /// - start: A saved model to resume from. The recipe may then omit `model` and `compile`, which are the file's.
    /// - changes: Values that replace the recipe's: `fit.epochs=5`.
    public init(path: String, from start: ModelFile? = nil, changes: [String] = []) throws(CellarError) {
        let source = try RecipeText(path: path)
        let parsed = try changes.map { (text) throws(CellarError) in try RecipeChange(argument: text) }
        if parsed.isEmpty {
            try self.init(source, start)
            return
        }
        let text = try changedRecipe(source.text, file: source.file, parsed)
        do throws(CellarError) { try self.init(RecipeText(file: source.file, text: text), start) } catch {
            throw Recipe.placed(error, source, start)
        }
    }

    /// Returns an error of a changed recipe with the line of the file, where the same is wrong there; else with none: the text
    /// was written anew.
    private static func placed(
        _ error: CellarError, _ source: RecipeText, _ start: ModelFile?
    ) -> CellarError {
        do throws(CellarError) { _ = try Recipe(source, start) } catch let own {
            if own.message == error.message { return own }
        }
        var error = error
        error.place.line = nil
        error.message += " It was read with the values of --set."
        return error
    }

    /// Parses a recipe's text; `file` is for messages and relative paths.
    public init(text: String, file: String, from start: ModelFile? = nil) throws(CellarError) {
        try self.init(RecipeText(file: file, text: text), start)
    }

    private init(_ source: RecipeText, _ start: ModelFile?) throws(CellarError) {
        (file, text) = (source.file, source.text)
        var top = try RecipeSection(source.root, title: "the recipe", file: file)
        // Unknown keys first: report `modle:`, not a missing model.
        top.options.ignore("name", "data", "augment", "model", "compile", "fit", "callbacks")
        try top.rejectUnknownKeys()

        name = try top.text("name") ?? Recipe.stem(of: source.file)
        guard let data = try top.section("data") else { throw top.error("data is missing.") }
        self.data = try DataRecipe(data)
        augmentation = try top.section("augment").map { (section) throws(CellarError) in
            try PictureAugmentation(section)
        }
        let layers = try top.list("model")
        if layers.isEmpty, top.options.object["model"] == nil, let start {
            model = ModelRecipe(start.model, file: file)
        } else if layers.isEmpty {
            throw top.error(
                "model is missing.", key: "model",
                remedy: "Add a list of layers. With --from it may be omitted; the saved model is used.")
        } else {
            model = try ModelRecipe(layers, file: file)
        }
        if let compile = try top.section("compile") {
            self.compile = try CompileRecipe(compile, outputs: model.outputNames)
        } else {
            self.compile = try CompileRecipe(start, top)
        }
        fit =
            try top.section("fit").map { (section) throws(CellarError) in try FitRecipe(section) }
            ?? FitRecipe()
        callbacks = []
        let names = logNames
        for node in try top.list("callbacks") {
            callbacks.append(try CallbackRecipe(.named(node, what: "a callback", file: file), names: names))
        }
        if let schedule = self.compile.optimizer.general.schedule,
            callbacks.contains(where: { if case .reduceLROnPlateau = $0 { true } else { false } })
        {
            throw top.error(
                "ReduceLROnPlateau cannot change a learning rate set by \(schedule.kind.rawValue).",
                key: "callbacks", remedy: "Keep one of them.")
        }
        if fit.validationSplit != nil && self.data.hasValidation {
            throw top.error(
                "validation rows are given twice: in data and as validation_split in fit.",
                key: "fit", remedy: "Keep one of them.")
        }
    }

    private var logNames: LogNames {
        LogNames(
            compile.objective.logNames(outputs: model.outputNames),
            validation: data.hasValidation || fit.validationSplit != nil)
    }

    /// The names of the metrics that a version has which is trained so.
    var metricNames: [String] {
        let plain = compile.objective.logNames(outputs: model.outputNames)
        return logNames.all + (data.hasTest ? plain.map { "test_" + $0 } : [])
    }

    private static func stem(of path: String) -> String {
        let name = path.split(separator: "/").last ?? "model"
        return String(name.prefix { $0 != "." })
    }
}

/// The `fit` section: epochs, batch size, seed and other options.
public struct FitRecipe: Sendable {
    public var epochs = 1
    public var batchSize = 32
    /// Nil draws a seed, which is recorded in the model's facts.
    public var seed: Int?
    public var shuffle = true
    /// The fraction of the training rows, from the end, used for validation, as in Keras.
    public var validationSplit: Double?
    /// Nil lets the command choose.
    public var threads: Int?
    /// True to compute the gradient of each batch in parts, as the processes of `mpirun` do, for the same bits.
    public var hasParts = false
    public var classWeight: ClassWeight?
    let classWeightLine: Int?

    public init() { classWeightLine = nil }

    init(_ section: RecipeSection) throws(CellarError) {
        var section = section
        classWeightLine = section.line(of: "class_weight")
        classWeight = try ClassWeight(&section)
        try section.read { (options) throws(CellarError) in
            epochs = try options.int("epochs", default: 1, in: 1...1_000_000)
            batchSize = try options.int("batch_size", default: 32, in: 1...1_000_000)
            seed = options.object["seed"] == nil ? nil : try options.int("seed", in: 0...Int(Int32.max))
            options.ignore("seed")
            shuffle = try options.bool("shuffle", default: true)
            threads = options.object["threads"] == nil ? nil : try options.int("threads", in: 1...1024)
            options.ignore("threads")
            if options.object["validation_split"] != nil {
                let share = try options.double("validation_split")
                guard share > 0, share < 1 else {
                    throw options.error(
                        "validation_split must be between 0 and 1, but is \(share)", key: "validation_split")
                }
                validationSplit = share
            }
            options.ignore("validation_split")
        }
        try section.rejectUnknownKeys()
    }
}
