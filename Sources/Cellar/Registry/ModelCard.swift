import Base
import Infer
import KerasFile
import Plots
import Registry

/// A description of a version for people who did not train it. Every number says which row of the registry it is from.
public struct ModelCard: Sendable {
    /// A line of a table: a name, a value, and where the value is recorded.
    public struct Line: Sendable {
        public var cells: [String]
    }

    /// A metric of the version on some data.
    public struct Measure: Sendable {
        public var name: String
        public var value: Double
        /// The part of the data: `test`, `validation`, `train`, or nil for an evaluation of other data.
        public var split: String?
        public var dataset: String
        public var datasetDigest: String
        /// The row of the registry that has the number.
        public var source: String
    }

    public let version: ModelVersion
    public let facts: ModelFacts
    public let measures: [Measure]
    let layers: [Inspection.LayerRow]
    /// The licence, as Hugging Face's identifiers name it; nil if it was not given.
    let license: String?

    public var reference: String { version.reference }
}

extension Store {
    public func card(of reference: String, license: String? = nil) throws(CellarError) -> ModelCard {
        let version = try models.version(reference)
        let inspection = try inspect(InspectRequest(model: version.reference))
        let facts = Optional(indexFacts(of: inspection.file, path: version.file))
            .known(as: version.model, created: version.created)
        let dataset = facts.dataset
        var measures = facts.metrics.map { metric in
            ModelCard.Measure(
                name: metric.name, value: metric.value, split: metric.split,
                dataset: dataset?.path ?? "unknown",
                datasetDigest: dataset?.sha256 ?? "",
                source: "registry show \(version.reference), metric \(metric.name) on \(metric.split)")
        }
        for evaluation in try models.evaluations(of: version) {
            for (name, value) in evaluation.metrics.object?.members ?? []
            where !["samples", "seen"].contains(name) {
                guard let value = value.double else { continue }
                measures.append(
                    .init(
                        name: name, value: value, split: nil, dataset: evaluation.data,
                        datasetDigest: evaluation.sha256,
                        source: "registry log \(version.reference), evaluated \(evaluation.time)"))
            }
        }
        return ModelCard(
            version: version, facts: facts, measures: measures,
            layers: inspection.layers, license: license)
    }
}

extension ModelCard {
    /// Hugging Face's name of the task; nil where nobody recorded what the outputs mean, as in files that Keras wrote.
    public var pipelineTag: String? {
        guard facts.task != nil || !facts.classes.isEmpty else { return nil }
        let isRegression = facts.task == .regression
        if facts.picture != nil { return isRegression ? "image-feature-extraction" : "image-classification" }
        return isRegression ? "tabular-regression" : "tabular-classification"
    }

    private static let knownMetrics = [
        "accuracy": "accuracy", "class_accuracy": "accuracy", "binary_accuracy": "accuracy",
        "sparse_categorical_accuracy": "accuracy", "categorical_accuracy": "accuracy", "auc": "roc_auc",
        "precision": "precision", "recall": "recall", "f1_score": "f1", "mean_squared_error": "mse",
        "mse": "mse",
        "mean_absolute_error": "mae", "mae": "mae", "r2": "r_squared", "r2_score": "r_squared",
    ]

    /// The metric's name at Hugging Face; its own name where it has none there.
    static func metricType(_ name: String) -> String { knownMetrics[name.lowercased()] ?? name }

