import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct LineageOf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Show the data, the run, the ancestors and the descendants of a version.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Flag(help: "Print a graph for Graphviz: registry lineage mnist --dot | dot -Tsvg.") var dot = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let lineage = try store.lineage(of: reference)
            try common.print(lineage.json) { dot ? lineage.dot : lineage.text }
        }
    }
}
