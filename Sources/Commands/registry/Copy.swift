import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Copy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp",
        abstract: "Copy a version into another store, or under another name.",
        discussion: """
            registry cp mnist@production --to /srv/models
            registry cp mnist:3 --as digits

            Tags and lineage go with it, and so do its aliases, unless they point to another version there.
            """, aliases: ["copy"])

    @Argument(help: "The version: mnist:3, mnist@best.", completion: .versions) var reference: String
    @Option(help: "The folder of the other store.", completion: .directory) var to: String?
    @Option(name: .customLong("as"), help: "The model's name there.") var name: String?
    @Flag(help: "Copy the versions that it came from, too.") var ancestors = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let copied = try store.copy(reference, to: to, as: name, ancestors: ancestors)
            try common.print(copied.json) {
                let place = to.map { " in \($0)" } ?? ""
                let version = copied.version.reference
                return copied.ancestors.map { "\($0)\(place) is an ancestor\n" }.joined()
                    + (copied.isNew
                        ? "\(version)\(place) is a copy of \(reference)\n"
                        : "\(version)\(place) has the same file already\n")
                    + copied.keptAliases.map {
                        "\(copied.version.model)@\($0)\(place) still points to another version\n"
                    }.joined()
            }
        }
    }
}

struct Rename: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a model another name.",
        discussion: """
            Everything stays: numbers, files, tags, evaluations, aliases with their moves. Programs that ask for the old \
            name must be changed.
            """, aliases: ["mv"])

    @Argument(help: "The model's name.", completion: .versions) var old: String
    @Argument(help: "The new name, which no model has or had.") var new: String
    @Flag(help: "Rename it also if an alias is protected.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.rename(old, to: new, isForced: force)
            try common.print(done.json) {
                "\(old) is called \(new) now: \(counted(done.versions.count, "version")), "
                    + "\(counted(done.aliases.count, "alias", "aliases"))\n"
            }
        }
    }
}
