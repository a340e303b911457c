import Base
import ArgumentParser

extension ParsableCommand {
    /// Runs the command that the words of a command line name, and leaves the process with its status.
    ///
    /// A wrong command line is ArgumentParser's to explain, with usage, to people; a program that asked for JSON gets
    /// `{"error": {…}}` as for any other error.
    public static func runAsProgram(_ words: some Sequence<String>) -> Never {
        let words = Array(words)
        removeUnfinishedFilesOnSignals()
        do {
            var command = try parseAsRoot(words)
            try command.run()
            exit()
        } catch {
            // An ExitCode has been reported already, and its status may be that of a wrong command line.
            let code = exitCode(for: error)
            guard !(error is ExitCode) else { exit(withError: error) }
            guard code == .validationFailure, words.contains("--json") else {
                // ArgumentParser would print names of files and models as they are.
                let text = fullMessage(for: error)
                guard code == .success else {
                    printError(text)
                    exit(withError: ExitCode(code.rawValue))
                }
                do {
                    try reportingErrors(of: _commandName, json: false) { try printOutput(text) }
                } catch { exit(withError: error) }
                exit()
            }
            printError(CellarError(.usage, message(for: error)).json)
            exit(withError: ExitCode(CellarError.Category.usage.rawValue))
        }
    }
}
