import Base
import Datasets
import Tensors

/// A run that scores one table. Rows are read, computed and written in blocks; see `OrderedPipeline`.
final class ScoreRun {
    private var reader: CSVReader
    private var writer: CSVWriter
    private var counter: CSVCounter
    private let scanner: CSVScanner
    private let file: String
    private let scorer: BlockScorer
    private let options: ScoreOptions
    private let rows: CSVRows
    /// Finds the columns to keep; nil if all are kept, or none.
    private let keys: CSVScanner?
    private let onBlock: (Int) throws(CellarError) -> Void
    /// True if the rows so far end in a line end.
    private var endsLine = true

    private struct Block {
        var chunk = CSVChunk()
        var additions: Additions
        var rows: CSVRows
        var nonFinite: NonFinite?
        var fault: FieldFault?
    }

    init(
        _ reader: consuming CSVReader, _ writer: consuming CSVWriter, _ scorer: BlockScorer,
        _ options: ScoreOptions, keys: CSVScanner?, onBlock: @escaping (Int) throws(CellarError) -> Void
    ) {
        (counter, scanner, file) = (reader.counter, reader.scanner, reader.name)
        let texts = scorer.texts
        rows = CSVRows(
            delimiter: reader.header.delimiter, columns: scorer.columns.flatMap(\.kinds),
            texts: options.isRaw ? texts : texts.map(CSVGuard.guarded), isAlone: options.kept == .none)
        (self.scorer, self.options, self.keys, self.onBlock) = (scorer, options, keys, onBlock)
        self.reader = reader
        self.writer = writer
    }

    /// Scores all rows and returns their number.
    func run() throws -> Int {
        try scorer.prepare()
        try writer.flush()
        do {
            try OrderedPipeline().run(
                threads: scorer.threads,
                block: { Block(additions: Additions(scorer.columns), rows: rows) },
                take: { block, stop in try reader.take(into: &block.chunk, unless: stop) },
                compute: { block, thread in try compute(&block, thread) },
                send: { block in try send(&block) })
        } catch {
            throw CellarError(error).after(rows: counter.rows, isStreamed: writer.isStreamed)
        }
        if !options.allowsNoRows { try counter.finish() }
        if options.endsWithCount {
            let line = (endsLine ? "" : "\n") + "# \(counter.rows) rows"
            try writer.fields(Array(line.utf8)[...])
            try writer.endRow(carriageReturn: reader.header.endsInReturn)
        }
        try writer.finish()
        return counter.rows
    }

    private func compute(_ block: inout Block, _ thread: Int) throws {
        scanner.scan(&block.chunk)
        if let table = scorer.table { return try compute(&block, thread, table) }
        let count = block.chunk.count * block.chunk.columns
        // A chunk's memory may be larger than its content.
        let numbers =
            block.chunk.numbers.count == count
            ? block.chunk.numbers : Array(block.chunk.numbers.prefix(count))
        block.nonFinite = try scorer.score(
            numbers, rows: block.chunk.count, thread: thread, into: &block.additions)
        block.rows.write(
            shown(block.chunk), numbers: block.additions.numbers, labels: block.additions.labels)
    }

    private func compute(_ block: inout Block, _ thread: Int, _ table: TableInputs) throws {
        (block.fault, block.nonFinite) = (nil, nil)
        var samples: [[Samples]] = []
        do throws(FieldFault) {
            for model in scorer.models.indices {
                samples.append(try table.samples(of: block.chunk, model: model))
            }
        } catch {
            block.fault = error
            return
        }
        do {
            block.nonFinite = try scorer.score(
                rows: block.chunk.count, thread: thread, into: &block.additions
            ) { samples[$0] }
        } catch {
            block.fault =
                samples.indices.lazy.compactMap {
                    table.unknownValue(in: samples[$0], model: $0)
                }.first
            guard block.fault == nil else { return }
            throw error
        }
        block.rows.write(
            shown(block.chunk), numbers: block.additions.numbers, labels: block.additions.labels)
    }

    /// The chunk with the columns that are kept, and guarded texts.
    private func shown(_ chunk: CSVChunk) -> CSVChunk {
        switch options.kept {
        case .none: return chunk.withoutFields()
        case .all: return options.isRaw ? chunk : chunk.guardingTexts()
        case .only:
            guard let keys else { return chunk }
            let kept = chunk.keeping(keys)
            return options.isRaw ? kept : kept.guardingTexts()
        }
    }

    private func send(_ block: inout Block) throws {
        if let fault = block.fault {
            throw fault.error(file: file, rowsBefore: counter.rowsBefore(block.chunk))
        }
        // Computed rows come before a row that could not be read.
        if let bad = block.nonFinite {
            throw bad.error(rowsBefore: counter.rowsBefore(block.chunk), file: file)
        }
        try counter.count(&block.chunk)
        if let ends = block.rows.endsLine { endsLine = ends }
        try block.rows.send(to: &writer)
        try onBlock(counter.rows)
    }
}
