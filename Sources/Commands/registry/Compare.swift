import ArgumentParser
import Cellar
import CommandSupport
import StoreSupport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare versions: metrics first, then what differs, then what is the same.")

    @Argument(
        help: "Two or more versions, or one model to compare its two newest versions.", completion: .versions)
    var references: [String]
    @Flag(help: "Omit rows that are equal.") var differences = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let found = try store.compare(references)
            try common.print(found.json) {
                found.blocks(differencesOnly: differences).joined(separator: "\n")
            }
        }
    }
}
