import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare versions: metrics first, then what differs.",
        discussion: """
            A * marks the best value of a metric whose name tells which end is better. Where the window is narrower than \
            the table, versions are shown in several blocks, and a legend has the names and values that were cut.
            """)

    @Argument(
        help: "2 to 50 versions, or one model to compare its two newest versions.", completion: .versions)
    var references: [String]
    @Flag(help: "Show what is the same, too.") var all = false
    // Earlier releases had the opposite default.
    @Flag(help: .hidden) var differences = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if all && differences { throw ValidationError("--all and --differences exclude each other.") }
    }

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
            let table = FactTable(
                title, of: found.references,
                rows.map { row in
                    .init(row.name, row.values.map { $0?.cell ?? "–" }, best: row.best)
                })
            blocks.append(table.text())
        }
        table("METRIC (* best)", found.metrics)
        table("DIFFERENT", found.different)
        if !found.recipeChanges.isEmpty {
            let ends = [found.references.first ?? "", found.references.last ?? ""]
            let title = "recipe: only in \(ends[0]) (-), only in \(ends[1]) (+)"
            let terminal = Terminal.output
            blocks.append(
                ([title] + found.recipeChanges).map { line in
                    terminal.isTerminal ? wrapped(line, to: terminal.width, indent: "    ") : line + "\n"
                }.joined())
        }
        if all, !found.same.isEmpty {
            // Equal values need to be read once only.
            let rows = found.same.map { FactTable.Row($0.name, [($0.values.first ?? nil)?.cell ?? ""]) }
            blocks.append(FactTable("SAME", of: ["all"], rows).text())
        } else if !found.same.isEmpty, Terminal.output.isTerminal {
            blocks.append(
                "\(counted(found.same.count, "fact is", "facts are")) the same: --all shows them.\n")
        }
        return blocks.joined(separator: "\n")
    }
}
