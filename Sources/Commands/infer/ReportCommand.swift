import ArgumentParser
import Cellar
import CommandSupport
import Datasets
import Infer
import Metrics

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the classification report and the confusion matrix of a file of labels.",
        discussion: """
            The table has the columns truth and prediction, as `infer evaluate --report` writes them. The numbers and \
            the report are those of scikit-learn's classification_report and confusion_matrix. Of more than 100 classes, \
            the most frequent confusions are shown; --json and confusion_matrix.csv have all of the matrix.

            Rows may have several labels: as a column for each label (truth_cat with 0 or 1, and prediction_cat with \
            0 or 1 or probability_cat, as `infer evaluate --report` writes them), or as lists such as cat;dog with \
            --separator ';'.
            """)

    @Argument(help: "A table with true and predicted labels (-: standard input).", completion: .file())
    var labels: String

    @Option(help: "The column with the true labels.")
    var truth = "truth"

    @Option(help: "The column with the predicted labels.")
    var prediction = "prediction"

    @Option(help: "The number of decimal places.")
    var digits = 2

    @Option(
        help: ArgumentHelp(
            "The value of a score with a zero denominator: 0, 1 or nan. (default: 0 with a warning)",
            valueName: "value"))
    var zeroDivision: ZeroDivisionOption = .warn

    @Option(
        name: .customLong("labels"), parsing: .unconditional,  // a class may be -1
        help: ArgumentHelp(
            "Report these classes only, in this order: cat,dog,… (default: all that occur)",
            valueName: "labels"))
    var chosen: String?

    @Option(help: ArgumentHelp("The column with a weight for each row.", valueName: "column"))
    var sampleWeight: String?

    @Option(
        help: ArgumentHelp(
            "Show the matrix as shares of each true class (true), each predicted class (pred) or all rows (all).",
            valueName: "by"))
    var normalize: ConfusionMatrix.Normalisation?

    @Option(help: "The text between the labels of a row that may have several.")
    var separator: String?

    @Option(
        help: ArgumentHelp(
            "Also write report.txt, report.json and confusion_matrix.csv into this folder.", valueName: "dir")
    )
    var report: String?

    @OptionGroup var table: TableArguments

    @Flag(help: "Print JSON, including errors.")
    var json = false

    func validate() throws {
        guard (0...100).contains(digits) else { throw ValidationError("--digits takes 0 to 100.") }
        if separator?.isEmpty ?? false { throw ValidationError("--separator takes a text such as ';'.") }
    }

    func run() throws {
        try reportingErrors(of: "infer", json: json) {
            var request = ReportRequest(
                labels: labels, truth: truth, prediction: prediction, report: report)
            request.dialect = try table.dialect()
            request.options.digits = digits
            request.options.zeroDivision = zeroDivision.value
            request.options.labels = chosen.map(commaSeparated)
            request.options.weight = sampleWeight
            request.options.normalisation = normalize
            request.options.separator = separator
            let found = try Store().report(request, progress: commandProgress(json: json))
            if json {
                try printOutput(found.json)
            } else {
                let terminal = Terminal.output
                try printOutput(
                    terminal.isTerminal
                        ? found.text { matrix, report in
                            resultsText(
                                matrix, report, terminal, digits: digits, normalisation: normalize)
                        } : found.text)
            }
        }
    }
}

/// ClassificationReport.ZeroDivision as an argument.
enum ZeroDivisionOption: String, ExpressibleByArgument, CaseIterable {
    case warn
    case zero = "0"
    case one = "1"
    case nan

    var value: ClassificationReport.ZeroDivision {
        switch self {
        case .warn: .warn
        case .zero: .zero
        case .one: .one
        case .nan: .nan
        }
    }
}

extension ConfusionMatrix.Normalisation: ExpressibleByArgument {}
