import Base
import Datasets
import Infer

/// Asks to add models' predictions to a table, or to compute arrays.
public struct ScoreRequest: Sendable {
    /// A table (CSV), or the .npy files of a model's inputs; - is standard input.
    public var inputs: [String]
    /// The scored table, which goes to standard output (-) if none is named; or a .npy file for each output of the model.
    public var outputs: [String]
    /// Put before the names of new columns.
    public var prefix: String
    /// Whether an output may replace an input.
    public var replacesInput: Bool
    /// Whether texts that a spreadsheet would run as formulas are written as they are, without a guard.
    public var isRaw = false
    /// How the table is written, as far as it differs from what the model was trained on.
    public var dialect = TableDialect()
    public var models: ModelSelection

    public init(
        inputs: [String], outputs: [String] = [], prefix: String = "", replacesInput: Bool = false,
        models: ModelSelection = []
    ) {
        (self.inputs, self.outputs, self.prefix, self.models) = (inputs, outputs, prefix, models)
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
    public var isForArrays: Bool { inputs.allSatisfy { $0.hasSuffix(".npy") } }

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
        return request.isForArrays
            ? try scoreArrayFiles(request, progress) : try scoreTableFile(request, progress)
    }

    private func scoreTableFile(
        _ request: ScoreRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ScoreSummary {
        guard request.inputs.count == 1, request.outputs.count <= 1, let input = request.inputs.first else {
            throw CellarError(.usage, "A table is scored alone: one input, one -o.")
        }
        let output = request.outputs.first ?? "-"
        let opened = try modelsAndTable(input, request.dialect, request.models, progress)
        let models = opened.models
        let rows = try scoreTable(
            opened.reader, with: models, to: output, prefix: request.prefix, isRaw: request.isRaw,
            onBlock: progress.samplesDone)
        return ScoreSummary(models: models.map(\.name), samples: rows, outputs: [output])
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
