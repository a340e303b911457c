import ArgumentParser
import Cellar
import CommandSupport
import Base
import StoreSupport

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the details of a version.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let json = try store.show(reference).json
            try common.print(json) {
                var lines: [(name: String, value: String)] = []
                add("", json, to: &lines)
                return Terminal.output.factLines(lines)
            }
        }
    }

    /// One line a fact; a history as its length and ends, a recipe as its length: other subcommands show them whole.
    private func add(_ name: String, _ value: JSON, to lines: inout [(name: String, value: String)]) {
        switch (name, value) {
        case (_, .null): break
        case ("recipe", .string(let text)):
            lines.append((name, "\(text.split(separator: "\n").count) lines (--json)"))
        case ("history", .object(let series)):
            for (key, values) in series.members {
                guard let values = values.array, let first = values.first, let last = values.last else {
                    continue
                }
                lines.append(("history.\(key)", "\(values.count) epochs, \(first.cell) to \(last.cell)"))
            }
        case ("parents", .array(let parents)):
            for parent in parents {
                lines.append((parent["kind"]?.cell ?? name, parent["reference"]?.cell ?? ""))
            }
        case (_, .object(let object)):
            for (key, member) in object.members {
                add(name.isEmpty ? key : name + "." + key, member, to: &lines)
            }
        case (_, .array(let values)) where values.isEmpty: break
        default: lines.append((name, value.cell))
        }
    }
}
