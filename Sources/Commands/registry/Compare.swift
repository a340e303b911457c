import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare versions: metrics first, then what differs, then what is the same.")

    @Argument(
        help: "Two or more versions, or one model to compare its two newest versions.", completion: .versions)
    var references: [String]
    @Flag(help: "Omit rows that are equal.") var differences = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let found = try store.compare(references)
            try common.print(found.json) { text(found) }
        }
    }

    private func text(_ found: Comparison) -> String {
        var blocks: [String] = []
        func table(_ title: String, _ rows: [Comparison.Fact]) {
            if rows.isEmpty { return }
            var table = TextTable([.init(title, .left)] + found.references.map { .init($0, .right) })
            for row in rows {
                table.add(
                    [row.name]
                        + row.values.enumerated().map { i, value in
                            let mark = row.best.isEmpty ? "" : row.best.contains(i) ? " *" : "  "
                            return (value?.cell ?? "–") + mark
                        })
            }
            blocks.append(table.text())
        }
        table("METRIC (* best)", found.metrics)
        table("DIFFERENT", found.different)
        if !found.recipeChanges.isEmpty {
            let ends = [found.references.first ?? "", found.references.last ?? ""]
            blocks.append(
                (["recipe: only in \(ends[0]) (-), only in \(ends[1]) (+)"] + found.recipeChanges).joined(
                    separator: "\n") + "\n")
        }
        if !differences, !found.same.isEmpty {
            var same = TextTable([.init("SAME", .left), .init("all", .right)])
            // Equal values need to be read once only.
            for row in found.same { same.add([row.name, (row.values.first ?? nil)?.cell ?? ""]) }
            blocks.append(same.text())
        }
        return blocks.joined(separator: "\n")
    }
}
