import Base
import Datasets

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
    }

    init(
        _ reader: consuming JSONLinesReader, _ output: consuming AtomicFile, _ scorer: BlockScorer,
        _ options: ScoreOptions, onBlock: @escaping (Int) throws(CellarError) -> Void
    ) throws(CellarError) {
        let keys = options.kept.names(of: [])
        scanner = JSONLineScanner(
            file: reader.name, numbers: scorer.inputs.names, keys: keys, keepsAll: options.kept == .all,
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
                    block.nonFinite = try scorer.score(
                        block.chunk.numbers, rows: block.chunk.count, thread: thread, into: &block.additions)
                    block.rows.write(
                        block.chunk, numbers: block.additions.numbers, labels: block.additions.labels)
                },
                send: { block in
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

extension CellarError {
    static func noRows(_ file: String) -> CellarError {
        CellarError(
            .badData, file: file, expected: "rows", found: "none", fix: "Check the program that writes them.")
    }
}