    /// The head of the card: metadata that Hugging Face's model hub reads.
    public var yaml: String {
        let finite = measures.filter { $0.value.isFinite }
        var metrics: [String] = []
        for measure in finite {
            guard let type = Self.knownMetrics[measure.name.lowercased()], !metrics.contains(type) else {
                continue
            }
            metrics.append(type)
        }
        var lines = ["---", "library_name: keras"]
        if let pipelineTag { lines.append("pipeline_tag: \(pipelineTag)") }
        if let license { lines.append("license: \(quoted(license))") }
        lines += ["tags:", "- cellar", "- keras"]
        if !metrics.isEmpty { lines += ["metrics:"] + metrics.map { "- \($0)" } }
        lines += ["model-index:", "- name: \(quoted(version.model))"]
        if finite.isEmpty {
            lines += ["  results: []", "---"]
            return lines.joined(separator: "\n") + "\n"
        }
        lines.append("  results:")
        var groups: [(split: String?, dataset: String, digest: String, measures: [Measure])] = []
        for measure in finite {
            if let index = groups.firstIndex(where: {
                $0.split == measure.split && $0.dataset == measure.dataset
                    && $0.digest == measure.datasetDigest
            }) {
                groups[index].measures.append(measure)
            } else {
                groups.append((measure.split, measure.dataset, measure.datasetDigest, [measure]))
            }
        }
        for group in groups {
            lines += ["  - task:", "      type: \(pipelineTag ?? "other")", "    dataset:"]
            lines += [
                "      type: \(quoted(FileSystem.name(of: group.dataset)))",
                "      name: \(quoted(group.dataset))",
            ]
            if let split = group.split { lines.append("      split: \(quoted(split))") }
            if !group.digest.isEmpty { lines.append("      revision: \(quoted(group.digest))") }
            lines.append("    metrics:")
            for measure in group.measures {
                lines += [
                    "    - type: \(quoted(Self.metricType(measure.name)))",
                    "      value: \(number(measure.value))", "      name: \(quoted(measure.name))",
                ]
            }
        }
        return (lines + ["---"]).joined(separator: "\n") + "\n"
    }

    /// A text as YAML: JSON's form of it is YAML too.
    private func quoted(_ text: String) -> String {
        JSON.string(text).text(ascii: true).replacing("\u{7F}", with: "\\u007f")
    }

    /// A number that YAML 1.1 reads as one: `1e-05` without a point is a text there.
    private func number(_ value: Double) -> String {
        let text = pythonText(value)
        return text.contains(".") ? text : text.replacing("e", with: ".0e")
    }

    // MARK: The body, as sections of paragraphs and tables.

    struct CardSection {
        var title: String
        var id: String
        var texts: [String] = []
        var tables: [HTMLTable] = []
        var code: String?
    }

    private var trace: String { "registry show \(reference)" }

    var sections: [CardSection] {
        [about, use, evaluation, data, training, architecture, origin]
    }

    private var about: CardSection {
        let kind =
            switch facts.task {
            case .regression:
                "predicts \(facts.hyperparameters.targets.isEmpty ? "values" : facts.hyperparameters.targets.joined(separator: ", "))"
            case .multiclass where facts.hyperparameters.config["loss"]?.string == "binary_crossentropy":
                "predicts which of \(facts.classes.count) labels apply,"
            case nil where facts.classes.isEmpty: "computes numbers whose meaning is not recorded,"
            case .binary, .multiclass, nil: "predicts one of \(facts.classes.count) classes"
            }
        let input =
            facts.picture.map { "pictures of \($0.description)" }
            ?? (facts.features.isEmpty ? "arrays" : "rows of \(facts.features.count) columns")
        var section = CardSection(title: "Model", id: "model")
        section.texts = ["\(reference) \(kind) from \(input). It was saved on \(version.created)."]
        var rows = [
            ["SHA-256 of the file", version.sha256, trace], ["size", "\(version.size) bytes", trace],
            [
                "parameters",
                "\(facts.trainableParameters) trainable, \(facts.nonTrainableParameters) others", trace,
            ],
        ]
        if !facts.classes.isEmpty { rows.append(["classes", shortened(facts.classes), trace]) }
        if !facts.features.isEmpty { rows.append(["columns", shortened(facts.features), trace]) }
        if let decision = facts.decision {
            rows.append(["threshold", "\(decision.positive) from \(decision.threshold) on", trace])
        }
        if let temperature = facts.calibration?["temperature"]?.double {
            rows.append([
                "temperature", "\(temperature.fixed(4)), on \(facts.calibration?["data"]?.string ?? "")",
                trace,
            ])
        }
        section.tables = [table("The version", ["", "value", "recorded in"], rows)]
        return section
    }

