import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct CollectGarbage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract:
            "Permanently remove the files of deleted versions, and temporary files of interrupted saves.")

    @Flag(help: "Print what would be removed, and remove nothing.") var dryRun = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.collectGarbage(dryRun: dryRun)
            try common.print(done.json(dryRun: dryRun)) {
                let verb = dryRun ? "would be removed" : "removed"
                return (done.versions + done.leftovers).map { "\($0) \(verb)\n" }.joined()
                    + done.remaining.map { "\($0); the next gc tries again\n" }.joined()
                    + "\(done.size) bytes \(dryRun ? "would be free" : "freed")"
            }
        }
    }
}
