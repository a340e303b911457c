import ArgumentParser
import CommandSupport
import InferCommand
import RegistryCommand
import TrainerCommand

/// Prints a manual page, for `make build`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print a command's manual page, for man(1).", shouldDisplay: false)

    @Argument(help: "trainer, registry, infer or cellar.") var name = "cellar"

    func run() throws {
        let commands: [any ParsableCommand.Type] = [
            CellarCommand.self, TrainerCommand.self, RegistryCommand.self, InferCommand.self,
        ]
        guard let command = commands.first(where: { $0._commandName == name }) else {
            throw ValidationError("there is no manual page for \(name).")
        }
        try printOutput(manualPage(of: command))
    }
}
