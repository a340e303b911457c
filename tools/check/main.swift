import Foundation

// What `make check` and `make docs` need beside the compiler: see scripts/check.sh. It runs in the repository's folder.
// Prints one line a problem, `file:line: what is wrong; what to do`, and ends with 1 if there is one.

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    let problems: [Problem]
    switch arguments.first {
    case "imports": problems = try importProblems(Manifest.read())
    case "names": problems = try nameProblems()
    case "links": problems = try linkProblems()
    case "flags": problems = try flagProblems(arguments.dropFirst().map(CommandHelp.read))
    case "spelling": problems = try spellingProblems()
    case "picture":
        print(try ModulePicture(Manifest.read(), layers: Layers.read()).svg(), terminator: "")
        problems = []
    case "page":
        print(commandsPage(try arguments.dropFirst().map(CommandHelp.read)), terminator: "")
        problems = []
    default:
        problems = [
            Problem("usage: check imports|names|links|spelling|picture | check flags|page HELP.json …")
        ]
    }
    for problem in problems { print(problem.text) }
    exit(problems.isEmpty ? 0 : 1)
} catch {
    print(error)
    exit(1)
}
