import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Point an alias at a version, chosen by name or as the best by a metric.",
        usage: """
            registry promote REF [--alias production] [--reason TEXT] [--gate CONDITION]
            registry promote --best METRIC --model NAME [--alias best] [--gate CONDITION]
            registry promote --remove MODEL@ALIAS
            """,
        discussion: """
            accuracy was measured on the training rows, val_accuracy on the validation rows, test_accuracy on the test \
            rows. Accuracy, AUC, precision, recall and F1 are best high, losses and errors low; of equal versions the \
            newest wins.
            """)

    @Argument(help: "The version, as mnist:12.", completion: .versions) var reference: String?
    @Option(help: "Choose the best version by this metric, as val_accuracy.") var best: String?
    @Option(help: "The model, for --best.", completion: .models) var model: String?
    @Option(help: "The alias. (default: production for a version, best for --best)") var alias: String?
    @Option(help: "The reason, recorded with the move.") var reason: String?
    @Option(help: "Move the alias only if the version matches this condition, as 'val_accuracy >= 0.97'.")
    var gate: String?
    @Flag(help: "Higher values of the metric are better.") var highest = false
    @Flag(help: "Lower values of the metric are better.") var lowest = false
    @Flag(help: "Remove the alias.") var remove = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if (reference == nil) == (best == nil) {
            throw ValidationError("Name either a version, as mnist:12, or --best METRIC with --model NAME.")
        }
        if best != nil, model == nil { throw ValidationError("--best needs --model NAME.") }
        if best == nil, model != nil { throw ValidationError("--model goes with --best METRIC.") }
        if highest && lowest { throw ValidationError("--highest and --lowest exclude each other.") }
        if (highest || lowest) && best == nil {
            throw ValidationError("--highest and --lowest go with --best METRIC.")
        }
        if best != nil, reason != nil { throw ValidationError("--best writes its own reason.") }
    }

    func run() throws {
        try common.run { store in
            if remove { return try removeAlias(store) }
            let choice: PromoteRequest.Choice =
                if let best, let model {
                    .best(
                        metric: best, model: model,
                        direction: highest ? .highest : lowest ? .lowest : nil)
                } else {
                    .version(reference ?? "", reason: reason ?? "chosen by hand")
                }
            let done = try store.promote(PromoteRequest(choice, alias: alias, gate: gate))
            try common.print(done.json) { done.text }
        }
    }

    private func removeAlias(_ store: Store) throws {
        let done = try store.removeAlias(reference ?? "", reason: reason ?? "removed by hand")
        try common.print(done.json) { "\(done.alias) is taken away" }
    }
}

extension ModelStore.Promotion {
    var text: String {
        if !moved { return "\(alias) points to \(version.reference) already: \(reason)" }
        return "\(alias) → \(version.reference)\(before.map { " (before: \($0))" } ?? ""): \(reason)"
    }
}
