import Base
import CommandSupport
import Registry

extension Comparison {
    /// The parts of a comparison for people.
    ///
    /// - Parameter all: Also shows the values that are the same.
    func blocks(all: Bool) -> [String] {
        var blocks: [String] = []
        func table(_ title: String, _ rows: [Comparison.Fact]) {
            if rows.isEmpty { return }
            let table = FactTable(
                title, of: self.references,
                rows.map { row in
                    .init(row.name, row.values.map { $0?.cell ?? "–" }, best: row.best)
                })
            blocks.append(table.text())
        }
        table("METRIC (* best)", self.metrics)
        table("DIFFERENT", self.different)
        if !self.recipeChanges.isEmpty {
            let ends = [self.references.first ?? "", self.references.last ?? ""]
            let title = "recipe: only in \(ends[0]) (-), only in \(ends[1]) (+)"
            blocks.append(
                ([title] + self.recipeChanges).map { Terminal.output.prose($0, indent: "    ") }.joined())
        }
        if all, !self.same.isEmpty {
            // Equal values need to be read once only.
            let rows = self.same.map { FactTable.Row($0.name, [($0.values.first ?? nil)?.cell ?? ""]) }
            blocks.append(FactTable("SAME", of: ["all"], rows).text())
        } else if !self.same.isEmpty, Terminal.output.isTerminal {
            blocks.append(
                "\(counted(self.same.count, "fact is", "facts are")) the same: --all shows them.\n")
        }
        return blocks
    }
}
