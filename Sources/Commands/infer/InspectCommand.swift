import ArgumentParser
import Cellar
import CommandSupport
import Infer
import StoreSupport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show the layers, shapes, parameters and origin of a model file, or a layer's weights."
    )

    @Argument(help: "NAME, NAME:VERSION, NAME@ALIAS or a file.", completion: .versions)
    var model: String

    @Option(
        help: ArgumentHelp("Show the weights of this layer; with --json, all of them.", valueName: "layer"))
    var weights: String?

    @Option(
        help: "For weights alone: a config.json (model.to_json), a model file or a version with the layers.")
    var architecture: String?

    @Flag(
        help:
            "Print plain text for `git diff`: each layer, weight (digest and norm) and fact on a line of its own."
    ) var text = false

    @OptionGroup var place: StoreOptions

    func validate() throws {
        if text, weights != nil || place.json {
            throw ValidationError("--text excludes --weights and --json.")
        }
    }

    func run() throws {
        try runInfer(json: place.json) {
            let store = place.open()
            if let weights {
                let found = try store.inspectWeights(
                    InspectWeightsRequest(model: model, layer: weights, architecture: architecture))
                if place.json {
                    try printOutput(found.json)
                } else {
                    try printOutput(table(of: found.weights))
                }
            } else {
                let found = try store.inspect(InspectRequest(model: model, architecture: architecture))
                if place.json {
                    try printOutput(found.json)
                } else {
                    try printOutput(text ? found.plainText : table(of: found))
                }
            }
        }
    }

    private func table(of inspection: Inspection) -> String {
        var table = TextTable("layer", "class", "output shape", "parameters", "activation", "inputs")
        for layer in inspection.layers {
            table.add([
                layer.name, layer.className, "\(layer.outputShape)", "\(layer.parameters)", layer.activation,
                layer.inputs.joined(separator: ", "),
            ])
        }
        var facts = TextTable([TextTable.Column("", .left), TextTable.Column("", .left)])
        for (name, value) in inspection.figures { facts.add([name, value]) }
        // The second table has no titles.
        let lines = facts.text().split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        return table.text() + "\n" + lines.joined(separator: "\n")
    }

    private func table(of summaries: [WeightSummary]) -> String {
        var table = TextTable("weight", "shape", "min", "max", "mean", "std", "first values")
        for summary in summaries {
            let first = summary.tensor.values.prefix(4).map { "\($0)" }.joined(separator: " ")
            table.add([
                summary.name, "\(summary.tensor.shape)", "\(summary.least)", "\(summary.largest)",
                "\(Float(summary.mean))", "\(Float(summary.standardDeviation))",
                first + (summary.tensor.count > 4 ? " …" : ""),
            ])
        }
        return table.text()
    }
}
