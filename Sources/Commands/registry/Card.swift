import ArgumentParser
import Base
import Cellar
import CommandSupport
import StoreSupport

struct Card: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model card: what a version is, how it was trained, and how well it predicts.",
        discussion: """
            The card is Markdown with the metadata that Hugging Face's model hub reads, or an HTML page. Every number \
            says where the registry has it.
            """)

    @Argument(help: "The version: NAME, NAME:VERSION or NAME@ALIAS.", completion: .versions) var reference:
        String
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the card to this file, whose name ends in .md or .html. (default: Markdown to standard output)",
            valueName: "file"),
        completion: .file(extensions: ["md", "html"]))
    var output: String?
    @Option(help: "The licence, as Hugging Face names it, such as apache-2.0.") var license: String?
    @OptionGroup var common: StoreOptions

    func validate() throws {
        guard let output else { return }
        guard ["md", "html"].contains(FileSystem.suffix(of: output)) else {
            throw ValidationError("--output takes a name that ends in .md or .html.")
        }
    }

    func run() throws {
        try common.run { store in
            let card = try store.card(of: reference, license: license)
            if let output {
                let text = FileSystem.suffix(of: output) == "html" ? card.page.html : card.markdown
                try writeFile(output, Array(text.utf8))
            }
            try common.print(card.json) { output.map(printable) ?? card.markdown }
        }
    }
}
