import ArgumentParser
import Cellar
import CommandSupport
import Plots
import Registry
import StoreSupport

struct LineageOf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Show the data, the run, the ancestors and the descendants of a version.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Flag(help: "Print a graph for Graphviz: registry lineage mnist --dot | dot -Tsvg.") var dot = false
    @OptionGroup var figure: PlotOptions
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if dot, common.json { throw ValidationError("--dot and --json exclude each other.") }
        if dot, figure.plot != nil { throw ValidationError("--dot and --plot exclude each other.") }
    }

    func run() throws {
        try common.run { store in
            let isDrawn = try figure.isWanted()
            let lineage = try store.lineage(of: reference)
            if isDrawn {
                try figure.draw(Figure(lineage: lineage), json: common.json)
                if !common.json { return }
            }
            try common.print(lineage.json) { dot ? lineage.dot : lineage.text }
        }
    }
}
