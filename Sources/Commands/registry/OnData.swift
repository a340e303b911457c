import ArgumentParser
import Cellar

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

    func validate() throws {
        if on == nil, target != nil || labels != nil {
            throw ValidationError("--target and --labels go with --on DATA.")
        }
    }

    var request: EvaluateRequest? {
        on.map { EvaluateRequest(data: $0, target: target.map { [$0] }, labels: labels.map { [$0] } ?? []) }
    }
}
