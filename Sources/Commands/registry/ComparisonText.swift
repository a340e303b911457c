import CommandSupport
import Registry

extension Comparison {
    /// Tables of metrics, of what differs, and of what is the same.
    func blocks(differencesOnly: Bool) -> [String] {
        var blocks: [String] = []
        func table(_ title: String, _ rows: [Comparison.Fact]) {
            if rows.isEmpty { return }
            var table = TextTable([.init(title, .left)] + references.map { .init($0, .right) })
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
        table("METRIC (* best)", metrics)
        table("DIFFERENT", different)
        if !recipeChanges.isEmpty {
            let ends = [references.first ?? "", references.last ?? ""]
            blocks.append(
                (["recipe: only in \(ends[0]) (-), only in \(ends[1]) (+)"] + recipeChanges).joined(
                    separator: "\n") + "\n")
        }
        if !differencesOnly, !same.isEmpty {
            var table = TextTable([.init("SAME", .left), .init("all", .right)])
            // Equal values need to be read once only.
            for row in same { table.add([row.name, (row.values.first ?? nil)?.cell ?? ""]) }
            blocks.append(table.text())
        }
        return blocks
    }
}
