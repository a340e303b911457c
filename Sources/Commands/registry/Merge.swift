import ArgumentParser
import Cellar
import CommandSupport
import Registry
import StoreSupport

struct MergeStores: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Take over versions, aliases, tags and events of another store.",
        discussion: """
            A second merge changes nothing. Numbers given here stay; a version of the other store whose number is taken gets \
            the next free one, which is printed and recorded.
            """)

    @Argument(help: "The folder of the other store.", completion: .directory) var other: String
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.merge(other)
            try common.print(done.json) {
                if done.events == 0 { return "nothing new in \(other)" }
                return
                    "\(counted(done.versions.count, "version")) and \(counted(done.events, "event")) are new here\n"
                    + done.replaced.map { "\($0.there) of the other store is \($0.here) here\n" }.joined()
                    + done.withoutFile.map { "\($0) has no sound file in the other store either\n" }.joined()
            }
        }
    }
}
