import ArgumentParser
import CommandSupport
import Datasets
import Infer
import Base

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Add a model's answers to a table (CSV), or compute NumPy arrays.",
        discussion: """
            A table keeps its columns byte for byte; behind them come `prediction`, `probability` (of the predicted class) \
            and, for more than two classes, one `probability_CLASS` each. Columns are found by name, in any order. The \
            output appears once it is complete.

            Several .npy files are a model's inputs, several -o its outputs, in the model's own order.

            Without --model, the only model in the store whose columns are all there answers.
            """)

    @Argument(help: "A table, or .npy files; - is standard input.")
    var inputs: [String] = []

    @Option(name: .shortAndLong, help: "Where to write; - is standard output, and the default for a table.")
    var output: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: "A row by hand: \"7.4,0.70,0,…\" in the model's order, or alcohol=9.4 pH=3.5 … by name.")
    var row: [String] = []

    @Option(help: "Put before the names of the new columns.")
    var prefix = ""

    @OptionGroup var arguments: ModelArguments

    func validate() throws {
        guard inputs.isEmpty != row.isEmpty else {
            throw ValidationError("Name a table or .npy files to score, or give a --row.")
        }
    }

    func run() throws {
        try arguments.place.run {
            if !row.isEmpty {
                try scoreRows()
            } else if inputs.allSatisfy({ $0.hasSuffix(".npy") }) {
                try scoreArrayFiles()
            } else {
                try scoreTableFile()
            }
        }
    }

    private func scoreRows() throws {
        let models = try arguments.load { store in
            let names = HandRow.names(row)
            return try rowModel(store, rows: "--row") { features in
                names.isEmpty ? HandRow.counts(row) == [features.count] : areAll(names, in: features)
            }
        }
        let answers = try models.map { try $0.answers(HandRow.samples(row, for: $0)) }
        let predictions = (0..<(answers.first?.count ?? 0)).flatMap { row in
            zip(models, answers).map { model, answers in
                Prediction(file: nil, model: model.name, answers: answers, row: row, image: nil)
            }
        }
        if arguments.place.json {
            try printOutput(.array(predictions.map(\.json)))
        } else if models.count > 1 {
            try printOutput(sideBySide(predictions, models.map(\.name), first: "row"))
        } else if Terminal.output.isTerminal {
            try printOutput(predictions.map { $0.text(for: .output) }.joined(separator: "\n"))
        } else {
            try printOutput(predictions.map(\.classLines).joined(separator: "\n"))
        }
    }

    private func scoreTableFile() throws {
        guard inputs.count == 1, output.count <= 1, let input = inputs.first else {
            throw CellarError(.usage, "A table is scored alone: one input, one -o.")
        }
        let output = output.first ?? "-"
        guard output != "-" || !arguments.place.json else {
            throw CellarError(
                .usage,
                "The scored table itself goes to standard output. Name a file with -o to have JSON about it.")
        }
        let reader = try CSVReader(path: input)
        let (name, columns) = (reader.name, reader.header.names)
        let models = try arguments.load { store in
            try rowModel(store, rows: name) { areAll($0, in: columns) }
        }
        let rows = try scoreTable(reader, with: models, to: output, prefix: prefix)
        try done(rows, "rows", [output], models)
    }

    private func scoreArrayFiles() throws {
        let models = try arguments.load { _ in
            throw CellarError(.usage, "Which model takes these arrays? Name it with --model.")
        }
        guard models.count == 1 else { throw CellarError(.usage, "Arrays are scored with one --model.") }
        let samples = try scoreArrays(inputs, with: models[0], to: output) {
            printError("infer: warning: \($0)")
        }
        try done(samples, "samples", output, models)
    }

    /// What was done: for a program on standard output where that is free, else for a person who watches.
    private func done(_ count: Int, _ what: String, _ outputs: [String], _ models: [LoadedModel]) throws {
        guard !outputs.contains("-") else { return }
        if arguments.place.json {
            try printOutput([
                "models": .array(models.map { .string($0.name) }), "samples": .integer(count),
                "outputs": .array(outputs.map { .string($0) }),
            ])
        } else if Terminal.error.isTerminal {
            let names = models.map(\.name).joined(separator: ", ")
            printError("\(count) \(what) scored by \(names): \(outputs.joined(separator: ", "))")
        }
    }
}
