import Base
import Datasets
import Network
import Tensors

extension RawData {
    /// Reads arrays: one per input, and one with labels per output, in the model's order.
    static func arrays(
        _ sampleFiles: [String], _ labelFiles: [String], _ losses: [Loss?], _ report: (DataSummary) -> Void
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
        let files = sampleFiles + labelFiles
        var raw = RawData(
            inputs, labels, path: sampleFiles[0],
            sha256: try filesDigest(files, below: commonFolder(of: files)))
        if case .classes(let classes)? = labels.first?.targets {
            report(
                DataSummary(
                    name: sampleFiles[0],
                    LabelledSamples(samples: inputs[0], labels: classes.map { Int($0) }, classes: raw.classes)
                ))
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
        } else if case .bytes = inputs[0].storage, (2...3).contains(inputs[0].shape.count) {
            raw.isPicture = true
        }
        return raw
    }

    private static func labels(_ file: String, _ loss: Loss?) throws(CellarError) -> OutputLabels {
        let isForNumbers = loss?.isForNumbers ?? true
        let array = try readNPY(file)
        guard isForNumbers || array.size > 1 else { return try classes(file) }
        let values: [Float] =
            switch array.storage {
            case .floats(let values): values
            case .bytes(let bytes): bytes.map { Float($0) }
            }
        let targets = Targets.values(values, width: array.size)
        guard !isForNumbers else { return OutputLabels(targets: targets, classes: []) }
        // One class index per position, or one number per class.
        let highest = values.reduce(0) { max($0, $1.isFinite ? $1 : 0) }
        let count =
            loss?.kind == .sparseCategoricalCrossentropy ? Int(min(highest, 1e6)) + 1 : array.shape.last ?? 1
        return OutputLabels(targets: targets, classes: (0..<count).map(String.init))
    }

    private static func classes(_ file: String) throws(CellarError) -> OutputLabels {
        let labels = try readNPYLabels(file)
        guard let largest = labels.max(), let least = labels.min(), least >= 0, largest < 1_000_000 else {
            throw CellarError(
                .badData, file: file, expected: "class numbers of at least 0",
                found: "\(labels.min() ?? 0) to \(labels.max() ?? 0)", fix: "Number the classes 0, 1, 2 …")
        }
        return OutputLabels(
            targets: .classes(labels.map { Int32($0) }), classes: (0...largest).map(String.init))
    }
}
