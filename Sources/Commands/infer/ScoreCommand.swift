import ArgumentParser
import Base
import Cellar
import CommandSupport
import Infer

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Add a model's predictions to a table (CSV), or predict NumPy arrays.",
        discussion: """
            A table keeps its columns byte for byte, but for texts that a spreadsheet would run as formulas (=, +, -, @, tab \
            or carriage return first, and no number): a ' is put before them, unless --raw is given. Behind them come `prediction`, `probability` (of the predicted class) \
            and, for more than two classes, one `probability_CLASS` each. Columns are found by name, in any order. An \
            output file appears once it is complete; on standard output the rows before a bad one have been written \
            when the error is reported, and the exit status is not 0. The output is UTF-8, not compressed, and has no \
            comments; a table without column names gets none.

            --format is the contract for other programs: rows in, rows out, in order; no rows give no rows, and any \
            failure a status that is not 0. With -o and an existing folder, several files are scored, each to a file of its name.

            Several .npy files are a model's inputs, several -o its outputs, in the model's own order.

            Without --model, the only model in the store whose columns are all there answers.
            """)

    @Argument(help: "A table, or .npy files (-: standard input).", completion: .file())
    var inputs: [String] = []

    @Option(name: .shortAndLong, help: "The output file (-: standard output, the default for a table).")
    var output: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: "A row of values: \"7.4,0.70,0,…\" in the model's order, or alcohol=9.4 pH=3.5 … by name.")
    var row: [String] = []

    @Option(help: "A prefix for the names of the new columns.")
    var prefix = ""

    @Option(
        help: "The form of input and output: csv, tsv, jsonl (an object a line) or arrow (an IPC stream).")
    var format: ScoreFormat?

    @Option(help: "A column to pass through; repeat it for several. (default: all columns)")
    var key: [String] = []

    @Flag(help: "Write the new columns alone.")
    var predictionsOnly = false

    @Flag(help: "Write the number of rows behind the last one, so that a reader notices a cut stream.")
    var count = false

    @Option(help: "Score one part of several, as 2/8: of the rows of a file, or of several files.")
    var shard: String?

    @Flag(help: "Let the output replace the input, once it is complete.")
    var force = false

    @Flag(help: "Write texts such as =1+1 as they are, without a ' before them.")
    var raw = false

    @OptionGroup var table: TableArguments
    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        guard inputs.isEmpty != row.isEmpty else {
            throw ValidationError(
                inputs.isEmpty
                    ? "Name a table or .npy files to score, or give a --row."
                    : "A file and --row exclude each other.")
        }
        guard key.isEmpty || !predictionsOnly else {
            throw ValidationError("--key and --predictions-only exclude each other.")
        }
    }

    func run() throws {
        try runInfer(json: arguments.place.json) {
            if row.isEmpty { try scoreFiles() } else { try predictRows() }
        }
    }

    private var store: Store { arguments.place.open() }
    private var progress: ProgressReporter { commandProgress(json: arguments.place.json) }

    private func predictRows() throws {
        let request = PredictRowsRequest(rows: row, models: arguments.models)
        let result = try store.predictRows(request, progress: progress)
        if arguments.place.json {
            try printOutput(result.json)
        } else if result.models.count > 1 {
            try printOutput(sideBySide(result, first: "row"))
        } else if Terminal.output.isTerminal {
            try printOutput(result.predictions.map { $0.text(for: .output) }.joined(separator: "\n"))
        } else {
            try printOutput(result.predictions.map(\.classLines).joined(separator: "\n"))
        }
    }

    private func scoreFiles() throws {
        var request = ScoreRequest(
            inputs: inputs, outputs: output, prefix: prefix, replacesInput: force, models: arguments.models)
        request.format = format
        request.options.isRaw = raw
        request.options.kept = predictionsOnly ? .none : key.isEmpty ? .all : .only(key)
        request.options.endsWithCount = count
        // A partition or a part of a file may be empty.
        request.options.allowsNoRows = format != nil || shard != nil
        if let shard { request.options.shard = try Shard(shard) }
        request.dialect = try table.dialect()
        let summary = try store.score(request, progress: progress)
        // For a program on standard output where that is free, else for a person who watches.
        guard !summary.outputs.contains("-") else { return }
        if arguments.place.json {
            try printOutput(summary.json)
        } else if Terminal.error.isTerminal {
            let names = summary.models.joined(separator: ", ")
            let files = summary.outputs.joined(separator: ", ")
            let what = request.isForArrays ? "samples" : "rows"
            printError("\(summary.samples) \(what) scored by \(names): \(files)")
        }
    }
}

extension ScoreFormat: ExpressibleByArgument {}
