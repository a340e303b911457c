import ArgumentParser
import Base
import Cellar
import CommandSupport
import Datasets
import Infer

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Compare a model's answers with labels: loss, metrics, confusion matrix, classification report.",
        discussion: """
            DATA is a table (CSV) with a column of labels; a folder with an IDX pair, as data/mnist (its t10k files \
            first); a folder of PNG pictures with one subfolder a class; or IDX pictures or an .npy array with --labels.

            A label is a class by its name, or by its value if the names are numbers: 1.0 and +1 are class 1. If no \
            class is called by a number, a label may also be its number, counted from 0. Labels of arrays are what \
            trainer takes for the loss: class numbers, one-hot rows, several labels per sample, or values.

            Loss and metrics are those of the compiled model, as Keras' evaluate gives them. The matrix and the report \
            are about the classes that `infer` predicts.

            report.html needs no network: it has the matrix, ROC and precision-recall curves, calibration, confidence, \
            thresholds, the most confident mistakes, and rows met in training against others; of several models also \
            their differences. Of more than 100 classes, predictions.csv has the probabilities of the predicted and of the true \
            class alone.
            """)

    @Argument(
        help: ArgumentHelp(
            "Path of the labelled data (-: a table on standard input); several files of one table, such as 'data/*.csv'; of arrays one for each input of the model.",
            valueName: "data"), completion: .file())
    var files: [String]

    @Option(help: "The table's column with the labels. (default: the column that the model was trained on)")
    var target: String?

    @Option(
        help:
            "The file with the labels, for IDX pictures or an .npy array. Repeat the option for each output of the model."
    )
    var labels: [String] = []

    @Option(
        help: ArgumentHelp(
            "Also write a report into this folder: report.html with pictures of everything, and each part of it as text, JSON, CSV, SVG and PNG.",
            valueName: "dir"))
    var report: String?

    @Option(
        help:
            "Evaluate one part of the table that the model was trained on: \(TablePart.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var split: TablePart?

    @Flag(
        help:
            "Fit a temperature to these rows, so that probabilities agree with how often the model is right, and save the model with it as a new version."
    )
    var calibrate = false

    @Flag(help: "Save the model with --positive and --threshold as a new version.")
    var keep = false

    @Flag(help: "Record the result in the store's log; `registry log` and `lineage` show it.")
    var record = false

    @OptionGroup var table: TableArguments
    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        if keep, arguments.threshold == nil { throw ValidationError("--keep needs --threshold.") }
    }

    func run() throws {
        let json = arguments.place.json
        try runInfer(json: json) {
            var request = EvaluateRequest(
                data: files.first ?? "-", moreInputs: Array(files.dropFirst()),
                target: target.map(commaSeparated),
                labels: labels, report: report, split: split, models: arguments.models)
            request.dialect = try table.dialect()
            (request.calibrates, request.keepsDecision, request.isRecorded) = (calibrate, keep, record)
            let result = try arguments.place.open().evaluate(request, progress: commandProgress(json: json))
            let evaluations = result.evaluations
            if json {
                try printOutput(result.json)
            } else {
                try printOutput(
                    (evaluations.count == 1 ? text(evaluations[0]) : comparison(evaluations))
                        + result.adjusted.map(\.text).joined())
            }
        }
    }

    private func text(_ evaluation: Evaluation) -> String {
        let terminal = Terminal.output
        guard terminal.isTerminal else { return evaluation.text }
        return evaluation.text { resultsText($0, $1, terminal) }
    }

    private func comparison(_ evaluations: [Evaluation]) -> String {
        var table = TextTable([TextTable.Column("", .left)] + evaluations.map { TextTable.Column($0.model) })
        var names: [String] = []
        for name in evaluations.flatMap({ $0.figures.map(\.name) }) where !names.contains(name) {
            names.append(name)
        }
        for name in names {
            table.add(
                [name]
                    + evaluations.map { evaluation in
                        evaluation.figures.first { $0.name == name }.map(\.value.measured) ?? ""
                    })
        }
        table.add(["samples"] + evaluations.map { "\($0.count)" })
        return table.text()
    }
}

extension TablePart: ExpressibleByArgument {}
