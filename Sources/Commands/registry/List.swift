import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find and list versions, the newest first.",
        discussion: """
            Without --limit, a table has the first 100 versions and the formats for programs have all of them.

            Names in --where, --sort and --columns are metrics, fields, hyper-parameters and tags. Metrics are named as \
            Keras names them: accuracy was measured on the training rows, val_accuracy on the validation rows, \
            test_accuracy on the test rows. Fields are version, model, created, size, parameters, trainable_parameters, \
            seed, training_seconds, task, generation, architecture, sha256, file and state. A hyper-parameter is called \
            optimizer or hyperparameters.optimizer, a fact of the data set dataset.path, a tag tags.owner.

            A condition has and, or, not, parentheses, = != < <= > >=, in (…), like, between … and …, is null, and the \
            names alias, parent and run. Texts are in quotes and compared without regard to case. A comparison with a \
            missing value is not true; is null asks for it. docs/filter.md has the whole language.
            """, aliases: ["ls", "search"])

    @Argument(help: "Only versions of this model.", completion: .models) var model: String?
    @Option(
        parsing: .unconditional,  // a key may begin with -
        help:
            "Names to sort by, as val_accuracy,-created: metrics best first, numbers largest first; - reverses one."
    )
    var sort: String?
    @Flag(help: "Reverse the order.") var reverse = false
    @Option(
        name: .customLong("where"),
        help: "List only versions that match a condition, as \"val_accuracy > 0.97 and not tags.draft\".")
    var condition: String?
    @Option(
        name: .customLong("run"),
        help: "List only versions of the run that made this version, with its checkpoints.",
        completion: .versions)
    var runOf: String?
    @Option(help: "Names of the columns, as val_accuracy,optimizer,tags.owner.") var columns: String?
    @Option(help: "Maximum number of rows (0: no limit).") var limit: Int?
    @Option(help: "table, json, jsonl, csv or md (Markdown). --json is short for --format json.")
    var format: ListFormat?
    @Flag(help: "List deleted versions.") var deleted = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit takes 0 or more, found \(limit).") }
        if let format, common.json, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) exclude each other.")
        }
        if let columns, names(columns).contains("") {
            throw ValidationError("--columns takes names separated by commas, found \"\(columns)\".")
        }
    }

    func run() throws {
        let format = format ?? (common.json ? .json : .table)
        var options = common
        options.json = format.isJSON
        try options.run { store in
            let most = limit ?? (format.isForPrograms ? 0 : 100)
            var request = ListRequest(
                model: model, sort: sort, isReversed: reverse, condition: condition,
                limit: most == 0 ? nil : most, deleted: deleted)
            request.run = runOf
            let listing = try store.list(request)
            let renderer = ListRenderer(format: format, store: store)
            if let columns {
                try renderer.print(store.table(of: listing, columns: names(columns)))
            } else {
                try renderer.print(listing, sortedBy: sort)
            }
            if listing.isCut, limit == nil {
                let rest = listing.total.map { "\($0 - listing.versions.count) " } ?? ""
                printError("… and \(rest)more; --limit 0 lists all.")
            }
        }
    }

    private func names(_ list: String) -> [String] {
        list.split(separator: ",", omittingEmptySubsequences: false).map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
