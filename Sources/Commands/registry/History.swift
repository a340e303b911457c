import ArgumentParser
import Base
import Cellar
import CommandSupport
import Plots
import StoreSupport

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show or draw loss and metrics of every epoch.",
        discussion: """
            --plot draws loss, metrics and learning rate over the epochs, for training and validation, with the best epoch and \
            the epochs at which training was resumed. Several versions are drawn over each other.
            """)

    @Argument(help: "Models, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var references: [String]
    @Flag(help: "Print CSV with all digits.") var csv = false
    @OptionGroup var figure: PlotOptions
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if csv, references.count > 1 {
            throw ValidationError("--csv takes one version, found \(references.count).")
        }
        if csv, common.json { throw ValidationError("--csv and --json exclude each other.") }
        if csv, figure.plot != nil { throw ValidationError("--csv and --plot exclude each other.") }
    }

    func run() throws {
        try common.run { store in
            if try figure.isWanted() {
                try figure.draw(Figure(history: store.courses(of: references)), json: common.json)
                if !common.json { return }
            }
            let histories = try references.map { try store.history(of: $0) }
            for history in histories where history.series.isEmpty && !common.json {
                throw CellarError(
                    .badData,
                    "\(history.reference) has no history: its file does not tell how it was trained.")
            }
            let json = histories.count == 1 ? histories[0].json : .array(histories.map(\.json))
            try common.print(json) {
                if csv { return histories[0].facts.historyCSV }
                if histories.count == 1 { return histories[0].table.text() }
                return histories.map { $0.reference + "\n" + $0.table.text() }.joined(separator: "\n")
            }
        }
    }
}

extension VersionHistory {
    fileprivate var table: TextTable {
        var table = TextTable([.init("EPOCH", .right)] + series.map { .init($0.name, .right) })
        for epoch in 0..<(series.map(\.values.count).max() ?? 0) {
            let values = series.map { epoch < $0.values.count ? $0.values[epoch].cell : "" }
            table.add(["\(epoch + 1)"] + values)
        }
        return table
    }
}
