import ArgumentParser
import Cellar
import CommandSupport
import Plots

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

    @Option(
        help:
            "Draw the picture, what the network saw of it, and the probabilities: a file .png, .svg or .pdf.",
        completion: .file(extensions: ["png", "svg", "pdf"]))
    var picture: String?

    @Flag(help: "Draw on a dark background.") var dark = false

    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        if dark, picture == nil { throw ValidationError("--dark needs --picture.") }
        if picture != nil, files.count != 1 || files[0] == "-" || files[0].hasSuffix(".npy") {
            throw ValidationError("--picture takes one file with a picture.")
        }
    }

    func run() throws {
        if let picture { return try draw(picture) }
        try answer(
            PredictRequest(files: files, models: arguments.models), store: arguments.place.store,
            json: arguments.place.json)
    }

    private func draw(_ path: String) throws {
        let place = arguments.place
        try runInfer(json: place.json) {
            _ = try FigureFormat(path: path)
            var request = PredictRequest(files: files, models: arguments.models)
            request.keepsInputs = true
            let result = try Store(place.store).predict(request, progress: commandProgress(json: place.json))
            let figure = try Figure(prediction: result, of: files[0])
            try figure.write(to: path, theme: dark ? .dark : .light)
            try printOutput(place.json ? result.json.text(pretty: true) : path)
        }
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
