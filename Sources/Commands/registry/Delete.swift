import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take versions out of use; `restore` brings them back until `gc`.")

    @Argument(help: "Versions, as mnist:3.") var references: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            // `mnist` means something else after each deletion, so all are looked up first.
            let versions = try references.map { try store.version($0) }
            for version in versions { try store.delete(version.reference) }
            try common.print(.array(versions.map { .string($0.reference) })) {
                versions.map {
                    "\($0.reference) is deleted; registry restore \($0.reference) brings it back\n"
                }.joined()
            }
        }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring deleted versions back.")

    @Argument(help: "Versions, as mnist:3.") var references: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let versions = try references.map { try store.restore($0) }
            try common.print(.array(versions.map { $0.json(in: common.folder) })) {
                versions.map { "\($0.reference) is back\n" }.joined()
            }
        }
    }
}
