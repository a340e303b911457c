import ArgumentParser
import Cellar
import CommandSupport
import Plots
import Registry
import StoreSupport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare versions: metrics first, then what differs.",
        discussion: """
            A * marks the best value of a metric whose name tells which end is better. Where the window is narrower than \
            the table, versions are shown in several blocks, and a legend has the names and values that were cut.

            --plot draws the metrics side by side, and parallel coordinates of the settings that differ.
            """)

    @Argument(
        help: "2 to 50 versions, or one model to compare its two newest versions.", completion: .versions)
    var references: [String]
    @Flag(help: "Show what is the same, too.") var all = false
    // Earlier releases had the opposite default.
    @Flag(help: .hidden) var differences = false
    @OptionGroup var figure: PlotOptions
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if all && differences { throw ValidationError("--all and --differences exclude each other.") }
    }

    func run() throws {
        try common.run { store in
            let isDrawn = try figure.isWanted()
            let found = try store.compare(references)
            if isDrawn {
                try figure.draw(Figure(comparison: found), json: common.json)
                if !common.json { return }
            }
            try common.print(found.json) { found.blocks(all: all).joined(separator: "\n") }
        }
    }
}
