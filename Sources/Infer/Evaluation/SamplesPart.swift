import Base
import Datasets

// The rows of one part of pictures or arrays, as a model was trained on them.

/// Reads the labelled samples that the model used as `part` when it was trained on these data.
///
/// Throws if the model was trained on other data, or without such a part.
public func readPart(
    _ part: TablePart, _ path: String, labels: String? = nil, for model: LoadedModel
) throws(CellarError) -> LabelledSamples {
    guard let dataset = model.facts?.dataset, dataset.trainRows > 0, let division = dataset.division else {
        throw CellarError(
            .usage, "the file of \(model.name) has no record of how its data were divided.", file: model.path,
            remedy: "Omit --split.")
    }
    let other = CellarError(
        .usage, "\(model.name) was not trained on these data but on \(dataset.path), as it was then.",
        file: path,
        remedy: "Omit --split.")
    var train: LabelledSamples
    if !path.hasSuffix(".npy"), let sets = IDXSets(path) {
        guard try DatasetDigest.files(sets.files) == dataset.sha256 else { throw other }
        if part == .test, let test = sets.test {
            return try readLabelledSamples(test.images, labels: test.labels, for: model)
        }
        train = try readLabelledSamples(sets.train.images, labels: sets.train.labels, for: model)
    } else {
        train = try readLabelledSamples(path, labels: labels, for: model)
        let files = labels.map { [path, $0] }
        let digest = try files.map { (files) throws(CellarError) in try DatasetDigest.files(files) }
        guard digest ?? DatasetDigest.samples(train) == dataset.sha256 else { throw other }
    }
    let rows = try division.rows(train.labels.count) { train.labels }
    let found = part == .train ? rows.train : part == .validation ? rows.validation : rows.test
    guard let found else {
        throw CellarError(
            .usage, "\(model.name) was trained without \(part.rawValue) rows.", file: path,
            remedy: "Omit --split.")
    }
    train.samples = train.samples.selecting(found)
    train.labels = found.map { train.labels[$0] }
    return train
}

/// The files of a folder in MNIST's layout.
struct IDXSets {
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
