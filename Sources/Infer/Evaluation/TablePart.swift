import Base
import Datasets
import Glibc
import Network
import Tensors

/// The use of a table's row when a model was trained.
public enum TablePart: String, CaseIterable, Sendable {
    case train, validation, test
}

/// The rows of one part of a table, computed from the division in the model's facts.
public struct PartOfTable: Sendable {
    public let part: TablePart
    /// True for each row of the table that belongs to the part.
    private let isIn: [Bool]

    /// - paths: The files of the table that the model was trained on.
    public init(
        _ part: TablePart, of model: LoadedModel, paths: [String], dialect: TableDialect = TableDialect()
    ) throws(CellarError) {
        let path = paths[0]
        guard let dataset = model.facts?.dataset,
            let division = dataset.division
        else {
            throw CellarError(
                .usage,
                "the file of \(model.name) has no record of how the rows were divided.", file: model.path,
                remedy: "Train the model again, or omit --split.")
        }
        let count = dataset.trainRows + dataset.validationRows + dataset.testRows
        // A row has at least one byte and a newline; gzip makes of a byte at most 1,032. Check before allocating by an
        // untrusted count.
        let size = paths.map(fileSize).reduce(0, +)
        guard count <= size * 1_032 / 2 else {
            throw CellarError(
                .badData, "\(model.name) was trained on \(count) rows, but the table has fewer.", file: path)
        }
        let rows: RowDivision.Rows
        // The rows that were divided; nil for all of the table.
        let kept: [Int]?
        do {
            kept =
                dataset.dropsMissingTargets ? try PartOfTable.rowsWithTarget(of: model, paths, dialect) : nil
            guard kept.map({ $0.count == count }) ?? true else {
                throw CellarError(
                    .badData,
                    "\(model.name) was trained on \(count) rows with a target, but the table has "
                        + "\(kept?.count ?? 0).")
            }
            let divided = kept.map(Set.init)
            let classes =
                division.stratify ? try PartOfTable.classes(of: model, paths, dialect, divided) : nil
            rows = try division.rows(count) {
                classes
            } hashes: { () throws(CellarError) in
                try PartOfTable.hashes(paths, dialect, model) { chunk in
                    (0..<chunk.count).filter { divided?.contains(chunk.firstRow - 1 + $0) ?? true }
                }
            }
        } catch { throw CellarError(error).at(file: path) }
        let found: [Int]? =
            switch part {
            case .train: rows.train
            case .validation: rows.validation
            case .test: rows.test
            }
        guard let found else {
            throw CellarError(
                .usage, "\(model.name) was trained without \(part.rawValue) rows.", file: path,
                remedy: "Omit --split.")
        }
        self.part = part
        var isIn = [Bool](repeating: false, count: kept.map { ($0.last ?? -1) + 1 } ?? count)
        for row in found { isIn[kept?[row] ?? row] = true }
        self.isIn = isIn
    }

    /// Reads each row's class, which a stratified division needs.
    ///
    /// - divided: The rows that were divided; nil for all.
    private static func classes(
        of model: LoadedModel, _ paths: [String], _ dialect: TableDialect, _ divided: Set<Int>?
    ) throws -> [Int] {
        var names = ClassNames(try model.outputMeaning().classes ?? [])
        let fields = TargetFields(of: model)
        var classes: [Int] = []
        try eachTarget(of: model, paths, dialect) { (chunk, column) throws(CellarError) in
            let rows = (0..<chunk.count).filter { divided?.contains(chunk.firstRow - 1 + $0) ?? true }
            guard let fields else {
                classes += try labels(of: chunk, rows, &names, file: paths[0], column: column).map { Int($0) }
                return
            }
            let found = try fields.classes(
                chunk.texts(column: 0, rows: rows), &names,
                .init(file: paths[0], column: column, rows: rows.map { chunk.firstRow + $0 }))
            classes += found.map { Int($0 ?? 0) }
        }
        return classes
    }

    /// Returns the rows that have a target, counted from 0.
    private static func rowsWithTarget(
        of model: LoadedModel, _ paths: [String], _ dialect: TableDialect
    ) throws -> [Int] {
        guard let fields = TargetFields(of: model) else { return [] }
        var rows: [Int] = []
        try eachTarget(of: model, paths, dialect) { (chunk, _) throws(CellarError) in
            let texts = chunk.texts(column: 0)
            for row in 0..<chunk.count where !fields.isMissing(texts[row]) {
                rows.append(chunk.firstRow - 1 + row)
            }
        }
        return rows
    }

    /// Reads the column that the model predicts, the text column 0 of each chunk.
    private static func eachTarget(
        of model: LoadedModel, _ paths: [String], _ dialect: TableDialect,
        _ body: (CSVChunk, _ column: String) throws(CellarError) -> Void
    ) throws {
        var reader = try CSVReader(paths: paths, dialect: dialect)
        let column = try recordedTarget(model, reader.header.names, reader.name)[0]
        try reader.select(numbers: [], texts: [column])
        var chunk = CSVChunk()
        do {
            while try reader.read(into: &chunk) { try body(chunk, column) }
        } catch { throw reader.placed(CellarError(error)) }
    }

    /// Returns the hash of each of the part's rows.
    ///
    /// - paths: The files of the table that the model was trained on.
    public func hashes(
        _ paths: [String], _ dialect: TableDialect, _ model: LoadedModel
    ) throws(CellarError) -> [UInt64] {
        try PartOfTable.hashes(paths, dialect, model) { rows(of: $0) }
    }

    private static func hashes(
        _ paths: [String], _ dialect: TableDialect, _ model: LoadedModel, rows: (CSVChunk) -> [Int]
    ) throws(CellarError) -> [UInt64] {
        do {
            var reader = try CSVReader(paths: paths, dialect: dialect)
            let inputs = try TableInputs(of: [model])
            try reader.select(
                numbers: inputs.numbers, texts: inputs.texts, missingAsNaN: inputs.missingAsNaN)
            var (hashes, chunk) = ([UInt64](), CSVChunk())
            while try reader.read(into: &chunk) {
                let rows = rows(chunk)
                hashes += rowHashes(of: try inputs.samples(of: chunk, model: 0, rows: rows))
            }
            return hashes
        } catch { throw CellarError(error).at(file: paths[0]) }
    }

    /// Returns the rows of a chunk that belong to the part, as numbers within the chunk.
    func rows(of chunk: CSVChunk) -> [Int] {
        (0..<chunk.count).filter {
            isIn.indices.contains(chunk.firstRow - 1 + $0) && isIn[chunk.firstRow - 1 + $0]
        }
    }
}

private func fileSize(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
}
