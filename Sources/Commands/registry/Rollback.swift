import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back the last move of an alias; again, the one before it.")

    @Argument(help: "The alias, as mnist@production.", completion: .versions) var alias: String
    @Option(help: "Why; kept with the move.") var reason = "rolled back"
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.rollback(alias, reason: reason)
            try common.print(done.json) { done.text }
        }
    }
}
