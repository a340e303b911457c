import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rebuild the index from the model files.",
        discussion: """
            Versions keep their numbers, which versions.jsonl has too; files that are new are numbered by their date. \
            Aliases and tags come from aliases.json.
            """)

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.rebuild()
            try common.print(done.json) {
                "\(counted(done.versions, "version")) and \(counted(done.aliases, "alias", "aliases")) indexed\n"
                    + done.unreadable.map { "left out: \($0)\n" }.joined()
            }
        }
    }
}
