import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport
import Trainer

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Show a model's layers, shapes and parameters.")

    @Argument(help: "A recipe, or a model: NAME, NAME:VERSION, NAME@ALIAS or a file.", completion: .versions)
    var model: String

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run {
            let found = try common.open().summary(of: model)
            if common.json { return try printOutput(found.json) }
            let terminal = Terminal.output
            try printOutput(summary(of: found.model, within: terminal.room))
            if let picture = found.picture {
                try printOutput(terminal.prose("Pictures: \(picture.description)"))
            }
        }
    }
}
