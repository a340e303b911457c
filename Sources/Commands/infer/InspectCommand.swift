import ArgumentParser
import CommandSupport
import Infer
import Base
import KerasFile
import StoreSupport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show what a model file holds: layers, shapes, parameters, how it came about; or a layer's weights."
    )

    @Argument(help: "NAME, NAME:VERSION, NAME@ALIAS or a file.")
    var model: String

    @Option(
        help: ArgumentHelp("Show the weights of this layer; with --json, all of them.", valueName: "layer"))
    var weights: String?

    @OptionGroup var place: StoreOptions

    func run() throws {
        try place.run {
            let file = try place.open().file(of: model)
            if file.sha256 == nil { try Quarantine.check(file.path) }
            let inspection = Inspection(try readModel(file.path), name: file.reference)
            if let weights {
                let summaries = try inspection.weights(of: weights)
                if place.json {
                    try printOutput(.array(summaries.map(\.json)))
                } else {
                    try printOutput(text(summaries))
                }
            } else if place.json {
                try printOutput(inspection.json)
            } else {
                try printOutput(text(inspection))
            }
        }
    }

    private func text(_ inspection: Inspection) -> String {
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

    private func text(_ summaries: [WeightSummary]) -> String {
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
