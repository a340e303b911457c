import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the index anew from the logs.",
        discussion: """
            Model files that no log names are registered, in the order of their dates. Any command brings the index up to date; \
            this one does not believe anything in it.
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
