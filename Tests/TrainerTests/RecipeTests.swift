import Base
import Network
import TestSupport
import Testing

@testable import Trainer

@Test(
    "the shipped recipes have Keras' numbers of parameters",
    arguments: [
        ("mnist", 266_610, 0), ("mnist-adam", 266_610, 0), ("mnist-bn", 267_410, 800),
        ("mnist-cnn", 83_370, 96), ("mnist-record", 55_306, 64), ("wine", 731, 0),
    ])
func shippedRecipes(name: String, trainable: Int, fixed: Int) throws {
    let recipe = try Recipe(path: Fixtures.repository.appendingPathComponent("recipes/\(name).yaml").path)
    let isTable = name == "wine"
    let scaling: any Layer =
        isTable
        ? Normalization(mean: Array(repeating: 0, count: 11), variance: Array(repeating: 1, count: 11))
        : Rescaling(scale: 1.0 / 255)
    let model = try recipe.model.network(inputShape: isTable ? [11] : [28, 28], preprocessing: [scaling])
    #expect(model.trainableParameters == trainable)
    #expect(model.nonTrainableParameters == fixed)
    #expect(recipe.name == (name == "mnist-adam" ? "mnist" : name))
}

/// A small valid recipe; each case replaces one line.
private let lines = [
    "name: small",  // 1
    "data:",
    "  csv: data/wine.csv",
    "  target: quality",
    "  split: { test: 0.25, validation: 0.25, random_state: 42 }",
    "  preprocess: [StandardScaler]",
    "model:",
    "  - Dense: { units: 30, activation: relu, name: one }",  // 8
    "  - Dropout: { rate: 2e-1 }",
    "  - Dense:",
    "      units: 1",
    "      activation: sigmoid",  // 12
    "compile:",
    "  optimizer: { Adam: { learning_rate: 1e-3 } }",
    "  loss: binary_crossentropy",
    "  metrics: [accuracy]",
    "fit: { epochs: 3, batch_size: 64, seed: 1 }",  // 17
    "callbacks:",
    "  - EarlyStopping: { monitor: val_loss, patience: 5 }",  // 19
]

private func recipe(line: Int = 0, _ text: String = "") throws(CellarError) -> Recipe {
    var lines = lines
    if line > 0 { lines[line - 1] = text }
    return try Recipe(text: lines.joined(separator: "\n"), file: "small.yaml")
}

@Test("parses a recipe")
func reads() throws {
    let recipe = try recipe()
    #expect(recipe.name == "small")
    #expect(recipe.data.source == .csv(path: "data/wine.csv", targets: ["quality"], features: nil))
    #expect(recipe.data.split?.test == .fraction(0.25) && recipe.data.split?.randomState == 42)
    #expect(recipe.data.preprocessing == [.standardScaler])
    #expect(recipe.model.layers.map(\.name) == ["one", "dropout", "dense"])
    #expect((recipe.model.layers[1] as? Dropout)?.rate == 0.2)
    #expect(recipe.compile.optimizer.learningRate == 0.001)
    #expect(
        recipe.fit.epochs == 3 && recipe.fit.batchSize == 64 && recipe.fit.seed == 1 && recipe.fit.shuffle)
    guard case .earlyStopping(let options)? = recipe.callbacks.first else {
        Issue.record("no EarlyStopping")
        return
    }
    #expect(options.patience == 5 && !options.restoresBestWeights && options.minDelta == 0)
}

@Test("a recipe says how a table is written")
func dialectKeys() throws {
    #expect(try recipe().data.dialect == TableDialect())
    let found = try recipe(
        line: 6, "  delimiter: \"|\"\n  comment: \"#\"\n  names: [a, quality, 3]"
    ).data.dialect
    #expect(found.delimiter == UInt8(ascii: "|") && found.comment == UInt8(ascii: "#"))
    #expect(found.hasHeader == false && found.names == ["a", "quality", "3"])
    #expect(try recipe(line: 6, "  header: true\n  delimiter: tab").data.dialect.hasHeader == true)
    #expect(TableDialect(json: found.json) == found)
    #expect(
        failure(of: { () throws(CellarError) in
            _ = try recipe(line: 6, "  header: true\n  names: [a, quality]")
        })?.message.contains("names are for") == true)
}

