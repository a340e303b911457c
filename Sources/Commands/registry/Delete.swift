import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete versions (undo with `restore` until `gc`).", aliases: ["rm"])

    @Argument(help: "Versions, as mnist:3.", completion: .versions) var references: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let deleted = try store.delete(references)
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
