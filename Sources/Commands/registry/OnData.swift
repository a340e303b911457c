import ArgumentParser
import Cellar
import Datasets

/// Labelled data that two models are compared on.
struct OnData: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compare the models' predictions for these labelled data, as of `infer evaluate`.",
            valueName: "data"
        ), completion: .file())
    var on: String?
    @Option(help: "For --on: the table's column with the labels. (default: as in training)")
    var target: String?
    @Option(help: "For --on: the file with the labels of IDX pictures or of an .npy array.") var labels:
        String?
    @Option(help: "For --on: the columns of models without their names, in the order of their inputs.")
    var features: String?
    @Option(help: "For --on: the classes of models without their names, in the order of their outputs.")
    var classes: String?
    @Option(help: "For --on: the value of a white pixel, 255 or 1, for models without this information.")
    var white: Float?

    func validate() throws {
        let options = [target, labels, features, classes, white.map { "\($0)" }]
        if on == nil, options.contains(where: { $0 != nil }) {
            throw ValidationError(
                "--target, --labels, --features, --classes and --white go with --on DATA.")
        }
        if let white, !(white.isFinite && white > 0) {
            throw ValidationError("--white takes a positive number.")
        }
    }

    var request: EvaluateRequest? {
        guard let on else { return nil }
        var request = EvaluateRequest(
            data: on, target: target.map { [$0] }, labels: labels.map { [$0] } ?? [])
        request.models.options.features = features.map(commaSeparated)
        request.models.options.classes = classes.map(commaSeparated)
        request.models.options.white = white
        return request
    }
}