/// The error that `body` ends with; nil where it ends well.
private func failure(of body: () throws(CellarError) -> Void) -> CellarError? {
    do throws(CellarError) {
        try body()
        return nil
    } catch {
        return error
    }
}

@Test(
    "the error for a mistake has its line and the nearest word",
    arguments: [
        (7, "modle:", 7, "model"),
        (1, "nmae: x", 1, "name"),
        (3, "  cvs: data/wine.csv", 3, "csv"),
        (4, "  taget: quality", 4, "target"),
        (4, "", 3, "target is missing"),
        (5, "  split: { test: 0.25, validaton: 0.25 }", 5, "validation"),
        (5, "  split: { test: 1.5 }", 5, "between 0 and 1"),
        (5, "  split: { test: 0.25, random_state: -1 }", 5, "random_state"),
        (6, "  preprocess: [StandardScalar]", 6, "StandardScaler"),
        (6, "  delimiter: ampersand", 6, "expected , ; | tab or blank"),
        (6, "  comment: \"//\"", 6, "comment sign"),
        (6, "  header: maybe", 6, "header"),
        (6, "  names: [a, b, a]", 6, "given twice"),
        (6, "  heder: false", 6, "header"),
        (8, "  - Dence: { units: 30 }", 8, "Dense"),
        (8, "  - Dense: { unit: 30 }", 8, "Did you mean units"),
        (9, "  - Dropout: { rat: 0.2 }", 9, "Did you mean rate"),
        (8, "  - Dense: { units: thirty }", 8, "whole number"),
        (8, "  - Dense: { units: 30, activation: rellu }", 8, "relu"),
        (8, "  - Dense: { units: 0 }", 8, "from 1"),
        (8, "  - Lambda: { function: x }", 8, "never executed"),
        (8, "  - Dense", 8, "units is missing"),
        (11, "      units: [1]", 11, "whole number"),
        (12, "      actvation: sigmoid", 12, "activation"),
        (14, "  optimizer: adm", 14, "Adam"),
        (14, "  optimizer: { Adam: { learning_rat: 0.1 } }", 14, "learning_rate"),
        (15, "  loss: binary_crosentropy", 15, "binary_crossentropy"),
        (14, "  optimizer: { Adam: { clipnrm: 1 } }", 14, "clipnorm"),
        (
            14, "  optimizer: { Adam: { learning_rate: { CosineDecai: { decay_steps: 3 } } } }", 14,
            "CosineDecay"
        ),
        (
            14,
            "  optimizer: { Adam: { learning_rate: { CosineDecay: { initial_learning_rate: 0.1, decay_step: 3 } } } }",
            14, "decay_steps"
        ),
        (15, "  loss: { BinaryCrossentropy: { label_smothing: 0.1 } }", 15, "label_smoothing"),
        (15, "  loss: { BinaryCrossentropy: { label_smoothing: 2 } }", 15, "from 0"),
        (15, "  loss: [mse, mse]", 15, "2 entries"),
        (16, "  metrics: [{ AUC: { crve: PR } }]", 16, "curve"),
        (16, "  metrics: [{ F1Score: {} }]", 16, "average"),
        (16, "  loss_weights: { dens: 2, dense: 1 }", 16, "dense"),
        (17, "fit: { class_weight: balancd }", 17, "balanced"),
        (17, "fit: { class_weight: { 0: -1 } }", 17, "from 0"),
        (17, "fit: { class_weight: [1, 2] }", 17, "balanced, or"),
        (5, "  sample_weight: quality", 5, "cannot also be a target"),
        (15, "  los: binary_crossentropy", 15, "loss"),
        (16, "  metrics: [acuracy]", 16, "accuracy"),
        (17, "fit: { epoch: 3 }", 17, "epochs"),
        (17, "fit: { epochs: 3.5 }", 17, "whole number"),
        (17, "fit: { epochs: 0 }", 17, "from 1"),
        (17, "fit: { validation_split: 0.1 }", 17, "twice"),
        (17, "fit: 3", 17, "mapping"),
        (19, "  - EarlyStoping: { patience: 5 }", 19, "EarlyStopping"),
        (19, "  - EarlyStopping: { patince: 5 }", 19, "patience"),
        (19, "  - EarlyStopping: { monitor: val_los }", 19, "val_loss"),
        (19, "  - EarlyStopping: { mode: best }", 19, "auto"),
        (19, "  - TensorBoard: { log_dir: '' }", 19, "log_dir"),
        (19, "  - TensorBoard: { embeddings_freq: 1 }", 19, "embeddings_freq is not supported"),
        (19, "  - TensorBoard: { update_freq: steps }", 19, "epoch, batch"),
        (19, "  - ModelCheckpoint: { filepath: m.keras }", 19, ".h5"),
        (19, "  - ModelCheckpoint: { filepath: 'm{epohc}.h5' }", 19, "epoch"),
        (19, "  - ReduceLROnPlateau: { factor: 1 }", 19, "less than 1"),
        (19, "  EarlyStopping: { patience: 5 }", 18, "must be a list"),
        (9, "  - Dropout: { rate: 0.2", 10, "YAML"),
        (9, "  - Dense: { units: 3, name: one }", 9, "one"),
        (2, "data: &anchor", 2, "anchors"),
        (17, "fit: { epochs: 3, epochs: 4 }", 17, "twice"),
        (1, "name: !!python/object x", 1, "tag"),
    ])
