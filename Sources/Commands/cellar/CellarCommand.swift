import ArgumentParser
import CommandSupport
import InferCommand
import RegistryCommand
import TrainerCommand

struct CellarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cellar",
        abstract: "Train Keras models, store every version, and predict with any of them.",
        discussion: "The commands are also installed under their own names: `trainer`, `registry`, `infer`.",
        version: versionText(of: "cellar"),
        subcommands: [TrainerCommand.self, RegistryCommand.self, InferCommand.self, ManualCommand.self])
}
