import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Protect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Protect an alias: it is then moved and removed only with --force.")

    @Argument(help: "The alias, as mnist@production.", completion: .versions) var alias: String
    @Flag(help: "End the protection.") var remove = false
    @Option(help: "The reason, recorded in the log.") var reason = "by hand"
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.protect(alias, isProtected: !remove, reason: reason)
            try common.print(done.json) {
                "\(done.alias) is \(done.isProtected ? "protected" : "no longer protected")"
            }
        }
    }
}
