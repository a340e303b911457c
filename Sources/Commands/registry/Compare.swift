import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare versions: metrics first, then what differs, then what is the same.")

    @Argument(help: "Two or more versions; or one model, for its two newest.", completion: .versions)
    var references: [String]
    @Flag(help: "Leave out what is the same.") var differences = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let found = try store.compare(try versions(store))
            try common.print(json(found)) { text(found) }
        }
    }

    private func versions(_ store: ModelStore) throws -> [ModelVersion] {
        if references.count > 1 { return try references.map { try store.version($0) } }
        let newest = try store.version(references[0])
        let two = try store.list(Query(model: newest.model, sort: "version", limit: 2)).versions
        guard newest.reference == references[0] + ":\(newest.number)", two.count == 2 else {
            throw CellarError(
                .usage,
                "expected two versions or more to compare, as registry compare mnist:1 mnist:2; found \(references[0]) "
                    + "alone.")
        }
        return two.reversed()
    }

    private func text(_ found: Comparison) -> String {
        let terminal = Terminal.output
        var blocks: [String] = []
        func table(_ title: String, _ rows: [Comparison.Fact]) {
            if rows.isEmpty { return }
            var table = TextTable([.init(title, .left)] + found.references.map { .init($0, .right) })
            for row in rows {
                table.add(
                    [row.name]
                        + row.values.enumerated().map { i, value in
                            let mark =
                                row.best.isEmpty || !terminal.isTerminal
                                ? "" : row.best.contains(i) ? " *" : "  "
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

    private func json(_ found: Comparison) -> JSON {
        func rows(_ rows: [Comparison.Fact]) -> JSON {
            .array(rows.map { ["name": .string($0.name), "values": .array($0.values.map { $0 ?? .null })] })
        }
        return [
            "versions": .array(found.references.map { .string($0) }),
            "metrics": .array(
                found.metrics.map { row in
                    [
                        "name": .string(row.name), "values": .array(row.values.map { $0 ?? .null }),
                        "best": .array(row.best.map { .string(found.references[$0]) }),
                    ]
                }),
            "different": rows(found.different), "same": rows(found.same),
            "recipe_changes": .array(found.recipeChanges.map { .string($0) }),
        ]
    }
}
