import ArgumentParser

/// The plain calls, `infer digit.png` and its like, go past ArgumentParser: it takes a third of their time, nearly all
/// of it in looking up types while the program runs. What it does with such a call is done here; whatever has any other
/// form, it gets.
@main
enum Main {
    static func main() {
        guard let command = PredictCommand.plain(CommandLine.arguments.dropFirst()) else {
            return InferCommand.main()
        }
        do { try command.run() } catch { InferCommand.exit(withError: error) }
    }
}

extension PredictCommand {
    /// Understands `FILE… [--model REF] [--store DIR] [--json]`; nil for anything else.
    static func plain(_ words: ArraySlice<String>) -> PredictCommand? {
        let subcommands = InferCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let first = words.first, !subcommands.contains(first), first != "help" else { return nil }
        var files: [String] = []
        var models: [String] = []
        var store: String?
        var json = false
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--json": json = true
            case "--store", "--model":
                guard let value = words.next(), !value.hasPrefix("-") else { return nil }
                if word == "--model" { models.append(value) } else { store = value }
            case _ where word.hasPrefix("-"): return nil
            default: files.append(word)
            }
        }
        guard !files.isEmpty else { return nil }
        var place = StoreArguments()
        place.store = store
        place.json = json
        var choice = ModelArguments()
        choice.place = place
        choice.model = models
        choice.classes = nil
        choice.features = nil
        choice.white = nil
        choice.threads = 1
        var command = PredictCommand()
        command.files = files
        command.arguments = choice
        return command
    }
}
