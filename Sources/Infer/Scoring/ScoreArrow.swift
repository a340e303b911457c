import ArrowIPC
import Base
import Datasets
import Tensors

/// Predicts every row of an Arrow stream and writes a stream with the same batches: the input's columns, then the models'.
///
/// - Returns: the number of rows.
public func scoreArrow(
    _ reader: consuming ArrowReader, with models: [LoadedModel], to output: String,
    options: ScoreOptions = ScoreOptions(), onBlock: @escaping (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Int {
    let scorer = try BlockScorer(models, prefix: options.prefix)
    let name = reader.name
    do {
        return try ArrowRun(reader, AtomicFile(output), scorer, options, onBlock: onBlock).run()
    } catch { throw CellarError(error).at(file: name) }
}

/// A run over batches; see `OrderedPipeline`.
private final class ArrowRun {
    private var reader: ArrowReader
    private var output: AtomicFile
    private let file: String
    private let schema: ArrowSchema
    private let scorer: BlockScorer
    private let options: ScoreOptions
    /// The positions of the columns that the models take, and of those that are kept.
    private let inputs, kept: [Int]
    private let encoder: ArrowEncoder
    private let texts: ArrowTexts
    private let range: Range<Int>?
    private let onBlock: (Int) throws(CellarError) -> Void
    private var count = 0

    private struct Block {
        var batch = ArrowBatch()
        var numbers: [Float] = []
        var additions: Additions
        var writer: ArrowBatchWriter
        var bad: ArrowBatch.BadNumber?
        var nonFinite: NonFinite?
        var fault: FieldFault?
    }

    init(
        _ reader: consuming ArrowReader, _ output: consuming AtomicFile, _ scorer: BlockScorer,
        _ options: ScoreOptions, onBlock: @escaping (Int) throws(CellarError) -> Void
    ) throws(CellarError) {
        schema = reader.schema
        file = reader.name
        let (columns, file) = (ArrowColumns(reader.schema, reader.name), reader.name)
        inputs =
            scorer.values == nil
            ? try columns.numbers(scorer.inputs.names) : try columns.values(scorer.inputs.names)
        kept =
            switch options.kept {
            case .all: Array(reader.schema.fields.indices)
            case .only(let names): try columns.places(of: names)
            case .none: []
            }
        let present = kept.map { reader.schema.fields[$0] }
        try refuseTaken(scorer.newNames, present.map(\.name), file)
        let new = zip(scorer.newNames, scorer.columns.flatMap(\.kinds)).map { name, kind in
            ArrowField(name, kind == .label ? .text(isLarge: false) : .float(bits: 32))
        }
        encoder = ArrowEncoder(reader.schema.with(present + new))
        texts = ArrowTexts(scorer.texts)
        if let shard = options.shard {
            guard let size = reader.size else { throw .cannotShard(file) }
            range = shard.range(of: size)
        } else {
            range = nil
        }
        (self.scorer, self.options, self.onBlock) = (scorer, options, onBlock)
        self.reader = reader
        self.output = output
    }

    func run() throws -> Int {
        try scorer.prepare()
        try output.write(encoder.start().span)
        do {
            try OrderedPipeline().run(
                threads: scorer.threads,
                block: { Block(additions: Additions(scorer.columns), writer: ArrowBatchWriter(encoder)) },
                take: { block, stop in try take(&block, unless: stop) },
                compute: { block, thread in try compute(&block, thread) },
                send: { block in try send(&block) })
        } catch { throw CellarError(error).after(rows: count, isStreamed: output.isStreamed) }
        if count == 0, !options.allowsNoRows { throw CellarError.noRows(file) }
        if options.endsWithCount {
            var writer = ArrowBatchWriter(encoder)
            try writer.note([ArrowNote("rows", "\(count)")]) { (bytes) throws(CellarError) in
                try output.write(bytes)
            }
        }
        try output.write(ArrowEncoder.end.span)
        try output.commit()
        return count
    }

    /// A batch belongs to the shard in which it begins.
    private func take(_ block: inout Block, unless stop: () -> Bool) throws(CellarError) -> Bool {
        while reader.waitForData(unless: stop) {
            let position = reader.nextPosition
            guard try reader.read(into: &block.batch, unless: stop) else { return false }
            guard let range else { return true }
            if position >= range.upperBound { return false }
            if position >= range.lowerBound { return true }
        }
        return false
    }

    private func compute(_ block: inout Block, _ thread: Int) throws {
        let rows = block.batch.rows
        block.fault = nil
        if scorer.values == nil {
            block.bad = block.batch.numbers(of: inputs, into: &block.numbers)
            guard block.bad == nil else { return }
            block.nonFinite = try scorer.score(
                block.numbers, rows: rows, thread: thread, into: &block.additions)
        } else {
            let columns = inputs.map { block.batch.values(of: $0).map(RowValue.init) }
            let samples: [[Samples]]
            do throws(FieldFault) {
                samples = try scorer.samples(of: (0..<rows).map { row in columns.map { $0[row] } })
            } catch {
                block.fault = error
                return
            }
            block.nonFinite = try scorer.score(rows: rows, thread: thread, into: &block.additions) {
                samples[$0]
            }
        }
        block.writer.start(rows: rows)
        for column in kept { block.writer.copy(column, of: block.batch) }
        let kinds = scorer.columns.flatMap(\.kinds)
        let labelCount = kinds.count { $0 == .label }
        var (number, label) = (0, 0)
        for kind in kinds {
            switch kind {
            case .number:
                block.writer.numbers(
                    block.additions.numbers, from: number, stride: kinds.count - labelCount)
                number += 1
            case .label:
                try block.writer.texts(texts, block.additions.labels, from: label, stride: labelCount)
                label += 1
            }
        }
    }

    private func send(_ block: inout Block) throws(CellarError) {
        if let bad = block.bad { throw error(bad, firstRow: block.batch.firstRow) }
        if let fault = block.fault {
            throw fault.error(file: file, rowsBefore: block.batch.firstRow - 1)
        }
        if let bad = block.nonFinite { throw bad.error(rowsBefore: block.batch.firstRow - 1, file: file) }
        try block.writer.finish { (bytes) throws(CellarError) in try output.write(bytes) }
        count += block.batch.rows
        try onBlock(count)
    }

    private func error(_ bad: ArrowBatch.BadNumber, firstRow: Int) -> CellarError {
        let (expected, found, fix) =
            switch bad.reason {
            case .missing: ("a number", "a missing value", "Add the value, or remove the row.")
            case .notFinite: ("a finite number", "NaN or infinity", "Correct it, or remove the row.")
            case .tooLarge:
                (
                    "a number within the range of the type", "a larger one",
                    "Correct it, or scale the column."
                )
            }
        return CellarError(
            .badData, file: file, row: firstRow + bad.row, column: schema.fields[bad.column].name,
            expected: expected, found: found, fix: fix)
    }
}

/// The columns of a stream by name.
private struct ArrowColumns {
    private let schema: ArrowSchema
    private let file: String

    init(_ schema: ArrowSchema, _ file: String) { (self.schema, self.file) = (schema, file) }

    /// The positions of columns; prefers an exact match, then ignores case.
    func places(of names: [String]) throws(CellarError) -> [Int] {
        var known = NamePositions(schema.names)
        return try names.map { (name) throws(CellarError) in
            let found = known.positions(of: name)
            guard found.count == 1 else {
                let shown = schema.names.prefix(30).map { "\"\($0)\"" }.joined(separator: ", ")
                throw CellarError(
                    .badData, file: file, column: name, expected: "one column with that name",
                    found: found.isEmpty ? "only \(shown)" : "\(found.count)",
                    fix: "Rename the columns, or select the right ones.")
            }
            return found[0]
        }
    }

    /// The positions of columns that are numbers.
    func numbers(_ names: [String]) throws(CellarError) -> [Int] {
        try places(names, \.isNumber, "numbers", "Convert the column, for example to float.")
    }

    /// The positions of columns that are numbers or texts.
    func values(_ names: [String]) throws(CellarError) -> [Int] {
        try places(names, \.isValue, "numbers or texts", "Convert the column, for example to string.")
    }

    private func places(
        _ names: [String], _ isRead: (ArrowType) -> Bool, _ expected: String, _ fix: String
    ) throws(CellarError) -> [Int] {
        let places = try places(of: names)
        for field in places.map({ schema.fields[$0] }) where !isRead(field.type) {
            throw CellarError(
                .badData, file: file, column: field.name, expected: expected, found: field.type.name, fix: fix
            )
        }
        return places
    }
}

extension RowValue {
    init(_ value: ArrowValue) {
        switch value {
        case .missing: self = .text("")
        case .number(let number): self = number.isNaN ? .text("") : .number(number)
        case .truth(let truth): self = .truth(truth)
        case .text(let text): self = .text(text)
        }
    }
}
