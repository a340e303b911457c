import ArgumentParser
import Base
import Cellar
import CommandSupport
import Trainer

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a recipe for a table.",
        discussion: """
            The recipe names each column's kind with the reason, the column to predict, a division of the rows, and a network. \
            It can be trained as it is. On a terminal the column to predict is asked for.
            """)

    @Argument(help: "A table (CSV).", completion: .file()) var data: String
    @Option(help: "The column to predict. By default one is chosen by its name or place.") var target: String?
    @Flag(
        inversion: .prefixedNo,
        help: "Whether the first line has column names. (default: found by what the rows look like)")
    var header: Bool?
    @Option(name: .shortAndLong, help: "The recipe to write. By default the table's name with .yaml.")
    var output: String?
    @Option(help: "The model's name. By default the table's.") var name: String?
    @Flag(name: .shortAndLong, help: "Ask nothing.") var yes = false
    @Flag(help: "Replace an existing recipe.") var force = false
    @Flag(help: "Print JSON in the forms of docs/json.md.") var json = false

    func run() throws {
        try reportingErrors(of: "trainer", json: json) {
            var request = InitRequest(data: data, target: target)
            (request.recipe, request.name, request.replaces) = (output, name, force)
            let asks = !yes && !json && target == nil && Terminal.inputIsTerminal && Terminal.error.isTerminal
            // Nobody is asked in vain.
            if asks { try request.freePath() }
            let survey =
                try asks ? askedSurvey() : TableSurvey(path: data, target: target, header: header)
            let result = try initRecipe(request, survey: survey)
            for warning in result.survey.warnings { printWarning(warning, of: "trainer", json: json) }
            if json { return try printOutput(result.json) }
            try printOutput(result.text)
            try printOutput(
                "\nWrote \(result.recipe). Next:\n  \(Invocation().path(of: .trainer)) fit \(shellWord(result.recipe))\n"
            )
        }
    }

    /// Asks for the column to predict until there is an answer that fits, or none.
    private func askedSurvey() throws -> TableSurvey {
        let names = try TableSurvey.columnNames(of: data, header: header)
        // Where no column can be chosen, the user has to.
        let guess = try? TableSurvey(path: data, header: header)
        func tell(_ text: String) {
            printError(String(wrapped(text, to: Terminal.error.width, indent: "  ").dropLast()))
        }
        tell("Columns: " + names.joined(separator: ", "))
        while true {
            let name = guess.map { $0.columns[$0.target].name }
            printQuestion("Column to predict\(name.map { " [\(printable($0))]" } ?? ""):")
            guard let answer = readLine() else {
                printError("")
                throw CellarError(
                    .usage, "no column was chosen, and nothing was written.",
                    remedy: "Use --target to name one, or --yes to take the one in brackets.")
            }
            if let guess, answer.isEmpty || answer == name { return guess }
            if answer.isEmpty { continue }
            do throws(CellarError) {
                return try TableSurvey(path: data, target: answer, header: header)
            } catch {
                // The remedy speaks of options.
                tell(error.message)
            }
        }
    }
}
