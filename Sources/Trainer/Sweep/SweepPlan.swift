import Base
import Yams

/// Trials of one recipe with different values, described in YAML:
///
///     recipe: recipes/wine.yaml
///     method: random                # grid, random or halving
///     trials: 50
///     set:
///       fit.batch_size: [16, 32, 64]
///       fit.seed: { from: 1, to: 5 }
///       compile.optimizer.learning_rate: { low: 1e-4, high: 1e-1, log: true }
public struct SweepPlan: Sendable {
    /// One training: the recipe with some values changed.
    public struct Trial: Sendable {
        /// Counted from 1.
        public var number: Int
        public var changes: [RecipeChange]
    }

    /// Successive halving: all trials are trained for a few epochs, the best of them go on for `factor` times as many, and so on.
    public struct Halving: Equatable, Sendable {
        public var factor: Int
        public var firstEpochs, epochs: Int

        /// The number of the last epoch of each rung.
        public var rungs: [Int] {
            var all: [Int] = []
            var next = firstEpochs
            while next < epochs {
                all.append(next)
                next *= factor
            }
            return all + [epochs]
        }

        /// The number of trials of a rung.
        public func count(of trials: Int, rung: Int) -> Int {
            (0..<rung).reduce(trials) { count, _ in max(1, (count + factor - 1) / factor) }
        }
    }

    public let file: String
    public let recipePath, recipeText: String
    /// The model's name in the store; nil for the recipe's.
    public let name: String?
    public let trials: [Trial]
    public let halving: Halving?
    /// The metric by which trials are compared, as `val_loss`.
    public let metric: String
    /// Identifies the sweep: of its own text, the recipe's, and the data's.
    public let sha256: String

    /// The name for people: the file's, and the first digits of the digest.
    public var id: String {
        let stem = FileSystem.name(of: file).prefix { $0 != "." }
        return "\(stem)-\(sha256.prefix(12))"
    }

    /// The number of the last epoch of each rung; nil for all epochs of the recipe.
    public var rungs: [Int?] { halving?.rungs ?? [nil] }

    static let mostTrials = 100_000

    /// - isChecked: True if another process has tried the trials' recipes already.
    public init(path: String, isChecked: Bool = false) throws(CellarError) {
        let source = try RecipeText(path: path)
        var top = try RecipeSection(source.root, title: "the sweep", file: path)
        top.options.ignore("recipe", "name", "method", "trials", "seed", "metric", "set", "halving")
        try top.rejectUnknownKeys()
        file = path
        recipePath = try top.requiredText("recipe", try top.text("recipe"))
        recipeText = try RecipeText(path: recipePath).text
        name = try top.text("name")
        metric = try top.text("metric") ?? "val_loss"
        let method = try top.text("method") ?? "grid"
        guard ["grid", "random", "halving"].contains(method) else {
            throw top.error("unknown method \"\(method)\"; expected grid, random or halving.", key: "method")
        }
        let values = try SweepValues(&top)
        let count = try top.read { (options) throws(CellarError) in
            options.object["trials"] == nil ? nil : try options.int("trials", in: 1...SweepPlan.mostTrials)
        }
        let seed = try top.read { (options) throws(CellarError) in
            options.object["seed"] == nil ? 1 : try options.int("seed", in: 0...Int(Int32.max))
        }
        if method == "random", count == nil {
            throw top.error("random needs the number of trials.", key: "method")
        }
        if method == "grid", count != nil {
            throw top.error("a grid has all combinations; trials is for random and halving.", key: "trials")
        }
        let all = if let count { values.random(count, seed: seed) } else { try values.grid() }
        trials = all.enumerated().map { Trial(number: $0.offset + 1, changes: $0.element) }
        halving = method == "halving" ? try SweepPlan.halving(&top) : nil
        if !isChecked {
            // A wrong path or value is found before the first training.
            for trial in trials.prefix(200) {
                _ = try SweepPlan.text(of: trial, recipeText, recipePath, metric)
            }
        }
        let parts =
            [source.text, recipeText] + (try SweepPlan.dataDigests(of: trials, recipeText, recipePath))
        sha256 = Base.sha256(of: parts.joined(separator: "\u{0}"))
    }

    /// The SHA-256 of the data of all trials, which may have data of their own.
    private static func dataDigests(
        of trials: [Trial], _ recipeText: String, _ file: String
    ) throws(CellarError) -> [String] {
        let paths = DataRecipe.sources.map { "data.\($0)" }
        var (known, digests) = (Set<String>(), [String]())
        for trial in trials {
            let changes = trial.changes.filter { change in
                change.path == "data"
                    || paths.contains { change.path == $0 || change.path.hasPrefix("\($0).") }
            }
            guard
                known.insert(changes.map { "\($0.path)=\($0.value.text())" }.joined(separator: "\n")).inserted
            else { continue }
            let text = try changedRecipe(recipeText, file: file, changes)
            digests.append(try RecipeData(RecipeText(file: file, text: text)).data.digest())
        }
        return digests
    }

    private static func halving(_ top: inout RecipeSection) throws(CellarError) -> Halving {
        guard var part = try top.section("halving") else {
            throw top.error(
                "halving needs its epochs: { factor: 3, first_epochs: 4, epochs: 36 }.", key: "method")
        }
        let found = try part.read { (options) throws(CellarError) in
            Halving(
                factor: try options.int("factor", default: 3, in: 2...100),
                firstEpochs: try options.int("first_epochs", in: 1...1_000_000),
                epochs: try options.int("epochs", in: 1...1_000_000))
        }
        try part.rejectUnknownKeys()
        guard found.firstEpochs <= found.epochs else {
            throw part.error("first_epochs is larger than epochs.", key: "first_epochs")
        }
        return found
    }

    /// The recipe's text for a trial. Throws if it is not a recipe.
    public func text(of trial: Trial) throws(CellarError) -> String {
        try Self.text(of: trial, recipeText, recipePath, metric)
    }

    private static func text(
        of trial: Trial, _ recipeText: String, _ file: String, _ metric: String
    ) throws(CellarError) -> String {
        let text = try changedRecipe(recipeText, file: file, trial.changes)
        do throws(CellarError) {
            let names = try Recipe(text: text, file: file).metricNames
            guard names.contains(metric) else {
                throw CellarError(
                    .usage,
                    "the sweep's metric is \(metric), but the training has only \(names.joined(separator: ", ")).",
                    file: file, remedy: nearest(metric, in: names).map { "Did you mean \($0)?" })
            }
        } catch {
            var error = error
            let changes = trial.changes.map { "\($0.path)=\($0.value.text())" }.joined(separator: " ")
            // Lines are those of the changed recipe.
            error.place.line = nil
            error.message = "trial \(trial.number) (\(changes)): " + error.message
            throw error
        }
        return text
    }
}

/// A run's place in a sweep, which is recorded in its model file.
public struct TrialFacts: Equatable, Sendable {
    /// The sweep's name and digest.
    public var sweep, sha256: String
    public var number, rung: Int

    public init(_ plan: SweepPlan, number: Int, rung: Int) {
        (sweep, sha256, self.number, self.rung) = (plan.id, plan.sha256, number, rung)
    }
}
