import HDF5
import Base
import Network
import Zip

/// The Keras release that the archives are written for and tested with.
let archiveVersion = "3.15.1"

/// Returns the bytes of a `.keras` for Keras 3, in pieces. The same content gives the same bytes.
func archive(_ contents: ModelFile, includeOptimizer: Bool) throws -> [[UInt8]] {
    try checkOpensInKeras3(contents.model)
    let training = contents.compiled.flatMap { trainingConfig($0, model: contents.model) }
    let config = ArchiveConfig(contents.model).json(training: training)
    let metadata: JSON = [
        "keras_version": .string(archiveVersion), "date_saved": .string(savingDate(contents.facts?.created)),
    ]
    let weights = try HDF5File(creating: "model.weights.h5")
    try writeNumberedWeights(contents, to: weights.root, includeOptimizer: includeOptimizer)

    var zip = ZipWriter()
    zip.add("metadata.json", Array(metadata.text(ascii: true).utf8))
    zip.add("config.json", Array(config.text(ascii: true).utf8))
    zip.add("model.weights.h5", try weights.bytes())
    if contents.facts != nil || contents.golden != nil {
        let own = try HDF5File(creating: cellarMember)
        try writeCellarGroup(own, contents)
        zip.add(cellarMember, try own.bytes())
    }
    return zip.finished()
}

/// Throws for a model that Keras 3 cannot open.
private func checkOpensInKeras3(_ model: Model) throws {
    for layer in model.layers {
        // What the format lacks, by class.
        let axes =
            layer.className == "BatchNormalization"
            ? layer.config["axis"]?.array?.compactMap(\.int) ?? [] : []
        guard axes.count > 1 || ["RandomHeight", "RandomWidth"].contains(layer.className) else { continue }
        throw CellarError(
            .badData,
            "\(layer.subject) "
                + (axes.isEmpty
                    ? "does not exist in Keras 3"
                    : "normalizes several axes (\(axes)), which Keras 3 does not support"),
            remedy: "Write an .h5 file, which tf.keras opens.")
    }
}

/// Keras' form is 2026-11-22@12:50:48. A model without a date gets ZIP's first day, so that the bytes do not
/// depend on today.
private func savingDate(_ created: String?) -> String {
    guard let created, created.utf8.count >= 19 else { return "1980-01-01@00:00:00" }
    return String(created.prefix(19)).replacing("T", with: "@")
}
