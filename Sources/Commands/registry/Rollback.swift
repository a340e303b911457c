import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back the last move of an alias; again, the one before it.")

    @Argument(help: "The alias, as mnist@production.") var alias: String
    @Option(help: "Why; kept with the move.") var reason = "rolled back"
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let (model, name) = try splitAlias(alias)
            let done = try store.rollback(model: model, alias: name, reason: reason)
            try common.print(done.json) { done.text }
        }
    }
}
