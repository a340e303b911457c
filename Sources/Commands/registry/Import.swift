import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy model files into the store and register them, including files written by Keras.")

    @Argument(
        help: "Files ending .h5, .hdf5 or .keras; with --mlflow, registered models (default: all).",
        completion: .file(extensions: ["h5", "hdf5", "keras"]))
    var files: [String] = []
    @Option(
        help:
            "Import the registered models of an MLflow server, with aliases and tags (http://localhost:5000)."
    )
    var mlflow: String?
    @Option(help: "The model's name. (default: the name in the file, or one derived from the file name)")
    var name: String?
    @Option(
        help:
            "For weights alone: a config.json (model.to_json), a model file or a version that has the layers."
    )
    var architecture: String?
    @OptionGroup var common: StoreOptions

    func validate() throws {
        guard mlflow != nil || !files.isEmpty else { throw ValidationError("Name the files to import.") }
    }

    func run() throws {
        try common.run { store in
            let progress = ProgressReporter.warnings(json: common.json)
            let done =
                if let mlflow {
                    try store.importMLflow(mlflow, models: files, name: name, progress: progress)
                } else {
                    try store.importFiles(
                        ImportRequest(files: files, name: name, architecture: architecture),
                        progress: progress)
                }
            try common.print(.array(done.map(\.json))) {
                done.map { item in
                    item.isNew
                        ? "\(item.file) is \(item.version.reference) now\n"
                        : "\(item.file) is in the store already: \(item.version.reference)\n"
                }.joined()
            }
        }
    }
}
