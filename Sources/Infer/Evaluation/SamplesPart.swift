import Base
import Datasets
import Tensors

// The rows of one part of pictures or arrays, as a model was trained on them.

/// Reads the labelled pictures that the model used as `part` when it was trained on these data.
///
/// Throws if the model was trained on other data, or without such a part.
public func readPart(
    _ part: TablePart, _ path: String, labels: String? = nil, for model: LoadedModel
) throws(CellarError) -> LabelledSamples {
    var samples: LabelledSamples
    let digest: String
    if let sets = IDXSets(path) {
        digest = try DatasetDigest.files(sets.files)
        if part == .test, let test = sets.test {
            try checkDigest(digest, of: model, path)
            return try readLabelledSamples(test.images, labels: test.labels, for: model)
        }
        samples = try readLabelledSamples(sets.train.images, labels: sets.train.labels, for: model)
    } else {
        samples = try readLabelledSamples(path, labels: labels, for: model)
        digest = DatasetDigest.samples(samples)
    }
    let rows = try rows(of: part, digest: digest, count: samples.labels.count, model, path) {
        samples.labels
    } hashes: {
        rowHashes(of: [samples.samples])
    }
    samples.samples = samples.samples.selecting(rows)
    samples.labels = rows.map { samples.labels[$0] }
    return samples
}

/// The digest of pictures, as it is recorded in the models that were trained on them.
public func samplesDigest(_ path: String, for model: LoadedModel) throws(CellarError) -> String {
    if let sets = IDXSets(path) { return try DatasetDigest.files(sets.files) }
    return DatasetDigest.samples(try readLabelledSamples(path, for: model))
}

/// The rows of a part of data with that digest.
///
/// - classes: Each row's class; only asked for where the parts are stratified.
func rows(
    of part: TablePart, digest: String, count: Int, _ model: LoadedModel, _ path: String,
    classes: () -> [Int]?, hashes: () -> [UInt64]
) throws(CellarError) -> [Int] {
    try checkDigest(digest, of: model, path)
    guard let division = model.facts?.dataset?.division else {
        throw CellarError(
            .usage, "the file of \(model.name) has no record of how its data were divided.", file: model.path,
            remedy: "Omit --split.")
    }
    let rows = try division.rows(count, classes: classes, hashes: hashes)
    let found = part == .train ? rows.train : part == .validation ? rows.validation : rows.test
    guard let found else {
        throw CellarError(
            .usage, "\(model.name) was trained without \(part.rawValue) rows.", file: path,
            remedy: "Omit --split.")
    }
    return found
}

private func checkDigest(_ digest: String, of model: LoadedModel, _ path: String) throws(CellarError) {
    let dataset = model.facts?.dataset
    guard dataset?.sha256 == digest else {
        throw CellarError(
            .usage,
            "\(model.name) was not trained on these data"
                + (dataset.map { " but on \($0.path) as it was at that time" } ?? "") + ".",
            file: path, remedy: "Omit --split.")
    }
}

/// The files of a folder in MNIST's layout.
private struct IDXSets {
    var train: (images: String, labels: String)
    var test: (images: String, labels: String)?

    /// All files, in the order of a recipe's data.
    var files: [String] { [train.images, train.labels] + (test.map { [$0.images, $0.labels] } ?? []) }

    /// Nil if there is no pair for training.
    init?(_ folder: String) {
        func pair(_ set: String) -> (images: String, labels: String)? {
            func file(_ name: String) -> String? {
                ["", ".gz"].map { "\(folder)/\(set)-\(name)-ubyte\($0)" }.first(where: FileSystem.exists)
            }
            guard let images = file("images-idx3"), let labels = file("labels-idx1") else { return nil }
            return (images, labels)
        }
        guard let train = pair("train") else { return nil }
        (self.train, test) = (train, pair("t10k"))
    }
}
