import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete versions (undo with `restore` until `gc`).",
        discussion: """
            A name alone, such as mnist, means all versions of the model: at a terminal you are asked first, elsewhere it \
            needs --all.
            """, aliases: ["rm"])

    @Argument(help: "Versions, as mnist:3, or models.", completion: .versions) var references: [String]
    @Flag(help: "Delete all versions of a model that is named without a version, and do not ask.")
    var all = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let models = all || common.json ? [] : try store.wholeModels(of: references)
            let asks = !models.isEmpty && Terminal.output.isTerminal && Terminal.inputIsTerminal
            if asks {
                let text = models.map { "all \($0.versions) versions of \($0.name)" }.joined(
                    separator: " and ")
                try printOutput("Delete \(text)? [y/N] ")
                guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else {
                    return try printOutput("Nothing was deleted.\n")
                }
            }
            let deleted = try store.delete(references, all: all || asks)
            try common.print(deleted.json) {
                deleted.versions.map {
                    "\($0.reference) is deleted; registry restore \($0.reference) brings it back\n"
                }.joined()
            }
        }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Restore deleted versions.")

    @Argument(help: "Versions, as mnist:3.") var references: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let restored = try store.restore(references)
            try common.print(restored.json) {
                restored.versions.map { "\($0.reference) is back\n" }.joined()
            }
        }
    }
}
