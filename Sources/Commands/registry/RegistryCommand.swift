import ArgumentParser
import CommandSupport

package struct RegistryCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Find, compare, promote and verify saved models.",
        discussion: """
            A model is called `mnist` (its newest version), `mnist:12`, `mnist@best`, by its file, or by 8 or more \
            digits of its SHA-256.
            """,
        version: versionText(of: "registry"),
        subcommands: [
            List.self, Show.self, Compare.self, Diff.self, History.self, LineageOf.self, Promote.self,
            Rollback.self,
            Protect.self, Log.self, Events.self, At.self, Reproduce.self, Import.self, Export.self,
            MergeStores.self, Verify.self,
            Rebuild.self, Tag.self, Sign.self, Policy.self, Copy.self, Rename.self, Delete.self, Restore.self,
            CollectGarbage.self,
        ])

    package init() {}
}
