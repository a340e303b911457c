import Base
import Datasets
import Tensors

/// Predicts every row of a table and writes the input's columns byte for byte, then the models' columns, with the input's byte
/// order mark and line ends; a last line without an end stays so. Memory does not depend on the table's length. `output` is renamed into place when it is complete.
///
/// Several threads (as many as the models were loaded for, or as suit this machine) each take a block of rows, parse,
/// compute and format it, and write it in order: the output does not depend on the number of threads.
///
/// - reader: The table. Columns are found by name, in any order.
/// - onBlock: Called with the number of rows done after each block, from any thread but one at a time. Its error ends the work.
/// - Returns: the number of rows.
public func scoreTable(
    _ reader: consuming CSVReader, with models: [LoadedModel], to output: String,
    options: ScoreOptions = ScoreOptions(),
    onBlock: @escaping (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Int {
    let scorer = try BlockScorer(models, prefix: options.prefix, readsTable: true)
    let (name, header) = (reader.name, reader.header)
    if header.isInFile || header.isNamedBefore {
        try refuseTaken(scorer.newNames, options.kept.names(of: header.names), name)
    }
    if let shard = options.shard {
        guard let size = reader.size else { throw .cannotShard(name) }
        reader.restrict(to: shard.range(of: size))
    }
    do {
        try reader.select(
            numbers: scorer.table?.numbers ?? scorer.inputs.names, texts: scorer.table?.texts ?? [],
            missingAsNaN: scorer.table?.missingAsNaN ?? false, andRest: !options.isRaw && options.kept == .all
        )
        var keys: CSVScanner?
        if case .only(let names) = options.kept { keys = try reader.scanner(ofTexts: names) }
        var writer = try CSVWriter(path: output, delimiter: header.delimiter)
        try writeHeader(header, scorer, options, to: &writer)
        return try ScoreRun(reader, writer, scorer, options, keys: keys, onBlock: onBlock).run()
    } catch { throw CellarError(error).at(file: name) }
}

/// Writes the line with the names, also where it is one of the lines before the table; a table without column names stays one.
private func writeHeader(
    _ header: CSVHeader, _ scorer: BlockScorer, _ options: ScoreOptions, to writer: inout CSVWriter
) throws(CellarError) {
    if header.hasMark { try writer.mark() }
    guard header.isInFile || header.isNamedBefore else { return }
    func guarded(_ name: String) -> String { options.isRaw ? name : CSVGuard.guarded(name) }
    switch options.kept {
    case .all where header.isNamedBefore:
        for name in header.names { try writer.field(guarded(name)) }
    case .all: try writer.fields((options.isRaw ? header.bytes : header.guardedBytes)[...])
    case .only(let names): for name in names { try writer.field(guarded(name)) }
    case .none: break
    }
    for name in scorer.newNames { try writer.field(guarded(name)) }
    try writer.endRow(carriageReturn: header.endsInReturn)
}

extension KeptColumns {
    /// The names of the columns that are kept.
    func names(of all: [String]) -> [String] {
        switch self {
        case .all: all
        case .only(let names): names
        case .none: []
        }
    }
}

/// Throws if a new column has the name of one that is kept.
func refuseTaken(_ new: [String], _ present: [String], _ file: String) throws(CellarError) {
    guard let taken = new.first(where: Set(present).contains) else { return }
    throw CellarError(
        .badData,
        "the table already has a column \"\(taken)\".", file: file, column: taken,
        remedy: "Remove it, or use --prefix to rename the new columns.")
}

/// The columns that several models need, without duplicates, and each model's positions among them.
struct ModelColumns {
    let names: [String]
    /// The positions of each model's features; nil if they are all columns in order.
    private let places: [[Int]?]

    init(of models: [LoadedModel]) throws(CellarError) {
        var names: [String] = []
        var places: [[Int]] = []
        for model in models {
            let features = try model.requiredFeatures()
            var known = NamePositions(names)
            places.append(
                features.map { feature in
                    if let place = known.position(of: feature) { return place }
                    names.append(feature)
                    return names.count - 1
                })
        }
        self.names = names
        self.places = places.map { $0 == Array(names.indices) ? nil : $0 }
    }

    /// Returns a model's values of a row in the order of `names`.
    func chosen<Value>(_ row: [Value], model: Int) -> [Value] {
        places[model].map { places in places.map { row[$0] } } ?? row
    }

    /// Returns rows of numbers, row-major in the order of `names`, as samples for a model.
    func samples(_ numbers: [Float], rows: Int, model: Int) -> Samples {
        guard let places = places[model] else { return Samples(shape: [names.count], floats: numbers) }
        var chosen: [Float] = []
        chosen.reserveCapacity(rows * places.count)
        for row in 0..<rows {
            for place in places { chosen.append(numbers[row * names.count + place]) }
        }
        return Samples(shape: [places.count], floats: chosen)
    }
}
