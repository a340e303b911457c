import Base
import Datasets
import Tensors

/// Predicts objects of JSON, one a line, and writes each with the models' predictions as new members. The other members keep
/// their bytes.
///
/// - Returns: the number of rows.
public func scoreLines(
    _ reader: consuming JSONLinesReader, with models: [LoadedModel], to output: String,
    options: ScoreOptions = ScoreOptions(), onBlock: @escaping (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Int {
    let scorer = try BlockScorer(models, prefix: options.prefix)
    let name = reader.name
    if let shard = options.shard {
        guard let size = reader.size else { throw .cannotShard(name) }
        reader.restrict(to: shard.range(of: size))
    }
    do {
        return try LinesRun(reader, AtomicFile(output), scorer, options, onBlock: onBlock).run()
    } catch { throw CellarError(error).at(file: name) }
}

/// A run over lines; see `OrderedPipeline`.
private final class LinesRun {
    private var reader: JSONLinesReader
    private var output: AtomicFile
    private let file: String
    private let scorer: BlockScorer
    private let options: ScoreOptions
    private let scanner: JSONLineScanner
    private let rows: JSONRows
    private let onBlock: (Int) throws(CellarError) -> Void
    private var count = 0

    private struct Block {
        var chunk = JSONLinesChunk()
        var additions: Additions
        var rows: JSONRows
        var nonFinite: NonFinite?
        var fault: FieldFault?
    }

    init(
        _ reader: consuming JSONLinesReader, _ output: consuming AtomicFile, _ scorer: BlockScorer,
        _ options: ScoreOptions, onBlock: @escaping (Int) throws(CellarError) -> Void
    ) throws(CellarError) {
        let keys = options.kept.names(of: [])
        scanner = JSONLineScanner(
            file: reader.name, numbers: scorer.values == nil ? scorer.inputs.names : [], keys: keys,
            keepsAll: options.kept == .all,
            new: scorer.newNames)
        try refuseTaken(scorer.newNames, keys, reader.name)
        rows = JSONRows(
            kept: options.kept == .all ? .all : keys.isEmpty ? .none : .keys, keys: keys,
            names: scorer.newNames, columns: scorer.columns.flatMap(\.kinds), texts: scorer.texts)
        file = reader.name
        (self.scorer, self.options, self.onBlock) = (scorer, options, onBlock)
        self.reader = reader
        self.output = output
    }

    func run() throws -> Int {
        try scorer.prepare()
        do {
            try OrderedPipeline().run(
                threads: scorer.threads,
                block: { Block(additions: Additions(scorer.columns), rows: rows) },
                take: { block, stop in try reader.take(into: &block.chunk, unless: stop) },
                compute: { block, thread in
                    scanner.scan(&block.chunk)
                    block.fault = nil
                    if scorer.values == nil {
                        block.nonFinite = try scorer.score(
                            block.chunk.numbers, rows: block.chunk.count, thread: thread,
                            into: &block.additions)
                    } else {
                        let samples: [[Samples]]
                        do throws(FieldFault) {
                            samples = try scorer.samples(of: values(of: block.chunk))
                        } catch {
                            block.fault = error
                            return
                        }
                        block.nonFinite = try scorer.score(
                            rows: block.chunk.count, thread: thread, into: &block.additions
                        ) { samples[$0] }
                    }
                    block.rows.write(
                        block.chunk, numbers: block.additions.numbers, labels: block.additions.labels)
                },
                send: { block in
                    if let fault = block.fault { throw fault.error(file: file, rowsBefore: count) }
                    if let bad = block.nonFinite { throw bad.error(rowsBefore: count, file: file) }
                    try block.chunk.check()
                    try output.write(block.rows.bytes.span)
                    count += block.chunk.count
                    try onBlock(count)
                })
        } catch { throw CellarError(error).after(rows: count, isStreamed: output.isStreamed) }
        if count == 0, !options.allowsNoRows { throw CellarError.noRows(file) }
        if options.endsWithCount { try output.write("{\"rows\": \(count)}\n") }
        try output.commit()
        return count
    }
}

extension LinesRun {
    /// The values of each object's members in the order of the scorer's inputs.
    private func values(of chunk: JSONLinesChunk) throws(FieldFault) -> [[RowValue]] {
        let names = scorer.inputs.names
        var places = NamePositions(names)
        var rows: [[RowValue]] = []
        for row in 0..<chunk.count {
            var values = [RowValue?](repeating: nil, count: names.count)
            for (name, json) in (try? JSON(parsing: chunk.object(row)))?.object?.members ?? [] {
                guard let place = places.position(of: name), values[place] == nil || name == names[place]
                else { continue }
                guard let value = RowValue(json) else {
                    throw FieldFault(
                        row: row, column: name, expected: "a text or a number", found: json.kind)
                }
                values[place] = value
            }
            if let missing = values.firstIndex(where: { $0 == nil }) {
                throw FieldFault(
                    row: row, column: names[missing], expected: "a member with that name", found: "none",
                    fix: "Add it to each object; null is a missing value.")
            }
            rows.append(values.compactMap { $0 })
        }
        return rows
    }
}

extension CellarError {
    static func noRows(_ file: String) -> CellarError {
        CellarError(
            .badData, file: file, expected: "rows", found: "none", fix: "Check the program that writes them.")
    }
}
