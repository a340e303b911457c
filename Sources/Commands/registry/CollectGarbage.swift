import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct CollectGarbage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove the files of deleted versions for good, and leftovers of broken saves.")

    @Flag(help: "Only say what would go.") var dryRun = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.collectGarbage(dryRun: dryRun)
            try common.print(done.json(dryRun: dryRun)) {
                let verb = dryRun ? "would be removed" : "removed"
                return (done.versions + done.leftovers).map { "\($0) \(verb)\n" }.joined()
                    + "\(done.size) bytes \(dryRun ? "would be free" : "freed")"
            }
        }
    }
}
