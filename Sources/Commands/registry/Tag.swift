import Base
import ArgumentParser
import CommandSupport
import Registry
import StoreSupport

struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set notes on a version, as owner=ann; an empty value takes one away.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Argument(help: "Notes, as owner=ann \"note=first try\" draft=.") var notes: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            var (set, remove): ([ModelStore.VersionTag], [String]) = ([], [])
            for note in notes {
                guard let equals = note.firstIndex(of: "=") else {
                    throw CellarError(.usage, "expected a note as key=value, found \"\(note)\".")
                }
                let (key, value) = (String(note[..<equals]), String(note[note.index(after: equals)...]))
                if value.isEmpty { remove.append(key) } else { set.append(.init(key: key, value: value)) }
            }
            let version = try store.tag(reference, set: set, remove: remove)
            try common.print(store.fullJSON(of: version, in: common.folder)) {
                let tags = try store.tags(of: version).map { "\($0.key)=\($0.value)" }
                return "\(version.reference): \(tags.isEmpty ? "no notes" : tags.joined(separator: ", "))"
            }
        }
    }
}
