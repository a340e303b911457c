import Base
import Datasets
import Network

/// The rows of a table with what is to be predicted.
public struct LabelledRows: Sendable {
    /// [rows, columns]
    public let values: [Float]
    public let truth: Targets
    public let count: Int
    /// True if the table has more rows.
    public let isCut: Bool

    /// - target: The columns with labels or values; nil for those that the model was trained on.
    /// - most: The maximum number of rows.
    public init(
        _ reader: consuming CSVReader, for model: LoadedModel, target: [String]?, most: Int
    ) throws(CellarError) {
        let features = try model.requiredFeatures()
        let targets: [String]
        if let target {
            targets = target
        } else {
            targets = try recordedTarget(model, reader.header.names, reader.name)
        }
        let name = reader.name
        var reader = reader
        let meaning = try model.outputMeaning()
        guard meaning.hasOneClass || targets.count == meaning.width else {
            throw CellarError(
                .usage, "\(model.name): expected one class a row, or a column for each value.", file: name)
        }
        do {
            var (values, chunk, isCut) = ([Float](), CSVChunk(), false)
            var (classes, numbers) = ([Int32](), [Float]())
            var names = ClassNames(meaning.classes ?? [])
            if meaning.hasOneClass {
                try reader.select(numbers: features, texts: [targets[0]])
            } else {
                try reader.select(numbers: features + targets, texts: [])
            }
            var count = 0
            while !isCut, try reader.read(into: &chunk) {
                let rows = Array(0..<min(chunk.count, most - count))
                isCut = rows.count < chunk.count
                values += chunk.firstColumns(features.count, of: rows)
                if meaning.hasOneClass {
                    classes += try labels(of: chunk, rows, &names, file: name, column: targets[0])
                } else {
                    numbers += chunk.columns(features.count..<chunk.columns, of: rows)
                }
                count += rows.count
            }
            (self.values, self.count, self.isCut) = (values, count, isCut)
            truth = meaning.hasOneClass ? .classes(classes) : .values(numbers, width: targets.count)
        } catch { throw CellarError(error).at(file: name) }
    }
}
