import ArgumentParser
import Cellar
import CommandSupport
import Base
import StoreSupport

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show loss and metrics of every epoch.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Flag(help: "Print CSV with all digits.") var csv = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let history = try store.history(of: reference)
            let series = history.series
            if series.isEmpty, !common.json {
                throw CellarError(
                    .badData,
                    "\(history.reference) has no history: its file does not tell how it was trained.")
            }
            try common.print(history.json) {
                if csv { return history.facts.historyCSV }
                var table = TextTable([.init("EPOCH", .right)] + series.map { .init($0.name, .right) })
                for epoch in 0..<(series.map(\.values.count).max() ?? 0) {
                    let values = series.map { epoch < $0.values.count ? $0.values[epoch].cell : "" }
                    table.add(["\(epoch + 1)"] + values)
                }
                return table.text()
            }
        }
    }
}
