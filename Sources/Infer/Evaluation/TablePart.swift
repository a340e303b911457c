import Base
import Datasets
import Glibc
import Network
import Tensors

/// What a row of a table was for when a model was trained.
public enum TablePart: String, CaseIterable, Sendable {
    case train, validation, test
}

/// Which rows of a table are to be looked at: those of one part, as the model's facts tell how they were divided.
public struct PartOfTable: Sendable {
    public let part: TablePart
    /// For each row of the table.
    private let isIn: [Bool]

    /// - path: The very table that the model was trained on.
    public init(_ part: TablePart, of model: LoadedModel, path: String) throws(CellarError) {
        guard let dataset = model.facts?.dataset,
            let division = dataset.division
        else {
            throw CellarError(
                .usage,
                "\(model.name) does not say how its rows were divided; its file is from before that was kept, or was not "
                    + "trained here. Train it again, or leave out --split.", file: model.path)
        }
        let count = dataset.trainRows + dataset.validationRows + dataset.testRows
        // A row has a byte and a line's end at least; the file's word alone is not enough to ask for memory.
        guard count <= fileSize(path) / 2 else {
            throw CellarError(
                .badData, "\(model.name) speaks of \(count) rows, which the table does not have.", file: path)
        }
        let rows: RowDivision.Rows
        do {
            let classes = division.stratify ? try PartOfTable.classes(of: model, path) : nil
            rows = try division.rows(count) { classes }
        } catch { throw CellarError(error).at(file: path) }
        let found: [Int]? =
            switch part {
            case .train: rows.train
            case .validation: rows.validation
            case .test: rows.test
            }
        guard let found else {
            throw CellarError(
                .usage, "\(model.name) was trained without rows for \(part.rawValue). Leave out --split.",
                file: path)
        }
        self.part = part
        var isIn = [Bool](repeating: false, count: count)
        for row in found { isIn[row] = true }
        self.isIn = isIn
    }

    /// To divide them in proportion, each row's class has to be known.
    private static func classes(of model: LoadedModel, _ path: String) throws -> [Int] {
        var reader = try CSVReader(path: path)
        let column = try recordedTarget(model, reader.header.names, reader.name)[0]
        let meaning = LabelMeaning(try model.outputMeaning().classes ?? [])
        try reader.select(numbers: [], texts: [column])
        var (classes, chunk) = ([Int](), CSVChunk())
        while try reader.read(into: &chunk) {
            classes += try labels(of: chunk, Array(0..<chunk.count), meaning, file: path, column: column).map
            { Int($0) }
        }
        return classes
    }

    /// The rows of a chunk that belong to it, as numbers within the chunk.
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
