import ArgumentParser
import Glibc
import Base

/// Runs a command's body; an error becomes one or two lines on standard error and an exit status.
///
///     func run() throws {
///         try reportingErrors(of: "infer", json: json, describe: describe) { … }
///     }
///
/// - Parameters:
///   - command: its name, which people see before the message.
///   - json: a program reads the error, as `{"error": {…}}`, rather than a person.
///   - describe: knows the errors of the modules that the command joins; nil for any other error.
public func reportingErrors<Result>(
    of command: String, json: Bool = false, describe: (any Error) -> CellarError? = { _ in nil },
    _ body: () throws -> Result
) throws -> Result {
    do {
        return try body()
    } catch {
        throw reported(error, command, json, describe)
    }
}

/// Prints the error and returns what makes ArgumentParser leave with its status, silently.
private func reported(
    _ error: any Error, _ command: String, _ json: Bool, _ describe: (any Error) -> CellarError?
) -> any Error {
    // These are ArgumentParser's own: it prints usage, help or nothing, and knows the status.
    if error is ExitCode || error is CleanExit || error is ValidationError { return error }
    let failure = describe(error) ?? CellarError(describing: error)
    if failure.status != .outputClosed {
        printError(json ? failure.json.text() : "\(command): \(failure.text)")
    }
    return ExitCode(failure.status.rawValue)
}

/// Prints the text and a newline on standard error. A text from a file cannot send commands to the terminal.
public func printError(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    writeToStandardError(lines.map { printable(String($0)) }.joined(separator: "\n") + "\n")
}

/// Writes the text as it is. There is nobody to tell where this fails.
func writeToStandardError(_ text: String) {
    try? writeAll(Array(text.utf8).span, to: STDERR_FILENO)
}
