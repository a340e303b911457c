import ArgumentParser
import CommandSupport
import Infer
import Base
import StoreSupport

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Say what is in pictures (PNG), or what NumPy arrays (.npy) give. The default subcommand.",
        discussion: """
            Any picture of a digit will do: dark on light or light on dark, of any size. A file that cannot be read is \
            reported; the others are answered, and the exit code is that of the last failure.
            """)

    @Argument(help: "Pictures, or arrays of samples; - is standard input.")
    var files: [String]

    @OptionGroup var arguments: ModelArguments

    func run() throws { try PictureQuestion(files: files, arguments: arguments).run() }
}

/// What is in these files, in the opinion of these models?
struct PictureQuestion<Arguments: ModelChoice> {
    let files: [String]
    let arguments: Arguments

    func run() throws {
        try arguments.place.run {
            let models = try arguments.load(else: pictureModel)
            var predictions: [Prediction] = []
            var failure: CellarError?
            for file in files {
                do {
                    predictions += try predict(file, models)
                } catch {
                    // The model's faults would repeat for every file; a file's own concern that file alone.
                    guard let found = describe(error) ?? StoreSupport.describe(error, withFile: true),
                        found.status != .usage, files.count > 1
                    else {
                        throw error
                    }
                    printError(arguments.place.json ? found.json.text() : "infer: \(found.text)")
                    failure = found
                }
            }
            try show(predictions, models)
            if let failure { throw ExitCode(failure.status.rawValue) }
        }
    }

    /// One for each model and sample.
    private func predict(_ file: String, _ models: [LoadedModel]) throws -> [Prediction] {
        if file.hasSuffix(".npy") { return try arrayPredictions(file, models) }
        return try models.map { model in
            let picture = try model.pictureForm().read(file)
            return Prediction(
                file: file, model: model.name, answers: try model.answers(picture.samples), row: 0,
                image: picture.image)
        }
    }

    private func arrayPredictions(_ file: String, _ models: [LoadedModel]) throws -> [Prediction] {
        let answers = try models.map { try $0.answers(readArrays([file], for: $0)[0]) }
        return (0..<(answers.first?.count ?? 0)).flatMap { row in
            zip(models, answers).map { model, answers in
                Prediction(
                    file: "\(file)[\(row)]", model: model.name, answers: answers, row: row, image: nil)
            }
        }
    }

    private func show(_ predictions: [Prediction], _ models: [LoadedModel]) throws {
        if arguments.place.json {
            try printOutput(.array(predictions.map(\.json)))
        } else if models.count > 1 {
            try printOutput(sideBySide(predictions, models.map(\.name), first: "file"))
        } else if Terminal.output.isTerminal {
            try printOutput(predictions.map { $0.text(for: .output) }.joined(separator: "\n"))
        } else {
            // Not `joined()`, for which the run-time system makes up a few types: see docs/performance.md.
            try printOutput(predictions.reduce(into: "") { $0 += $1.line })
        }
    }
}
