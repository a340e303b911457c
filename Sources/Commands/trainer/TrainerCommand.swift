import ArgumentParser
import CommandSupport

package struct TrainerCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "trainer", abstract: "Train a model from a recipe and save it.",
        discussion: """
            A recipe is YAML in Keras' words: see docs/recipes.md, and the ones in recipes/. Saved models are for \
            `registry` to list and for `infer` to use.
            """,
        version: versionText(of: "trainer"),
        subcommands: [
            InitCommand.self, FitCommand.self, CheckCommand.self, SweepCommand.self, ExploreCommand.self,
            SummaryCommand.self, InfoCommand.self,
        ])

    package init() {}
}
