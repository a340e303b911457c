import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// Reads arrays: one per input, and one with labels per output, in the model's order.
    static func arrays(
        _ sampleFiles: [String], _ labelFiles: [String], _ recipe: DataRecipe, _ losses: [Loss?],
        _ report: (DataSummary) -> Void
    ) throws(CellarError) -> RawData {
        guard labelFiles.count == losses.count else {
            throw CellarError(
                .usage, expected: "\(losses.count) files with labels, one per output",
                found: "\(labelFiles.count)",
                fix: "Name them in the order of the outputs, such as labels: [a.npy, b.npy].")
        }
        let inputs = try sampleFiles.map { (file) throws(CellarError) in try readNPY(file) }
        for (input, file) in zip(inputs, sampleFiles) where input.count != inputs[0].count {
            throw CellarError(
                .badData, file: file, expected: "\(inputs[0].count) samples as in \(sampleFiles[0])",
                found: "\(input.count)", fix: "Use files of the same data set.")
        }
        let labels = try zip(labelFiles, losses).map { (file, loss) throws(CellarError) in
            let labels = try Self.labels(file, loss)
            guard labels.targets.count == inputs[0].count else {
                throw CellarError(
                    .badData, file: file,
                    expected: "\(inputs[0].count) labels, one per sample in \(sampleFiles[0])",
                    found: "\(labels.targets.count)", fix: "Use files of the same data set.")
            }
            return labels
        }
        var raw = RawData(
            inputs, labels, path: sampleFiles[0],
            sha256: try recipe.fileDigest() ?? "")
        if inputs.count == 1 {
            raw.picture = ModelFacts.Picture(of: inputs[0], areDigits: recipe.pictures.areDigits)
        }
        if case .classes(let classes)? = labels.first?.targets {
            report(
                DataSummary(
                    name: sampleFiles[0],
                    LabelledSamples(
                        samples: inputs[0], labels: classes.map { Int($0) }, classes: raw.classes),
                    picture: raw.picture))
        } else {
            report(DataSummary(name: sampleFiles[0], samples: inputs[0].count, shape: inputs[0].shape))
        }
        guard inputs.count == 1 else { return raw }
        if inputs[0].shape.count == 1 {
            // In float64, as the file may have it.
            let (size, values) = (inputs[0].size, try readNPYNumbers(sampleFiles[0]).values)
            raw.columns = (0..<size).map { column in
                stride(from: column, to: values.count, by: size).map { values[$0] }
            }
        }
        return raw
    }

    private static func labels(_ file: String, _ loss: Loss?) throws(CellarError) -> OutputLabels {
        let array = try readNPY(file)
        let targets: Targets
        do { targets = try Targets(labels: array, for: loss) } catch { throw error.at(file: file) }
        guard !(loss?.isForNumbers ?? true) else { return OutputLabels(targets: targets, classes: []) }
        let count: Int
        switch targets {
        case .classes(let classes): count = Int(classes.max() ?? 0) + 1
        // Only a hinge loss takes them.
        case .values(_, width: 1): return OutputLabels(targets: targets, classes: ["-1", "1"])
        case .values(let values, _):
            // One class index per position, or one number per class.
            let highest = values.reduce(0) { max($0, $1.isFinite ? $1 : 0) }
            count =
                loss?.kind == .sparseCategoricalCrossentropy
                ? Int(min(highest, 1e6)) + 1 : array.shape.last ?? 1
        }
        return OutputLabels(targets: targets, classes: (0..<count).map(String.init))
    }
}
