import Base
import Datasets
import Network
import Synchronization
import Tensors

/// A run that scores one table with several models. Each thread holds one chunk, so memory is bounded: a thread that has
/// computed its chunk waits for the earlier chunks, writes, and reads the next one.
final class ScoreRun {
    private var reader: CSVReader
    private var writer: CSVWriter
    private var counter: CSVCounter
    private let scanner: CSVScanner
    private let file: String
    private let models: [LoadedModel]
    private let inputs: ModelColumns
    private let additions: Additions
    private let rows: CSVRows
    private let onBlock: (Int) throws(CellarError) -> Void

    private let reading = OrderedGate()
    private let writing = OrderedGate()
    private let stopped = Atomic(false)
    private var failure: (any Error)?
    /// Whether rows are written as they are computed, and not only when all are.
    private let isStreamed: Bool
    /// Whether texts are written without a guard against formulas.
    private let isRaw: Bool

    init(
        _ reader: consuming CSVReader, _ writer: consuming CSVWriter, models: [LoadedModel],
        inputs: ModelColumns, columns: [NewColumns], isRaw: Bool,
        onBlock: @escaping (Int) throws(CellarError) -> Void
    ) {
        (counter, scanner, file) = (reader.counter, reader.scanner, reader.name)
        additions = Additions(columns)
        rows = CSVRows(
            delimiter: reader.header.delimiter, columns: columns.flatMap(\.kinds),
            texts: isRaw ? additions.texts : additions.texts.map(CSVGuard.guarded))
        self.isRaw = isRaw
        (self.models, self.inputs, self.onBlock) = (models, inputs, onBlock)
        self.reader = reader
        isStreamed = writer.isStreamed
        self.writer = writer
    }

    /// Scores all rows and returns their number.
    func run(threads: Int) throws -> Int {
        let predictors = try models.map { model in
            try (0..<threads).map { _ in try model.newPredictor() }
        }
        guard let pool = ThreadPool(count: threads) else {
            throw CellarError(
                .inputOutput, "cannot create \(threads) threads.", remedy: "Use fewer --threads.")
        }
        try writer.flush()
        pool.run { thread in work(predictors.map { $0[thread] }) }
        if let failure {
            guard isStreamed, var error = failure as? CellarError, error.category == .badData else {
                throw failure
            }
            error.message += " \(counter.rows) rows were written before it."
            throw error
        }
        try counter.finish()
        try writer.finish()
        return counter.rows
    }

    /// Runs one thread's loop.
    private func work(_ predictors: [Predictor]) {
        var (chunk, additions, rows) = (CSVChunk(), additions, rows)
        var more = true
        while more {
            // The ticket of reading is the chunk's number in the table.
            var problem: (any Error)?
            let number = reading.take {
                do { more = try reader.take(into: &chunk) { stopped.load(ordering: .relaxed) } } catch {
                    (problem, more) = (error, false)
                }
            }
            var broken: (row: Int, model: LoadedModel)?
            if more {
                scanner.scan(&chunk)
                do {
                    let predictions = try predictions(for: chunk, predictors)
                    broken = firstNonFinite(predictions)
                    additions.set(predictions)
                    rows.write(
                        isRaw ? chunk : chunk.guardingTexts(), numbers: additions.numbers,
                        labels: additions.labels)
                } catch { problem = error }
            }
            writing.wait(for: number) {
                guard failure == nil else { return }
                do {
                    if let fault = problem as? FieldFault {
                        throw fault.error(file: file, rowsBefore: counter.rows)
                    }
                    if let problem { throw problem }
                    guard more else { return }
                    // Computed rows come before a row that could not be read.
                    if let broken {
                        throw nonFinite(broken.model, row: counter.rows + broken.row + 1, of: file)
                    }
                    try counter.count(&chunk)
                    try rows.send(to: &writer)
                    try onBlock(counter.rows)
                } catch {
                    failure = error
                    stopped.store(true, ordering: .relaxed)
                }
            }
            if stopped.load(ordering: .relaxed) { more = false }
        }
    }

    private func predictions(for chunk: CSVChunk, _ predictors: [Predictor]) throws -> [Predictions] {
        guard chunk.count > 0 else { return [] }
        return try models.indices.map { model in
            let outputs = try predictors[model].predict(inputs.samples(of: chunk, model: model))
            return Predictions(outputs[0], meaning: try models[model].outputMeaning())
        }
    }

    private func firstNonFinite(_ predictions: [Predictions]) -> (row: Int, model: LoadedModel)? {
        for (predictions, model) in zip(predictions, models) {
            if let row = predictions.firstNonFinite { return (row, model) }
        }
        return nil
    }
}
