import ArgumentParser
import Cellar
import CommandSupport

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict pictures (PNG) or NumPy arrays (.npy). The default subcommand.",
        discussion: """
            Any picture of a digit will do: dark on light or light on dark, of any size. A file that cannot be read is \
            reported; the others are answered, and the exit code is that of the last failure.
            """)

    @Argument(
        help: "Pictures, or arrays of samples (-: standard input).",
        completion: .file(extensions: ["png", "npy"]))
    var files: [String]

    @OptionGroup var arguments: ModelArguments

    func run() throws {
        try answer(
            PredictRequest(files: files, models: arguments.models), store: arguments.place.store,
            json: arguments.place.json)
    }
}

/// Answers the request and prints the predictions: also what a plain call does.
func answer(_ request: PredictRequest, store: String?, json: Bool) throws {
    try runInfer(json: json) {
        let result = try Store(store).predict(request, progress: commandProgress(json: json))
        if json {
            try printOutput(result.json)
        } else if result.models.count > 1 {
            try printOutput(sideBySide(result, first: "file"))
        } else if Terminal.output.isTerminal {
            try printOutput(result.predictions.map { $0.text(for: .output) }.joined(separator: "\n"))
        } else {
            // Not `joined()`, for which the run-time system makes up a few types: see docs/performance.md.
            try printOutput(result.predictions.reduce(into: "") { $0 += $1.line })
        }
        if let failure = result.failures.last { throw ExitCode(failure.error.category.rawValue) }
    }
}
