import ArgumentParser
import Cellar
import CommandSupport

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the classification report and the confusion matrix of a file of labels.",
        discussion:
            "The table has the columns truth and prediction, as `infer evaluate --report` writes them.")

    @Argument(help: "A table with true and predicted labels (-: standard input).", completion: .file())
    var labels: String

    @Option(help: "The column with the true labels.")
    var truth = "truth"

    @Option(help: "The column with the predicted labels.")
    var prediction = "prediction"

    @Option(
        help: ArgumentHelp(
            "Also write report.txt, report.json and confusion_matrix.csv into this folder.", valueName: "dir")
    )
    var report: String?

    @OptionGroup var table: TableArguments

    @Flag(help: "Print JSON, including errors.")
    var json = false

    func run() throws {
        try reportingErrors(of: "infer", json: json) {
            var request = ReportRequest(
                labels: labels, truth: truth, prediction: prediction, report: report)
            request.dialect = try table.dialect()
            let found = try Store().report(request)
            if json { try printOutput(found.json) } else { try printOutput(found.text) }
        }
    }
}