    private var use: CardSection {
        var section = CardSection(title: "Use", id: "use")
        let example =
            facts.picture != nil
            ? "infer digit.png --model \(reference)"
            : facts.features.isEmpty
                ? "infer score x.npy -o y.npy --model \(reference)"
                : "infer score table.csv -o scored.csv --model \(reference)"
        section.texts = [
            facts.host != nil
                ? "With Cellar, or with Keras 2.2.4 to 3: preprocessing is part of the model."
                : "With Cellar, or with the Keras of its form, \(version.generation)."
        ]
        section.code =
            "\(example)\n\nimport keras\nmodel = keras.models.load_model(\"\(FileSystem.name(of: version.file))\")\n"
        return section
    }

    private var evaluation: CardSection {
        var section = CardSection(title: "Evaluation", id: "evaluation")
        section.texts =
            measures.isEmpty ? ["No metric is recorded. infer evaluate --record records some."] : []
        if !measures.isEmpty {
            section.tables = [
                table(
                    "Metrics", ["metric", "value", "data", "part", "recorded in"],
                    measures.map {
                        [
                            $0.name, $0.value.isFinite ? pythonText($0.value) : "\($0.value)", $0.dataset,
                            $0.split ?? "all", $0.source,
                        ]
                    }, texts: [2, 3, 4])
            ]
        }
        return section
    }

    private var data: CardSection {
        var section = CardSection(title: "Training data", id: "data")
        guard let dataset = facts.dataset else {
            section.texts = ["The file does not say which data the model was trained on."]
            return section
        }
        section.tables = [
            table(
                "The data", ["", "value", "recorded in"],
                [
                    ["path", dataset.path, trace], ["SHA-256", dataset.sha256, trace],
                    ["training rows", "\(dataset.trainRows)", trace],
                    ["validation rows", "\(dataset.validationRows)", trace],
                    ["test rows", "\(dataset.testRows)", trace],
                ])
        ]
        return section
    }

    private var training: CardSection {
        var section = CardSection(title: "Training", id: "training")
        var rows = (facts.hyperparameters.json.object?.members ?? []).map { name, value in
            [name, value.string ?? value.text(), trace]
        }
        if let seed = facts.seed { rows.append(["seed", "\(seed)", trace]) }
        if let seconds = facts.trainingSeconds { rows.append(["seconds", seconds.fixed(1), trace]) }
        if let host = facts.host {
            rows.append(["processor", "\(host.processor), \(host.threads) threads", trace])
        }
        let epochs = facts.history.first?.values.count ?? 0
        if epochs > 0 { rows.append(["epochs trained", "\(epochs)", "registry history \(reference)"]) }
        section.tables = rows.isEmpty ? [] : [table("Settings", ["", "value", "recorded in"], rows)]
        section.texts = rows.isEmpty ? ["No settings are recorded."] : []
        return section
    }

    private var architecture: CardSection {
        var section = CardSection(title: "Architecture", id: "architecture")
        let rows = layers.map { layer in
            [
                layer.name, layer.className, layer.outputShape.map { "\($0)" }.joined(separator: "×"),
                "\(layer.parameters)", layer.activation,
            ]
        }
        section.tables = [
            table(
                "Layers", ["layer", "class", "output", "parameters", "activation"], rows, texts: [1, 2, 4])
        ]
        return section
    }

    private var origin: CardSection {
        var section = CardSection(title: "Origin", id: "origin")
        section.texts = [
            "registry lineage \(reference) shows where it came from, and registry verify whether the file is the registered one."
        ]
        let parents = facts.parents.map { [$0.kind.rawValue, $0.reference, String($0.sha256.prefix(12))] }
        if !parents.isEmpty {
            section.tables = [table("Made from", ["relation", "model", "SHA-256"], parents, texts: [1, 2])]
        }
        return section
    }

    private func table(_ caption: String, _ columns: [String], _ rows: [[String]], texts: Set<Int> = [1, 2])
        -> HTMLTable
    {
        HTMLTable(caption: caption, columns: columns, rows: rows, textColumns: texts)
    }

    private func shortened(_ names: [String]) -> String {
        names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
}
