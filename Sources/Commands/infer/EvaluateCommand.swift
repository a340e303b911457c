import ArgumentParser
import CommandSupport
import Datasets
import Base
import Infer
import Registry

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Compare a model's answers with labels: loss, accuracy, confusion matrix, classification report.",
        discussion: """
            DATA is a table (CSV) with a column of labels; a folder with an IDX pair, as data/mnist (its t10k files \
            first); a folder of PNG pictures with one subfolder a class; or IDX pictures or an .npy array with --labels.

            A label is a class by its name; where no class is called by a number, also by its number, counted from 0.
            """)

    @Argument(help: "Where the labelled data are; - is a table on standard input.")
    var data: String

    @Option(help: "A table's column with the labels (default: the one the model was trained on).")
    var target: String?

    @Option(help: "The file with the labels, for IDX pictures or an .npy array.")
    var labels: String?

    @Option(
        help: ArgumentHelp(
            "Also write report.txt, report.json, confusion_matrix.csv and predictions.csv into this folder.",
            valueName: "dir"))
    var report: String?

    @Option(
        help:
            "Of the table that the model was trained on, only the rows for this: \(TablePart.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var split: TablePart?

    @OptionGroup var arguments: ModelArguments

    func run() throws {
        try arguments.place.run {
            let evaluations = holdsSamples(data) ? try ofSamples() : try ofTable()
            if arguments.place.json {
                let all = evaluations.map(\.json)
                try printOutput(all.count == 1 ? all[0] : .array(all))
            } else if evaluations.count == 1 {
                try printOutput(evaluations[0].text)
            } else {
                try printOutput(table(evaluations))
            }
        }
    }

    private func ofSamples() throws -> [Evaluation] {
        guard split == nil else {
            throw CellarError(
                .usage, "--split is for tables, whose rows the model's file can tell apart.", file: data)
        }
        let models = try arguments.load { store in
            guard !data.hasSuffix(".npy") else {
                throw CellarError(.usage, "Which model takes these arrays? Name it with --model.")
            }
            return try pictureModel(store)
        }
        return try models.map { model in
            let labelled = try readLabelledSamples(data, labels: labels, for: model)
            return try evaluateSamples(
                labelled, with: model, data: data, report: folder(for: model, among: models))
        }
    }

    private func ofTable() throws -> [Evaluation] {
        let first = try CSVReader(path: data)
        let (name, columns) = (first.name, first.header.names)
        let models = try arguments.load { store in
            try rowModel(store, rows: name) { areAll($0, in: columns) }
        }
        guard models.count == 1 || data != "-" else {
            throw CellarError(.usage, "Standard input can be read once: name one --model.")
        }
        if split == nil { for model in models { warnOfTrainingRows(model) } }
        let targets = target.map(names)
        var evaluations = [
            try evaluateTable(
                first, with: models[0], target: targets, part: part(for: models[0]),
                report: folder(for: models[0], among: models))
        ]
        for model in models.dropFirst() {
            evaluations.append(
                try evaluateTable(
                    CSVReader(path: data), with: model, target: targets, part: part(for: model),
                    report: folder(for: model, among: models)))
        }
        return evaluations
    }

    private func part(for model: LoadedModel) throws -> PartOfTable? {
        guard let split else { return nil }
        guard wasTrainedOnThis(model) else {
            throw CellarError(
                .usage,
                "\(model.name) was not trained on this very table"
                    + (model.facts?.dataset.map { " but on \($0.path), as it was then" } ?? "")
                    + "; nobody knows which of its rows are for \(split.rawValue). Leave out --split.",
                file: data)
        }
        return try PartOfTable(split, of: model, path: data)
    }

    private func wasTrainedOnThis(_ model: LoadedModel) -> Bool {
        guard let dataset = model.facts?.dataset, dataset.trainRows > 0, data != "-" else { return false }
        return (try? sha256(ofFile: data)) == dataset.sha256
    }

    /// Numbers on rows that a model has learned by heart say little, and nobody sees it in them.
    private func warnOfTrainingRows(_ model: LoadedModel) {
        guard wasTrainedOnThis(model), let dataset = model.facts?.dataset else { return }
        let test = model.facts?.metrics.filter { $0.split == "test" } ?? []
        let recorded = test.map { "\($0.name) \($0.value.fixed(4))" }.joined(separator: ", ")
        printError(
            "infer: warning: \(model.name) was trained on \(dataset.trainRows) rows of this very table."
                + (dataset.testRows == 0
                    ? ""
                    : (recorded.isEmpty
                        ? "" : " On the \(dataset.testRows) rows kept for testing: \(recorded).")
                        + (dataset.division == nil ? "" : " --split test looks at those alone.")))
    }

    /// Several models' reports lie in folders of their own.
    private func folder(for model: LoadedModel, among models: [LoadedModel]) -> String? {
        guard let report, models.count > 1 else { return report }
        return report + "/" + model.name.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "-" }
    }

    private func table(_ evaluations: [Evaluation]) -> String {
        var table = TextTable([TextTable.Column("", .left)] + evaluations.map { TextTable.Column($0.model) })
        var names: [String] = []
        for name in evaluations.flatMap({ $0.figures.map(\.name) }) where !names.contains(name) {
            names.append(name)
        }
        for name in names {
            table.add(
                [name]
                    + evaluations.map { evaluation in
                        evaluation.figures.first { $0.name == name }.map { $0.value.fixed(4) } ?? ""
                    })
        }
        table.add(["samples"] + evaluations.map { "\($0.count)" })
        return table.text()
    }
}

extension TablePart: ExpressibleByArgument {}
