import ArgumentParser
import CommandSupport

package struct InferCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Predict with a trained model: pictures, tables, NumPy arrays.",
        discussion: """
            infer digit.png                             what is drawn there?
            infer score wine.csv -o scored.csv          a table, with answers added
            infer score --row alcohol=9.4 pH=3.5 …      one row by hand
            infer evaluate data/mnist                   how right is the model?
            infer explain digit.png                     which pixels decided?
            infer inspect mnist@best                    what is in the file?

            A model is called NAME (the newest), NAME:VERSION, NAME@ALIAS, by a file's path, or by 8 or more digits \
            of its SHA-256.
            """,
        version: versionText(of: "infer"),
        subcommands: [
            PredictCommand.self, ScoreCommand.self, EvaluateCommand.self, ReportCommand.self,
            ExplainCommand.self, InspectCommand.self,
        ],
        defaultSubcommand: PredictCommand.self)

    package init() {}
}
