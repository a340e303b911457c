import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct LineageOf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage", abstract: "Show where a version came from and what came of it.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Flag(help: "As a graph for Graphviz: registry lineage mnist --dot | dot -Tsvg.") var dot = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let lineage = try store.lineage(of: try store.version(reference))
            try common.print([
                "reference": .string(lineage.name), "ancestors": json(lineage.ancestors),
                "descendants": json(lineage.descendants),
            ]) { dot ? lineage.dot : lineage.text }
        }
    }

    private func json(_ nodes: [Lineage.Relative]) -> JSON {
        .array(
            nodes.map { node in
                [
                    "reference": .string(node.name), "sha256": .string(node.sha256),
                    "kind": node.kind.map { .string($0.rawValue) } ?? .null,
                    "created": node.created.map { .string($0) } ?? .null,
                    "remark": node.remark.map { .string($0) } ?? .null, "next": json(node.next),
                ]
            })
    }
}
