import ArgumentParser
import Base
import Cellar
import CommandSupport
import StoreSupport

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a version again from its lineage, and compare the weights.",
        discussion: """
            Recipe, data, seed, threads and parents are those in the model file; data and parents are checked by their \
            SHA-256. Nothing is saved. Ends with status 65 where the weights differ.
            """)

    @Argument(help: "The version, as wine:1.", completion: .versions) var reference: String
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let done = try store.reproduce(reference, progress: .warnings(json: common.json))
            try common.print(done.json) {
                let notes = done.differences.map { "  \($0)\n" }.joined()
                return done.isEqual
                    ? "\(done.reference) is reproduced: its weights have SHA-256 \(done.found)\n" + notes
                    : "\(done.reference) is not reproduced: its weights have SHA-256 \(done.expected), the new ones \(done.found)\n"
                        + (notes.isEmpty ? "  no input differs; a version of this program may\n" : notes)
            }
            if !done.isEqual { throw ExitCode(CellarError.Category.badData.rawValue) }
        }
    }
}
