import ArgumentParser
import CommandSupport
import Glibc
import InferCommand
import Base
import RegistryCommand
import TrainerCommand

extension ParsableCommand {
    /// Runs the command that the words name. An unknown subcommand is an error that suggests a known one.
    static func runOrSuggest(_ words: some Sequence<String>) -> Never {
        let words = Array(words)
        if let message = unknownSubcommand(words[...], of: Self.self, path: [_commandName]) {
            exit(
                withError: report(
                    CellarError(.usage, message), of: _commandName, json: words.contains("--json")))
        }
        runAsProgram(words)
    }
}

/// The error message for a first word that should be a subcommand and is none; nil where nothing is wrong with it.
///
/// - Parameter path: What to type for the command, as `["cellar", "registry"]`.
func unknownSubcommand(
    _ words: ArraySlice<String>, of command: any ParsableCommand.Type, path: [String]
) -> String? {
    let known = command.configuration.subcommands
    guard let word = words.first, !word.isEmpty, !word.hasPrefix("-"), word != "help", !known.isEmpty else {
        return nil
    }
    if let found = known.first(where: { $0._commandName == word || $0.configuration.aliases.contains(word) })
    {
        return unknownSubcommand(words.dropFirst(), of: found, path: path + [found._commandName])
    }
    let suggestion = suggestion(for: word, of: command, path: path)
    if command.configuration.defaultSubcommand != nil {
        // The word is an argument of the default subcommand, unless it is a misspelt subcommand.
        guard suggestion != nil, !word.contains("/"), !word.contains("."), unsafe access(word, F_OK) != 0
        else {
            return nil
        }
    }
    let place = path.joined(separator: " ")
    let next = suggestion.map { "did you mean `\($0)`?" } ?? "`\(place) --help` lists the commands."
    return "no such command `\(word)`; \(next)"
}

/// What to type instead of the unknown subcommand `word`: a subcommand that other programs call so, one that is spelt
/// almost so, or one of another command.
private func suggestion(for word: String, of command: any ParsableCommand.Type, path: [String]) -> String? {
    let names = shownSubcommands(of: command)
    if let name = meant(by: word, in: names) ?? nearest(word, in: names) {
        return path.joined(separator: " ") + " " + name
    }
    for other in Invocation.Command.allCases where other.rawValue != command._commandName {
        let type: any ParsableCommand.Type =
            switch other {
            case .trainer: TrainerCommand.self
            case .registry: RegistryCommand.self
            case .infer: InferCommand.self
            }
        if let name = meant(by: word, in: shownSubcommands(of: type)) {
            return Invocation().path(of: other) + " " + name
        }
    }
    return nil
}

// (A key path to a static member of a metatype, instead of the closure, crashes Swift 6.3.)
private func shownSubcommands(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
}

private func meant(by word: String, in names: [String]) -> String? {
    let word = word.lowercased()
    return names.first { $0 == word }
        ?? habits.first { $0.words.contains(word) && names.contains($0.subcommand) }?.subcommand
}

/// Names that other programs have for our subcommands. (`ls` and `rm` are aliases that work.)
private let habits: [(words: [String], subcommand: String)] = [
    (["add", "push", "register"], "import"),
    (["cat", "describe"], "show"),
    (["download", "pull"], "export"),
    (["check", "fsck"], "verify"),
    (["vs"], "compare"),
    (["dir", "search", "find", "versions"], "list"),
    (["log"], "history"),
    (["prune", "clean"], "gc"),
    (["remove", "del", "uninstall"], "delete"),
    (["reindex"], "rebuild"),
    (["undelete", "undo"], "restore"),
    (["alias"], "promote"),
    (["train", "run", "resume"], "fit"),
    (["eval", "test"], "evaluate"),
]
