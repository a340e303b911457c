import ArgumentParser
import Base
import CNoLocaleData  // Linked in place of ICU's data.
import CommandSupport
import Glibc
import InferCommand
import KerasFile
import RegistryCommand
import TrainerCommand

/// The one executable of all commands; `trainer`, `registry` and `infer` are links to it. Installed once, the Swift
/// runtime and the libraries take a third of the space that three executables take.
@main
enum Main {
    static func main() {
        occupyStandardStreams()
        Quarantine.serveIfAsked()
        guard !CommandLine.arguments.isEmpty else { endWithoutArguments() }
        let call = Invocation()
        // Before anything that names the types of the other commands: a plain call must not wait for them.
        if call.command == .infer { answerPlainCall(call.arguments) }
        let words = CommandLine.arguments.dropFirst()
        guard !call.isNested, let command = call.command else {
            CellarCommand.runOrSuggest(withRowsJoined(Array(words)))
        }
        switch command {
        case .trainer: TrainerCommand.runOrSuggest(words)
        case .registry: RegistryCommand.runOrSuggest(words)
        case .infer: InferCommand.runOrSuggest(withRowsJoined(Array(words)))
        }
    }

    /// Ends the process with an error: Swift reads the arguments from /proc, and a command without any would print its help and succeed.
    private static func endWithoutArguments() -> Never {
        printError(
            "cellar: cannot read the arguments from /proc/self/maps. Mount /proc, or free file descriptors.")
        exit(71)
    }
}
