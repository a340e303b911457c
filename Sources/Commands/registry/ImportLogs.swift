import ArgumentParser
import Cellar
import CommandSupport
import Datasets
import StoreSupport

struct ImportLogs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-logs",
        abstract:
            "Show the runs in TensorBoard's logs, of Keras or of trainer, beside the versions of the store.",
        discussion: """
            DIR is the log_dir of Keras' TensorBoard callback, or a folder above it, such as logs/fit. Nothing is \
            changed: a run without a model file cannot be a version. The numbers of a run are those of its last epoch, \
            the last that has both training's and validation's, as \
            they were measured during training; --json has the best ones too. Where a training began again in the same folder, \
            the newest counts. Those of a version are of its \
            weights, which may be those of another epoch (restore_best_weights).
            """)

    @Argument(help: ArgumentHelp("The folder with the logs.", valueName: "dir"), completion: .directory)
    var folder: String
    @Option(help: ArgumentHelp("Show the versions of this model only.", valueName: "name")) var model: String?
    @Option(
        help: ArgumentHelp(
            "Metrics to show, separated by commas. (default: loss,accuracy,val_loss,val_accuracy; with --json all)",
            valueName: "metrics"))
    var metrics: String?
    @Flag(help: "Show the runs alone, without the versions of the store.") var only = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            var request = ImportLogsRequest(folder: folder, model: model)
            request.listsVersions = !only
            request.metrics = metrics.map(commaSeparated)
            let names = request.metrics ?? ImportLogsRequest.standardMetrics
            let runs = try store.importLogs(request)
            try common.print(.array(runs.map(\.json))) {
                var table = TextTable(
                    [
                        .init("run", .left), .init("from", .left, importance: 2),
                        .init("began", .left, importance: 1), .init("epochs"),
                    ]
                        + names.map { .init($0, importance: 1) })
                for run in runs {
                    table.add(
                        [
                            run.name, run.isVersion ? "registry" : "logs", run.began,
                            run.epochs.map { "\($0)" } ?? "",
                        ] + names.map { name in run.last(name).map(\.measured) ?? "" })
                }
                let problems = runs.compactMap { run in
                    run.problem.map { Terminal.output.prose("\(run.name): \($0)") }
                }
                return table.text() + problems.joined()
            }
        }
    }
}
