import Base
import Network
import Tensors

/// Models that predict blocks of rows on several threads: the numbers of a block go in, and what the models add comes out.
final class BlockScorer {
    let models: [LoadedModel]
    let inputs: ModelColumns
    /// The reader of a table's columns where models take them one by one, or numbers are not written as usual.
    let table: TableInputs?
    /// The columns of each model where models take them one by one, and rows are no table's.
    let values: [InputColumns]?
    let columns: [NewColumns]
    /// By model and thread.
    private var predictors: [[Predictor]] = []

    /// - readsTable: True for rows of a table, which may have texts.
    init(_ models: [LoadedModel], prefix: String, readsTable: Bool = false) throws(CellarError) {
        precondition(!models.isEmpty)
        self.models = models
        let needsTable = models.contains {
            $0.takesValues || $0.facts?.dataset?.dialect?.hasPlainNumbers == false
        }
        table = needsTable && readsTable ? try TableInputs(of: models) : nil
        values =
            needsTable && !readsTable
            ? try models.map { (model) throws(CellarError) in try InputColumns(of: model) } : nil
        inputs = try ModelColumns(of: models)
        columns = try models.map { (model) throws(CellarError) in
            NewColumns(
                try model.outputMeaning(), prefix: prefix + (models.count > 1 ? "\(model.name) " : ""))
        }
    }

    /// The names of the new columns.
    var newNames: [String] { columns.flatMap(\.names) }
    /// The texts of the labels: the classes of all models, concatenated.
    var texts: [String] { columns.flatMap(\.texts) }

    /// The number of threads: as many as the models were loaded for, or as suit this machine.
    var threads: Int { models[0].threadsIfChosen ?? min(Processor.count, 4) }

    /// Makes the predictors; call it once before `score`.
    func prepare() throws(CellarError) {
        predictors = try models.map { (model) throws(CellarError) in
            var own: [Predictor] = []
            for _ in 0..<threads { own.append(try model.newPredictor()) }
            return own
        }
    }

    /// Sets the additions for rows of `inputs.names`, row-major.
    func score(
        _ numbers: [Float], rows: Int, thread: Int, into additions: inout Additions
    ) throws(CellarError) -> NonFinite? {
        try score(rows: rows, thread: thread, into: &additions) {
            [inputs.samples(numbers, rows: rows, model: $0)]
        }
    }

    /// Returns each model's samples of rows of values, which are in the order of `inputs.names`.
    func samples(of rows: [[RowValue]]) throws(FieldFault) -> [[Samples]] {
        var all: [[Samples]] = []
        for (index, columns) in (values ?? []).enumerated() {
            let samples = try columns.samples(rows.map { inputs.chosen($0, model: index) })
            if let fault = columns.unknownValue(in: samples) { throw fault }
            all.append(samples)
        }
        return all
    }

    /// Sets the additions for rows whose samples are made for each model.
    func score(
        rows: Int, thread: Int, into additions: inout Additions, samples: (Int) -> [Samples]
    ) throws(CellarError) -> NonFinite? {
        guard rows > 0 else {
            additions.set([])
            return nil
        }
        var all: [Predictions] = []
        for (index, model) in models.enumerated() {
            let outputs = try predictors[index][thread].predict(samples(index))
            all.append(Predictions(outputs[0], meaning: try model.outputMeaning()))
        }
        additions.set(all)
        for (predictions, model) in zip(all, models) {
            if let row = predictions.firstNonFinite { return NonFinite(row: row, model: model) }
        }
        return nil
    }
}

/// The first row of a block for which a model gives no finite number.
struct NonFinite {
    let row: Int
    let model: LoadedModel

    /// - rowsBefore: The number of rows before the block.
    func error(rowsBefore: Int, file: String) -> CellarError {
        Infer.nonFinite(model, row: rowsBefore + row + 1, of: file)
    }
}

func nonFinite(_ model: LoadedModel, row: Int, of file: String) -> CellarError {
    CellarError(
        .badData, "\(model.name) predicts infinity or NaN.", at: .init(file: file, row: row),
        remedy: "Check that the row's values are in the range of the training data.")
}

extension CellarError {
    /// The error of a stream, with the number of rows that were written before it.
    func after(rows: Int, isStreamed: Bool) -> CellarError {
        guard isStreamed, category == .badData else { return self }
        var error = self
        error.message += " \(rows) rows were written before it."
        return error
    }
}
