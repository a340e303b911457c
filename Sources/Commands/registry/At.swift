import ArgumentParser
import Base
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct At: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the versions and aliases as they were at a time.")

    @Argument(help: "A day, as 2026-11-01 (its end), or a second, as 2026-11-01T12:00:00Z.") var time: String
    @Argument(help: "Only versions of this model.", completion: .models) var model: String?
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let then = try store.at(time)
            let versions = try then.list(ListRequest(model: model)).versions
            try common.print(.array(versions.map(then.json(of:)))) {
                var table = TextTable([
                    .init("VERSION", .left), .init("ALIASES", .left), .init("CREATED", .left),
                    .init("SHA-256", .left),
                ])
                for version in versions {
                    table.add([
                        version.reference, version.aliases.joined(separator: ","), version.created,
                        String(version.sha256.prefix(12)),
                    ])
                }
                return table.text()
            }
        }
    }
}
