import ArgumentParser
import Base
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who moved an alias, when and why, or all that happened to a version.")

    @Argument(help: "An alias, as mnist@production, or a version, as mnist:12.", completion: .versions)
    var reference: String
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let events = try store.log(reference)
            try common.print(.array(events.map(\.json))) { events.map(\.line).joined() }
        }
    }
}

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every event of the store, oldest first.",
        discussion: "With --json, one object a line.")

    @Option(help: "Only events since this time, as 2026-11-01 or 2026-11-01T12:00:00Z.") var since: String?
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            try StandardOutput.write { output in
                try store.models.forEachEvent(since: since) { event in
                    try output.write(common.json ? event.json.text() + "\n" : event.line)
                }
            }
        }
    }
}

extension LoggedEvent {
    var line: String { "\(time)  \(who)  \(summary)\n" }
}