func mistakes(line: Int, text: String, expected: Int, words: String) throws {
    let error = #expect(throws: CellarError.self) { try recipe(line: line, text) }
    #expect(error?.place.line == expected, "\(error?.description ?? "")")
    #expect(error?.explanation.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.place.file == "small.yaml" && error?.category == .badData)
}

@Test("a file that is no recipe", arguments: ["a,b,c\n1,2,3\n", "- name: x", "# nothing\n", "3"])
func isNoRecipe(text: String) throws {
    let error = #expect(throws: CellarError.self) { try Recipe(text: text, file: "table.csv") }
    #expect(error?.explanation.contains("recipe") == true && error?.category == .badData)
    #expect(error?.place.file == "table.csv")
}

@Test("compile takes Keras' forms")
func compiles() throws {
    let text = """
          optimizer: { SGD: { learning_rate: { PiecewiseConstantDecay: { boundaries: [10], values: [0.1, 0.01] } }, clipvalue: 0.5 } }
        """
    let scheduled = try recipe(line: 14, text).compile.optimizer
    #expect(scheduled.general.clipValue == 0.5)
    #expect(scheduled.learningRate(after: 10) == 0.1 && scheduled.learningRate(after: 11) == 0.01)
    let smooth = try recipe(line: 15, "  loss: { dense: { BinaryCrossentropy: { label_smoothing: 0.1 } } }")
    #expect(smooth.compile.objective.loss?.labelSmoothing == 0.1)
    let metrics = try recipe(
        line: 16, "  metrics: [acc, AUC, mae, { Precision: { thresholds: 0.4, name: p } }, AUC]")
    #expect(
        metrics.compile.objective.logNames(outputs: ["dense"]) == ["loss", "acc", "auc", "mae", "p", "auc_1"])
    #expect(try recipe(line: 16, "").compile.objective.metrics == [[]])
    #expect(try recipe(line: 19, "  - EarlyStopping: { monitor: val_accuracy }").callbacks.count == 1)
}

@Test("a schedule and ReduceLROnPlateau exclude each other")
func scheduleAndPlateau() {
    var changed = lines
    changed[13] =
        "  optimizer: { SGD: { learning_rate: { ExponentialDecay: { initial_learning_rate: 1, decay_steps: 1, decay_rate: 1 } } } }"
    changed[18] = "  - ReduceLROnPlateau: { factor: 0.5 }"
    let error = #expect(throws: CellarError.self) {
        try Recipe(text: changed.joined(separator: "\n"), file: "small.yaml")
    }
    #expect(error?.message.contains("ExponentialDecay") == true && error?.place.line == 18)
}

@Test("class weights by label, by number where no class is called by one, or balanced")
func classWeights() throws {
    let labels: [Int32] = [0, 0, 0, 1]
    func weights(_ given: [(String, Double)], _ classes: [String]) throws -> [Double] {
        try ClassWeight.given(given.map { ClassWeightEntry(label: $0.0, weight: $0.1) })
            .weights(classes: classes, labels: labels)
    }
    let classes = ["bad", "good", "ugly"]
    #expect(try weights([("1", 3)], classes) == [1, 3, 1])
    #expect(try weights([("bad", 0.5), ("2", 2)], classes) == [0.5, 1, 2])
    // Labels are values: 3.0 is class 3, not the fourth class.
    #expect(try weights([("3.0", 2), ("+5", 4)], ["3", "5", "10"]) == [2, 4, 1])
    #expect(try weights([("true", 2)], ["False", "True"]) == [1, 2])
    for wrong in [[("3", 2.0)], [("fine", 2)], [("bad", 1), ("0", 2)]] {
        #expect(throws: CellarError.self) { try weights(wrong, classes) }
    }
    #expect(throws: CellarError.self) { try weights([("0", 2)], ["3", "5", "10"]) }
    // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1], y=[0, 0, 0, 1])
    let balanced = try ClassWeight.balanced.weights(classes: classes, labels: labels)
    #expect(balanced == [4.0 / 6, 2, 1])
}

