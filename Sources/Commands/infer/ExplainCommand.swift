import ArgumentParser
import Base
import Cellar
import CommandSupport
import Datasets
import Infer
import Plots

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which pixels or columns decide a model's answer.",
        discussion: """
            Of a picture: how much the class's score falls where a part is covered (occlusion), and the gradient of its \
            logit times the input. Of a table: how much worse the model predicts where a column is shuffled \
            (permutation; the table needs the column with the labels), or with --row the gradient times the value \
            of each column, measured from the column's mean.
            """)

    @Argument(
        help: "A picture (PNG, JPEG; by content), or a table.",
        completion: .file(extensions: ["png", "jpg", "jpeg", "csv"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Also draw the explanation into this file, whose name ends in .png, .svg or .pdf.",
            valueName: "file"))
    var picture: String?

    @Option(name: .customLong("class"), help: "The class to explain. (default: the predicted one)") var label:
        String?

    @Option(help: "Explain the answer for this row of the table, counted from 1.") var row: Int?

    @Option(help: "The table's column with the labels. (default: the column that the model was trained on)")
    var target: String?

    @Option(help: "The side of the part that is covered, in pixels. (default: a seventh of the picture)")
    var window: Int?

    @Option(help: "How often each column is shuffled.") var repetitions = 5
    @Option(help: "The seed of the shuffling.") var seed = 0
    @Option(help: "The maximum number of rows of the table.") var rows = 10_000

    @OptionGroup var table: TableArguments
    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        guard (1...1_000).contains(repetitions) else {
            throw ValidationError("--repetitions takes 1 to 1000.")
        }
        guard rows > 0 else { throw ValidationError("--rows takes a positive number.") }
        guard row ?? 1 > 0 else { throw ValidationError("--row counts from 1.") }
        guard window ?? 1 > 0 else { throw ValidationError("--window takes a positive number.") }
    }

    func run() throws {
        let json = arguments.place.json
        try runInfer(json: json) {
            let format = try picture.map { (path) throws(CellarError) in try FigureFormat(path: path) }
            var request = ExplainRequest(file: file, models: arguments.models)
            (request.label, request.row, request.window) = (label, row, window)
            (request.repetitions, request.seed, request.rows) = (repetitions, seed, rows)
            request.target = target.map(commaSeparated)
            request.dialect = try table.dialect()
            let found = try arguments.place.open().explain(request, progress: commandProgress(json: json))
            for warning in found.warnings { commandProgress(json: json).warn(warning) }
            if let picture, format != nil { try found.figure.write(to: picture) }
            if json { try printOutput(found.json) } else { try printOutput(text(found)) }
            if let status = found.status?.exitStatus { throw ExitCode(status) }
        }
    }

    private func text(_ found: ExplainResult) -> String {
        var text = "\(found.file)  \(found.answer)  \(found.score.measured)  \(found.model)\n"
        if let size = found.picture {
            for (name, values) in found.methods {
                // What speaks for the answer is bright.
                let most = values.reduce(0) { max($0, $1.mean) }
                let pixels = values.map { UInt8(max(0, min(255, most > 0 ? $0.mean / most * 255 : 0))) }
                text += "\n\(name.replacing("_", with: " "))\n" + DigitArt.text(pixels, width: size.width)
            }
            return text
        }
        for (name, values) in found.methods {
            var table = TextTable(
                [.init("column", .left), .init(name.replacing("_", with: " "), .right)]
                    + (name == "permutation" ? [.init("deviation", .right)] : []))
            for column in values.sorted(by: { abs($0.mean) > abs($1.mean) }) {
                table.add(
                    [column.name, column.mean.measured]
                        + (name == "permutation" ? [column.standardDeviation.measured] : []))
            }
            text += "\n" + table.text()
        }
        return text
    }
}
