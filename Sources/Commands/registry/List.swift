import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List versions, the newest first.",
        discussion: """
            Without --limit, a table has the first 100 versions and JSON has all of them. Metrics are named as Keras \
            names them: accuracy was measured on the training rows, val_accuracy on the validation rows, test_accuracy \
            on the test rows.
            """, aliases: ["ls"])

    @Argument(help: "Only versions of this model.", completion: .models) var model: String?
    @Option(
        help: "A metric (best first), or created, model, version, size, parameters, seed, training_seconds.")
    var sort: String?
    @Flag(help: "Reverse the order.") var reverse = false
    @Option(
        name: .customLong("where"),
        help: "List only versions that match a condition, as 'val_accuracy > 0.97 and parameters < 300000'.")
    var condition: String?
    @Option(help: "Maximum number of rows (0: no limit).") var limit: Int?
    @Flag(help: "List deleted versions.") var deleted = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit takes 0 or more, found \(limit).") }
    }

    func run() throws {
        try common.run { store in
            let most = limit ?? (common.json ? 0 : 100)
            let listing = try store.list(
                ListRequest(
                    model: model, sort: sort, isReversed: reverse, condition: condition,
                    limit: most == 0 ? nil : most, deleted: deleted))
            if common.json {
                try printJSON(listing.versions, store)
            } else {
                try printOutput(table(listing.versions).text())
            }
            if listing.isCut, limit == nil {
                let rest = listing.total.map { "\($0 - listing.versions.count) " } ?? ""
                printError("… and \(rest)more; --limit 0 lists all.")
            }
        }
    }

    /// One version a line, written as it is made: a list may be long.
    private func printJSON(_ versions: [ModelVersion], _ store: Store) throws {
        try StandardOutput.write { output in
            for (i, version) in versions.enumerated() {
                try output.write(i == 0 ? "[\n" : ",\n")
                try output.write(store.json(of: version).text())
            }
            try output.write(versions.isEmpty ? "[]\n" : "\n]\n")
        }
    }

    private func table(_ versions: [ModelVersion]) -> TextTable {
        let metrics = metricColumns(versions)
        var table = TextTable(
            [.init("VERSION", .left), .init("ALIASES", .left), .init("CREATED", .left)]
                + metrics.map { .init($0, .right) }
                + [.init("PARAMS", .right)])
        let forPeople = Terminal.output.isTerminal
        for version in versions {
            let values = metrics.map { version.metric($0)?.cell ?? "" }
            table.add(
                // On a screen of 80 columns the day must do; programs get the second.
                [
                    version.reference, version.aliases.joined(separator: ","),
                    forPeople ? String(version.created.prefix(10)) : version.created,
                ] + values
                    + ["\(version.parameters)"])
        }
        return table
    }

    /// The metric that the list is sorted by, and those that say most about a model.
    private func metricColumns(_ versions: [ModelVersion]) -> [String] {
        var present: [String] = []
        for version in versions {
            for metric in version.metrics where !present.contains(metric.name) { present.append(metric.name) }
        }
        func rank(_ name: String) -> Int {
            if name == sort { return 0 }
            let split = name.hasPrefix("test_") ? 1 : name.hasPrefix("val_") ? 2 : 5
            return name.hasSuffix("loss") ? split + 2 : split
        }
        return Array(present.sorted { (rank($0), $0) < (rank($1), $1) }.prefix(3))
    }
}