@Test("rows of numbers are the class of their largest number, if they are shares")
func classesOfRows() throws {
    func classes(_ values: [Float], among names: [String] = []) -> [String]? {
        Targets.values(values, width: 3).classOfEach(among: names).map { labels, classes in
            labels.map { classes[Int($0)] }
        }
    }
    #expect(classes([0, 1, 0, 0.2, 0.2, 0.6, 0.4, 0.2, 0.4]) == ["1", "2", "0"])
    #expect(classes([0, 0, 1], among: ["bad", "good", "ugly"]) == ["ugly"])
    for other: [Float] in [[1, 1, 0], [0, 0, 0], [2, -1, 0], [.nan, 1, 0]] { #expect(classes(other) == nil) }
    #expect(Targets.values([0, 1], width: 1).classOfEach(among: []) == nil)
}

@Test("the error for a missing section names it", arguments: ["data", "model", "compile"])
func missing(part: String) throws {
    let parts = ["data": 2..<7, "model": 7..<13, "compile": 13..<17]
    let range = try #require(parts[part])
    let rest = lines.enumerated().filter { !range.contains($0.offset + 1) }.map(\.element)
    let error = #expect(throws: CellarError.self) {
        try Recipe(text: rest.joined(separator: "\n"), file: "r")
    }
    #expect(error?.message.contains("\(part) is missing") == true, "\(error?.description ?? "")")
}

@Test("numbers, words and null as in YAML 1.2")
func scalars() {
    for (text, value) in [
        ("1e-3", JSON.number(0.001)), ("1E3", 1000.0), (".5", 0.5), ("-.5", -0.5), ("3.", 3.0), ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"), ("0x10", "0x10"), ("nan", "nan"), ("inf", "inf"), (".inf", .number(.infinity)),
        ("no", "no"), ("true", true), ("null", .null), ("~", .null), ("1.2.3", "1.2.3"), ("e5", "e5"),
        ("-", "-"),
        ("12monkeys", "12monkeys"), ("1e999", .number(.infinity)),
    ] as [(String, JSON)] {
        #expect(plainValue(text) == value, "\(text)")
    }
}

@Test("hostile YAML is refused quickly")
func hostile() throws {
    let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    let deep = String(repeating: "[", count: 100_000)
    let dashes = String(repeating: "- ", count: 50_000)
    let long = "name: " + String(repeating: "x", count: 1 << 20)
    let many = "model:\n" + String(repeating: "  - Flatten\n", count: 20_001)
    let quoted = "a: \"\\\\\" \nb: &x 1\n"
    for text in [
        laughs, deep, dashes, long, many, quoted, "", "# nothing", "3", "[]", "\u{0}", "a: b: c",
        "? {a: b}\n: c",
    ] {
        #expect(throws: CellarError.self, "\(text.prefix(40))") { try Recipe(text: text, file: "x.yaml") }
    }
    #expect(throws: CellarError.self) { try Recipe(path: "/nowhere/recipe.yaml") }
    #expect(throws: CellarError.self) { try Recipe(path: "/tmp") }
}

@Test("an asterisk in quotes or a comment is not an alias")
func quotedAsterisk() throws {
    _ = try recipe(line: 1, "name: small  # as *the* one & *only")
    let read = try recipe(line: 4, "  target: \"*quality\"")
    #expect(read.data.source == .csv(path: "data/wine.csv", targets: ["*quality"], features: nil))
}

@Test("the error for unfit shapes has the layer's line")
func shapes() throws {
    let read = try recipe(line: 8, "  - Dense: { units: 30, input_shape: [12] }")
    let error = #expect(throws: CellarError.self) {
        try read.model.network(inputShape: [11], preprocessing: [])
    }
    #expect(error?.place.line == 8)
}
