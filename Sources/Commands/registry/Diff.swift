import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what differs between two models: facts, weights, and predictions on data.",
        discussion: """
            Weights are compared by layer: the norm of the change divided by that of the first model's weights, and the \
            largest change of one weight. With --on, the rows that the models predict differently follow, the most confident \
            first, and McNemar's exact test of the second model against the first: on all rows, and on those that neither \
            was trained on.
            """)

    @Argument(help: "A version or a file.", completion: .versions) var first: String
    @Argument(help: "A version or a file.", completion: .versions) var second: String
    @OptionGroup var data: OnData
    @Option(help: "Maximum number of rows shown (0: no limit).") var limit = 10
    @Option(
        help: ArgumentHelp(
            "Write all rows with different predictions to this file (CSV).", valueName: "file"),
        completion: .file())
    var csv: String?
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if csv != nil, data.on == nil { throw ValidationError("--csv goes with --on DATA.") }
        if limit < 0 { throw ValidationError("--limit must be 0 or more, but is \(limit).") }
    }

    func run() throws {
        try common.run { store in
            let found = try store.diff(
                DiffRequest(first: first, second: second, on: data.request),
                progress: .warnings(json: common.json))
            if let csv { try found.predictions?.write(to: csv) }
            try common.print(found.json(limit: limit)) { text(found) }
        }
    }

    private func text(_ found: ModelDifference) -> String {
        var blocks = found.facts.blocks(all: false)
        var weights = TextTable("WEIGHTS", "parameters", "change", "relative norm", "largest")
        for layer in found.weights {
            weights.add([
                layer.layer, "\(layer.parameters)", layer.kind.rawValue.replacing("_", with: " "),
                layer.relativeNorm.map { $0.cell } ?? "", layer.largest.map { $0.cell } ?? "",
            ])
        }
        blocks.append(weights.text())
        if let predictions = found.predictions { blocks += text(predictions, found.facts.references) }
        return blocks.joined(separator: "\n")
    }

    private func text(_ found: PredictionDifference, _ names: [String]) -> [String] {
        var figures = TextTable(
            [.init("ON \(found.evaluations[0].data)", .left)] + names.map { .init($0, .right) })
        for figure in found.evaluations[0].figures {
            let other = found.evaluations[1].figures.first { $0.name == figure.name }
            figures.add([figure.name, figure.value.cell, other?.value.cell ?? "–"])
        }
        var lines = [
            "both right \(found.bothRight), only \(names[0]) right \(found.onlyFirstRight), only \(names[1]) right "
                + "\(found.onlySecondRight), both wrong \(found.bothWrong)",
            "all rows: \(found.allRows.sentence)",
        ]
        if let unseen = found.unseenRows {
            lines.append("unseen rows: \(unseen.sentence)")
        } else {
            lines.append("unseen rows: unknown or none")
        }
        var rows = TextTable("row", "truth", names[0], names[1], "score", "score", "seen")
        let shown = limit == 0 ? found.disagreements[...] : found.disagreements.prefix(limit)
        for row in shown {
            rows.add([
                "\(row.row)", row.truth, row.first, row.second, "\(row.firstConfidence)",
                "\(row.secondConfidence)", row.seen.map { $0 ? "yes" : "no" } ?? "",
            ])
        }
        let more = found.disagreements.count - shown.count
        let title =
            "different predictions: \(found.disagreements.count)"
            + (more == 0 ? "" : ", of which \(shown.count) are shown")
        return [figures.text(), lines.map { Terminal.output.prose($0) }.joined(), title + "\n" + rows.text()]
    }
}
