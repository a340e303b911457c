import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Point an alias at a version, chosen by name or as the best by a metric.",
        usage: """
            registry promote REF [--alias production] [--reason TEXT] [--gate CONDITION] [--on DATA [--margin M]]
            registry promote --best METRIC --model NAME|--run VERSION [--alias best] [--gate CONDITION]
            registry promote --remove MODEL@ALIAS
            """,
        discussion: """
            accuracy was measured on the training rows, val_accuracy on the validation rows, test_accuracy on the test \
            rows. Accuracy, AUC, precision, recall and F1 are best high, losses and errors low; of equal versions the \
            newest wins.

            With --on, the version and the one that the alias points to are compared on the rows that neither was trained \
            on. The alias is moved only if the version is better by McNemar's exact test (p < 0.05), or, with --margin, if its \
            accuracy is lower by less than the margin (the lower end of the 95 % interval). The reason keeps the numbers.
            """)

    @Argument(help: "The version, as mnist:12.", completion: .versions) var reference: String?
    @Option(help: "Choose the best version by this metric, as val_accuracy.") var best: String?
    @Option(help: "The model, for --best.", completion: .models) var model: String?
    @Option(help: "The alias. (default: production for a version, best for --best)") var alias: String?
    @Option(help: "The reason, recorded with the move.") var reason: String?
    @Option(help: "Move the alias only if the version matches this condition, as 'val_accuracy >= 0.97'.")
    var gate: String?
    @OptionGroup var data: OnData
    @Option(help: "For --on: the loss of accuracy to allow, such as 0.005.") var margin: Double?
    @Option(
        help:
            "For --on: the number of versions tried on these data; p-values and intervals are corrected for it."
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
        if data.on == nil, margin != nil || candidates != 1 {
            throw ValidationError("--margin and --candidates go with --on DATA.")
        }
        if runOf != nil, best == nil { throw ValidationError("--run goes with --best METRIC.") }
        if force, reason == nil { throw ValidationError("--force needs --reason TEXT.") }
        if data.on != nil, best != nil || remove {
            throw ValidationError("--on goes with a version, as mnist:12.")
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
            request.evidence = data.request.map {
                PromotionEvidence(on: $0, margin: margin, candidates: candidates, force: force)
            }
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
