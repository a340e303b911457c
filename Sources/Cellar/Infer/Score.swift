import ArrowIPC
import Base
import Datasets
import Infer

/// Asks to add models' predictions to a table, or to compute arrays.
public struct ScoreRequest: Sendable {
    /// A table (CSV), or the .npy files of a model's inputs; - is standard input.
    public var inputs: [String]
    /// The scored table, which goes to standard output (-) if none is named; or a .npy file for each output of the model.
    public var outputs: [String]
    /// Whether an output may replace an input.
    public var replacesInput: Bool
    /// The form of a table and of its output; nil for CSV as it is found.
    public var format: ScoreFormat?
    public var options = ScoreOptions()
    /// How the table is written, as far as it differs from what the model was trained on.
    public var dialect = TableDialect()
    public var models: ModelSelection

    public init(
        inputs: [String], outputs: [String] = [], prefix: String = "", replacesInput: Bool = false,
        models: ModelSelection = []
    ) {
        (self.inputs, self.outputs, self.models) = (inputs, outputs, models)
        options.prefix = prefix
        self.replacesInput = replacesInput
    }

    /// Throws if an output is an input, by whatever path.
    fileprivate func checkOutputs() throws(CellarError) {
        let outputs = outputs.filter { $0 != "-" }.map(FileSystem.resolved)
        for (index, output) in outputs.enumerated() where outputs[..<index].contains(output) {
            throw CellarError(
                .usage, "two outputs have the same path.", file: output, remedy: "Name one -o for each.")
        }
        guard !replacesInput else { return }
        for input in inputs where input != "-" && outputs.contains(where: { FileSystem.isSame($0, input) }) {
            throw CellarError(
                .usage, "the output would replace the input.", file: input,
                remedy: "Name another output, or use --force to replace it once the new file is complete.")
        }
    }

    /// Whether the inputs are arrays and not a table.
    public var isForArrays: Bool { format == nil && inputs.allSatisfy { $0.hasSuffix(".npy") } }

    /// True if several tables are scored, each to a file of its name in a folder.
    var isForFolder: Bool {
        !isForArrays && outputs.count == 1 && outputs[0] != "-" && FileSystem.isFolder(outputs[0])
    }

    /// Whether a scored table goes to standard output.
    public var printsTable: Bool {
        !isForArrays && inputs.count == 1 && outputs.count <= 1 && outputs.first ?? "-" == "-"
    }
}

/// A finished scoring run.
public struct ScoreSummary: Sendable {
    /// References of the models.
    public var models: [String]
    public var samples: Int
    /// The files that were written; - is standard output.
    public var outputs: [String]

    public var json: JSON {
        [
            "models": .array(models.map { .string($0) }), "samples": .integer(samples),
            "outputs": .array(outputs.map { .string($0) }),
        ]
    }
}

extension Store {
    /// Scores a table or arrays. Outputs appear once they are complete, and not at all after an error or a cancellation.
    public func score(
        _ request: ScoreRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> ScoreSummary {
        try request.checkOutputs()
        if request.isForArrays { return try scoreArrayFiles(request, progress) }
        return request.isForFolder
            ? try scoreToFolder(request, progress) : try scoreTableFile(request, progress)
    }

    /// Scores each table to a file of its name. A shard takes its part of the files, and of a single file its part of the rows.
    private func scoreToFolder(
        _ request: ScoreRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ScoreSummary {
        var (inputs, single) = (request.inputs, request)
        if inputs.count > 1, let shard = request.options.shard {
            inputs = shard.select(inputs)
            single.options.shard = nil
        }
        var total = ScoreSummary(models: [], samples: 0, outputs: [])
        for input in inputs {
            single.inputs = [input]
            let name = input == "-" ? "scored" : FileSystem.name(of: input)
            single.outputs = [request.outputs[0] + "/" + name]
            try single.checkOutputs()
            guard !total.outputs.contains(single.outputs[0]) else {
                throw CellarError(
                    .usage, "two inputs have the same file name.", file: input,
                    remedy: "Score them to different folders.")
            }
            let summary = try scoreTableFile(single, progress)
            total.models = summary.models
            total.samples += summary.samples
            total.outputs += summary.outputs
        }
        return total
    }

    private func scoreTableFile(
        _ request: ScoreRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ScoreSummary {
        guard request.inputs.count == 1, request.outputs.count <= 1, let input = request.inputs.first else {
            throw CellarError(
                .usage, "several tables need a folder for their outputs.",
                remedy: "Name an existing folder with -o.")
        }
        let (output, options) = (request.outputs.first ?? "-", request.options)
        switch request.format {
        case .csv, .tsv, nil:
            var dialect = request.dialect
            if request.format == .tsv { dialect.delimiter = UInt8(ascii: "\t") }
            let opened = try modelsAndTable(
                [input], dialect, request.models, progress, allowsNoRows: options.allowsNoRows)
            let models = opened.models
            let rows = try scoreTable(
                opened.reader, with: models, to: output, options: options, onBlock: progress.samplesDone)
            return ScoreSummary(models: models.map(\.name), samples: rows, outputs: [output])
        case .jsonl:
            let reader = try JSONLinesReader(path: input)
            let models = try modelsForColumns(request, input, reader.names, progress)
            let rows = try scoreLines(
                reader, with: models, to: output, options: options, onBlock: progress.samplesDone)
            return ScoreSummary(models: models.map(\.name), samples: rows, outputs: [output])
        case .arrow:
            let reader = try ArrowReader(path: input)
            let models = try modelsForColumns(request, input, reader.schema.names, progress)
            let rows = try scoreArrow(
                reader, with: models, to: output, options: options, onBlock: progress.samplesDone)
            return ScoreSummary(models: models.map(\.name), samples: rows, outputs: [output])
        }
    }

    private func modelsForColumns(
        _ request: ScoreRequest, _ input: String, _ columns: [String], _ progress: ProgressReporter
    ) throws(CellarError) -> [LoadedModel] {
        try load(request.models, progress) { () throws(CellarError) in
            try tableModel(input == "-" ? "standard input" : input, columns: columns)
        }
    }

    private func scoreArrayFiles(
        _ request: ScoreRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ScoreSummary {
        let models = try load(request.models, progress) { () throws(CellarError) in
            throw CellarError(.usage, "arrays have no default model.", remedy: "Name the model with --model.")
        }
        guard models.count == 1 else { throw CellarError(.usage, "Arrays are scored with one --model.") }
        try progress.checkCancellation()
        let samples = try scoreArrays(
            request.inputs, with: models[0], to: request.outputs, warn: progress.warn)
        return ScoreSummary(models: [models[0].name], samples: samples, outputs: request.outputs)
    }
}
