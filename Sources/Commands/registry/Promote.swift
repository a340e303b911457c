import ArgumentParser
import Cellar
import CommandSupport
import Metrics
import Registry
import StoreSupport

struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Point an alias at a version, chosen by name or as the best by a metric.",
        usage: """
            registry promote REF [--alias production] [--reason TEXT] [--gate CONDITION] [--on DATA] [--margin M]
            registry promote --best METRIC --model NAME|--run VERSION [--alias best] [--gate CONDITION]
            registry promote --remove MODEL@ALIAS
            """,
        discussion: """
            accuracy was measured on the training rows, val_accuracy on the validation rows, test_accuracy on the test \
            rows. Accuracy, AUC, precision, recall and F1 are best high, losses and errors low; of equal versions the \
            newest wins.

            Where the alias points to another version, both are compared on the rows of --on that neither was trained on; \
            without --on, on those of the data that the new version was trained on. The alias is moved only if the new version \
            is better by McNemar's exact test (p < 0.05), or, with --margin, if its accuracy is lower by less than the margin \
            (the lower end of the 95 % interval). The reason keeps the numbers. Where these data are missing or have changed, \
            a warning says so, and the alias is moved; a version that fails where the other does not is refused. --force \
            --reason TEXT moves it whatever the comparison says. --best under the alias best is not compared: that alias means the best value.
            """)

    @Argument(help: "The version, as mnist:12.", completion: .versions) var reference: String?
    @Option(help: "Choose the best version by this metric, as val_accuracy.") var best: String?
    @Option(help: "The model, for --best.", completion: .models) var model: String?
    @Option(help: "The alias. (default: production for a version, best for --best)") var alias: String?
    @Option(help: "The reason, recorded with the move.") var reason: String?
    @Option(help: "Move the alias only if the version matches this condition, as 'val_accuracy >= 0.97'.")
    var gate: String?
    @OptionGroup var data: OnData
    @Option(help: "What is compared: accuracy, or macro_f1 or auc by paired bootstrap and permutation test.")
    var score = PairedVerdict.Score.accuracy
    @Option(help: "The loss of accuracy to allow in the comparison, such as 0.005.") var margin: Double?
    @Option(
        help:
            "The number of versions tried on these data; p-values and intervals are corrected for it. With --best, at least the number it chose from."
    )
    var candidates = 1
    @Flag(help: "Move the alias whatever the comparison says, and also a protected one; needs --reason.")
    var force = false
    @Option(
        name: .customLong("run"),
        help: "For --best: only versions of the run that made this version, with its checkpoints.",
        completion: .versions)
    var runOf: String?
    @Flag(help: "Higher values of the metric are better.") var highest = false
    @Flag(help: "Lower values of the metric are better.") var lowest = false
    @Flag(help: "Remove the alias.") var remove = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if (reference == nil) == (best == nil) {
            throw ValidationError("Name either a version, as mnist:12, or --best METRIC with --model NAME.")
        }
        if best != nil, (model == nil) == (runOf == nil) {
            throw ValidationError("--best needs either --model NAME or --run VERSION.")
        }
        if best == nil, model != nil { throw ValidationError("--model goes with --best METRIC.") }
        if highest && lowest { throw ValidationError("--highest and --lowest exclude each other.") }
        if (highest || lowest) && best == nil {
            throw ValidationError("--highest and --lowest go with --best METRIC.")
        }
        if runOf != nil, best == nil { throw ValidationError("--run goes with --best METRIC.") }
        if force, reason == nil { throw ValidationError("--force needs --reason TEXT.") }
        if remove, data.on != nil || margin != nil || candidates != 1 {
            throw ValidationError("--on, --margin and --candidates go with a promotion.")
        }
    }

    func run() throws {
        try common.run { store in
            if remove { return try removeAlias(store) }
            let choice: PromoteRequest.Choice =
                if let best {
                    .best(
                        metric: best, model: try model ?? store.models.run(of: runOf ?? "").model,
                        direction: highest ? .highest : lowest ? .lowest : nil, run: runOf, reason: reason)
                } else {
                    .version(reference ?? "", reason: reason ?? "chosen by hand")
                }
            var request = PromoteRequest(choice, alias: alias, gate: gate)
            request.isForced = force
            var test = PromotionTest(on: data.request, margin: margin, candidates: candidates)
            test.metric = score
            request.comparison = test
            let done = try store.promote(request, progress: .warnings(json: common.json))
            try common.print(done.json) { done.text }
        }
    }

    private func removeAlias(_ store: Store) throws {
        let done = try store.removeAlias(
            reference ?? "", reason: reason ?? "removed by hand", force: force)
        try common.print(done.json) { "\(done.alias) is taken away" }
    }
}

extension ModelStore.Promotion {
    var text: String {
        if !moved { return "\(alias) points to \(version.reference) already: \(reason)" }
        return "\(alias) → \(version.reference)\(before.map { " (before: \($0))" } ?? ""): \(reason)"
    }
}

extension PairedVerdict.Score: ExpressibleByArgument {}
