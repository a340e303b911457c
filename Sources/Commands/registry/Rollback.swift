import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo the last move of an alias. Repeat to undo earlier moves.")

    @Argument(help: "The alias, as mnist@production.", completion: .versions) var alias: String
    @Option(help: "The reason, recorded with the move.") var reason = "rolled back"
    @Flag(help: "Also a protected alias.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.rollback(alias, reason: reason, force: force)
            try common.print(done.json) { done.text }
        }
    }
}
