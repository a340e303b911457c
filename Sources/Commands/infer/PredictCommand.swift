import ArgumentParser
import Base
import Cellar
import CommandSupport
import Plots

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict pictures (PNG, JPEG) or NumPy arrays (.npy). The default subcommand.",
        discussion: """
            Any picture of a digit will do: drawn, written, photographed, dark on light or light on dark, of any size. A file \
            that cannot be read is reported; the others are answered, and the exit code is that of the last failure.

            A model that was trained for it says when it is not sure (exit code 1), and when a picture shows no digit, \
            something else, or more than one digit (exit code 65).
            """)

    @Argument(
        help: "Pictures, folders of pictures, or arrays of samples (-: standard input).",
        completion: .file(extensions: ["png", "jpg", "jpeg", "npy"]))
    var files: [String]

    @Option(
        help:
            "Draw the picture, what the network saw of it, and the probabilities: a file .png, .svg or .pdf.",
        completion: .file(extensions: ["png", "svg", "pdf"]))
    var picture: String?

    @Flag(help: "Draw on a dark background.") var dark = false

    @Option(
        help:
            "Answers with a lower probability are given as not sure. With 0, whatever is found is taken for a digit. (default: as found in training)"
    )
    var minConfidence: Double?

    @Option(
        help:
            "Also give the set of digits that contains the true one with this probability, such as 0.99.")
    var coverage: Double?

    @Flag(help: "Read all digits of a picture, line by line from left to right.")
    var all = false

    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        if dark, picture == nil { throw ValidationError("--dark needs --picture.") }
        if picture != nil, files.count != 1 || files[0] == "-" || files[0].hasSuffix(".npy") {
            throw ValidationError("--picture takes one file with a picture.")
        }
        guard (0...1).contains(minConfidence ?? 0) else {
            throw ValidationError("--min-confidence takes a number from 0 to 1.")
        }
        guard coverage.map({ $0 > 0 && $0 < 1 }) ?? true else {
            throw ValidationError("--coverage takes a number between 0 and 1.")
        }
    }

    func run() throws {
        if let picture { return try draw(picture) }
        try answer(request, store: arguments.place.store, json: arguments.place.json)
    }

    private var request: PredictRequest {
        var request = PredictRequest(files: files, models: arguments.models)
        request.reading.minimumConfidence = minConfidence
        (request.reading.coverage, request.reading.readsAll) = (coverage, all)
        return request
    }

    private func draw(_ path: String) throws {
        let place = arguments.place
        try runInfer(json: place.json) {
            _ = try FigureFormat(path: path)
            var request = request
            request.keepsInputs = true
            let result = try Store(place.store).predict(request, progress: commandProgress(json: place.json))
            let figure = try Figure(prediction: result, of: files[0])
            try figure.write(to: path, theme: dark ? .dark : .light)
            try printOutput(place.json ? result.json.strict.text(pretty: true) : path)
            if let status = exitStatus(result) { throw ExitCode(status) }
        }
    }
}

/// Answers the request and prints the predictions: also what a plain call does.
func answer(_ request: PredictRequest, store: String?, json: Bool) throws {
    var request = request
    request.reading.keepsSteps = json
    try runInfer(json: json) {
        let result = try Store(store).predict(request, progress: commandProgress(json: json))
        if json {
            try printOutput(result.json)
        } else if result.models.count > 1 {
            try printOutput(sideBySide(result, first: "file"))
        } else if Terminal.output.isTerminal {
            try printOutput(
                result.predictions.map { $0.text(for: .output) }.joined(separator: "\n") + summary(result))
        } else {
            // Not `joined()`, for which the run-time system makes up a few types: see docs/performance.md.
            try printOutput(result.predictions.reduce(into: "") { $0 += $1.line })
        }
        if let failure = result.failures.last { throw ExitCode(failure.error.category.rawValue) }
        if let status = exitStatus(result) { throw ExitCode(status) }
    }
}

/// The exit status of a result without failures: 65 if a picture shows no digit, something else or several digits, else 1 if an answer
/// is not sure; nil if all are.
private func exitStatus(_ result: PredictResult) -> Int32? {
    // 65 is above 1.
    result.predictions.compactMap { $0.status?.exitStatus }.max()
}

extension PictureStatus {
    /// The exit status of this answer; nil for success.
    var exitStatus: Int32? {
        switch self {
        case .notDigit, .noDigit, .several: CellarError.Category.badData.rawValue
        case .unsure: 1
        case .sure: nil
        }
    }
}

/// For several pictures: how many of them have which answer.
private func summary(_ result: PredictResult) -> String {
    guard result.predictions.count > 1 else { return "" }
    var counts: [(answer: String, count: Int)] = []
    for prediction in result.predictions {
        let answer =
            prediction.status == .unsure && prediction.digits.isEmpty ? "not sure" : prediction.answer
        if let known = counts.firstIndex(where: { $0.answer == answer }) {
            counts[known].count += 1
        } else {
            counts.append((answer, 1))
        }
    }
    counts.sort { ($0.answer.utf8.count, $0.answer) < ($1.answer.utf8.count, $1.answer) }
    var table = TextTable([TextTable.Column("answer", .left), TextTable.Column("pictures")])
    for (answer, count) in counts { table.add([answer, "\(count)"]) }
    table.add(["all", "\(result.predictions.count)"])
    return "\n" + table.text()
}
