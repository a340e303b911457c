import JSONText
import Network

/// An experiment as its YAML describes it: data, layers, how to compile, how to fit, callbacks. Keras' words throughout.
/// Every misspelt key, unknown class and wrong type is an error that names its line.
public struct Recipe: Sendable {
    /// Where it was read from, and the text as it stood there.
    public let file: String
    public let text: String
    /// The model's name in the registry.
    public var name: String
    public var data: DataRecipe
    public var model: ModelRecipe
    public var compile: CompileRecipe
    public var fit: FitRecipe
    public var callbacks: [CallbackRecipe]

    /// Reads a recipe file.
    public init(path: String) throws(TrainerError) { try self.init(RecipeText(path: path)) }

    /// Takes a recipe's text as it is; `file` is for messages and for paths within.
    public init(text: String, file: String) throws(TrainerError) {
        try self.init(RecipeText(file: file, text: text))
    }

    private init(_ source: RecipeText) throws(TrainerError) {
        (file, text) = (source.file, source.text)
        var top = try RecipeSection(source.root, title: "the recipe", file: file)
        // Misspelt parts first: `modle:` is the mistake to name, not that model is missing.
        top.options.ignore("name", "data", "model", "compile", "fit", "callbacks")
        try top.rejectUnknownKeys()

        name = try top.text("name") ?? Recipe.stem(of: source.file)
        guard let data = try top.section("data") else { throw top.error("data is missing.") }
        self.data = try DataRecipe(data)
        let layers = try top.list("model")
        guard !layers.isEmpty else { throw top.error("model is missing: a list of layers.", key: "model") }
        model = try ModelRecipe(layers, file: file)
        guard let compile = try top.section("compile") else {
            throw top.error("compile is missing, as { optimizer: adam, loss: binary_crossentropy }.")
        }
        self.compile = try CompileRecipe(compile)
        fit =
            try top.section("fit").map { (section) throws(TrainerError) in try FitRecipe(section) }
            ?? FitRecipe()
        let hasValidation = self.data.hasValidation || fit.validationSplit != nil
        let names = LogNames(accuracy: self.compile.reportsAccuracy, validation: hasValidation)
        callbacks = []
        for node in try top.list("callbacks") {
            callbacks.append(try CallbackRecipe(.named(node, what: "a callback", file: file), names: names))
        }
        if fit.validationSplit != nil && self.data.hasValidation {
            throw top.error(
                "validation rows are named twice: in data and as fit's validation_split. Keep one.",
                key: "fit")
        }
    }

    private static func stem(of path: String) -> String {
        let name = path.split(separator: "/").last ?? "model"
        return String(name.prefix { $0 != "." })
    }
}

/// `compile`: optimizer, loss and metrics.
public struct CompileRecipe: Sendable {
    public var optimizer: any Optimizer
    public var loss: Loss
    /// Keras' `metrics: [accuracy]`.
    public var reportsAccuracy: Bool

    public init(optimizer: any Optimizer, loss: Loss, reportsAccuracy: Bool = true) {
        (self.optimizer, self.loss, self.reportsAccuracy) = (optimizer, loss, reportsAccuracy)
    }

    init(_ section: RecipeSection) throws(TrainerError) {
        var section = section
        section.options.ignore("optimizer", "loss", "metrics")
        try section.rejectUnknownKeys()
        guard let lossNode = section.node("loss") else {
            throw section.error("loss is missing, as sparse_categorical_crossentropy.")
        }
        // Keras' default; a recipe that trains says it, but nothing is wrong without.
        let optimizerJSON: JSON
        if let node = section.node("optimizer") {
            let named = try RecipeSection.named(node, what: "an optimizer", file: section.file)
            optimizerJSON = ["class_name": .string(named.title), "config": .object(named.options.object)]
            do {
                optimizer = try OptimizerTable.make(from: optimizerJSON, strict: true)
            } catch {
                throw named.place(error)
            }
        } else {
            optimizer = RMSprop()
        }
        let named = try RecipeSection.named(lossNode, what: "a loss", file: section.file)
        loss = try Self.loss(named)
        var accuracy = false
        for metric in try section.words("metrics") {
            guard ["accuracy", "acc"].contains(metric) else {
                let hint = nearest(metric, in: ["accuracy"]).map { " Did you mean \($0)?" } ?? ""
                throw section.error(
                    "the metric \"\(metric)\" is not known; accuracy is.\(hint)", key: "metrics")
            }
            accuracy = true
        }
        reportsAccuracy = accuracy
    }

    private static func loss(_ section: RecipeSection) throws(TrainerError) -> Loss {
        var section = section
        section.options.ignore("from_logits", "label_smoothing", "name")
        try section.rejectUnknownKeys()
        _ = try section.read { (options) throws(ConfigError) in
            try options.bool("from_logits", default: false)
        }
        do {
            return try Loss(
                from: ["class_name": .string(section.title), "config": .object(section.options.object)])
        } catch {
            throw section.place(error)
        }
    }
}

/// `fit`: how long, in what steps, and from what seed.
public struct FitRecipe: Sendable {
    public var epochs = 1
    public var batchSize = 32
    /// Nil draws one, which the model's facts tell.
    public var seed: Int?
    public var shuffle = true
    /// The share of the training rows, the last ones, that validate, as Keras takes them.
    public var validationSplit: Double?
    /// Nil leaves the choice to the command.
    public var threads: Int?

    public init() {}

    init(_ section: RecipeSection) throws(TrainerError) {
        var section = section
        try section.read { (options) throws(ConfigError) in
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
                        "validation_split must lie between 0 and 1, but is \(share)", key: "validation_split")
                }
                validationSplit = share
            }
            options.ignore("validation_split")
        }
        try section.rejectUnknownKeys()
    }
}
