import ArgumentParser
import KerasFile

@main
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Find, compare, promote and look after saved models.",
        discussion: """
            A model is called `mnist` (its newest version), `mnist:12`, `mnist@best`, by its file, or by 8 or more \
            digits of its SHA-256.
            """,
        subcommands: [
            List.self, Show.self, Compare.self, History.self, LineageOf.self, Promote.self, Rollback.self,
            Import.self,
            Export.self, Verify.self, Rebuild.self, Tag.self, Delete.self, Restore.self, CollectGarbage.self,
        ])

    static func main() {
        Quarantine.serveIfAsked()
        runAsProgram(CommandLine.arguments.dropFirst())
    }
}
