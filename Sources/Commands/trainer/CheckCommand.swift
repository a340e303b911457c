import ArgumentParser
import Base
import Cellar
import CommandSupport
import StoreSupport

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try a recipe without training: data, shapes, memory, seconds an epoch.",
        discussion: "Reads the data, makes the model and times some batches. Nothing is saved.")

    @Argument(help: "A recipe.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String
    @Option(
        name: .customLong("set"), help: "Change a value of the recipe: fit.batch_size=64. May be given again."
    )
    var changes: [String] = []

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run {
            let progress = ProgressReporter(
                warn: { [json = common.json] in printWarning($0, of: "trainer", json: json) },
                report: { [json = common.json] event in
                    if case .dataRead(let summary) = event, !json { try? printOutput("\(summary)\n") }
                }, isCancelled: { false })
            var request = FitRequest(recipe: recipe)
            request.changes = changes
            let result = try common.open().check(request, progress: progress)
            if common.json { return try printOutput(result.json) }
            func shape(_ sizes: [Int]) -> String {
                "(" + (["None"] + sizes.map(String.init)).joined(separator: ", ") + ")"
            }
            func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).fixed(1) + " MB" }
            let plan = result.plan
            var lines = [
                "Rows:        \(plan.trainRows) to train, \(plan.validationRows) to validate, \(plan.testRows) to test"
            ]
            for (index, input) in result.inputs.enumerated() {
                lines.append(
                    (index == 0 ? "Inputs:      " : "             ") + "\(input.name) \(shape(input.shape))"
                        + (input.isText ? " text" : ""))
            }
            for output in result.outputs {
                lines.append("Output:      \(output.name) \(shape(output.shape))")
            }
            let (trained, fixed) = (plan.model.trainableParameters, plan.model.nonTrainableParameters)
            lines += [
                "Parameters:  \(trained) to train" + (fixed > 0 ? ", \(fixed) fixed" : ""),
                "Memory:      \(megabytes(result.dataBytes)) of data, \(megabytes(result.modelBytes)) of model and batch",
                "Time:        \(result.secondsPerEpoch.fixed(result.secondsPerEpoch < 1 ? 3 : 1)) s an epoch, "
                    + "\((result.secondsPerEpoch * Double(result.epochs)).fixed(1)) s for \(result.epochs) epochs at most",
            ]
            try printOutput(lines.joined(separator: "\n") + "\n")
        }
    }
}
