import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show loss and metrics of every epoch.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.") var reference: String
    @Flag(help: "As CSV, with every digit.") var csv = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let version = try store.version(reference)
            let facts = try store.facts(of: version)
            if facts.history.isEmpty, !common.json {
                throw CellarError(
                    .badData,
                    "\(version.reference) has no history: its file does not tell how it was trained.")
            }
            try common.print([
                "reference": .string(version.reference), "history": facts.json["history"] ?? .object([:]),
            ]) {
                if csv { return facts.historyCSV }
                var table = TextTable([.init("EPOCH", .right)] + facts.history.map { .init($0.name, .right) })
                for epoch in 0..<(facts.history.map(\.values.count).max() ?? 0) {
                    let values = facts.history.map { epoch < $0.values.count ? $0.values[epoch].cell : "" }
                    table.add(["\(epoch + 1)"] + values)
                }
                return table.text()
            }
        }
    }
}
