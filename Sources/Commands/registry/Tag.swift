import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set notes on a version, as owner=ann. An empty value removes a note.")

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best.", completion: .versions)
    var reference: String
    @Argument(help: "Notes, as owner=ann \"note=first try\" draft=.") var notes: [String]
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let details = try store.tag(TagRequest(reference: reference, notes: notes))
            try common.print(details.json) {
                let tags = details.tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
                return "\(details.version.reference): \(tags.isEmpty ? "no notes" : tags)"
            }
        }
    }
}
