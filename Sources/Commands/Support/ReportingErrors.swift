import ArgumentParser
import Glibc
import Base

/// Runs a command's body; an error becomes one or two lines on standard error and an exit status.
///
/// - Parameters:
///   - command: its name, which people see before the message.
///   - json: a program reads the error, as `{"error": {…}}`, rather than a person.
public func reportingErrors<Result>(
    of command: String, json: Bool = false, _ body: () throws -> Result
) throws -> Result {
    do {
        return try body()
    } catch {
        // These are ArgumentParser's own: it prints usage, help or nothing, and knows the status.
        if error is ExitCode || error is CleanExit || error is ValidationError { throw error }
        throw report(CellarError(error), of: command, json: json)
    }
}

/// Prints the error and returns what makes ArgumentParser leave with its status, silently.
@discardableResult
public func report(_ error: CellarError, of command: String, json: Bool) -> ExitCode {
    if error.category != .outputClosed {
        if json { printError(error.json) } else { printError("\(command): \(error)") }
    }
    return ExitCode(error.category.rawValue)
}

/// Prints what the user should know before trusting a result: a line for people, or `{"warning": {"message": …}}`.
public func printWarning(_ text: String, of command: String, json: Bool) {
    if json { return printError(["warning": ["message": .string(text)]]) }
    printError("\(command): warning: \(text)")
}

/// Prints the text and a newline on standard error, in lines that fit a terminal. A text from a file cannot send commands to the
/// terminal.
public func printError(_ text: String) {
    let clean = String(decoding: escapingControls(Array(text.utf8), in: .lines), as: UTF8.self)
    writeAsItIs(Array(Terminal.error.proseLines(clean).utf8) + [UInt8(ascii: "\n")])
}

/// Prints the value on one line of standard error.
public func printError(_ value: JSON) {
    writeAsItIs(escapingControls(Array(value.text().utf8), in: .lines) + [UInt8(ascii: "\n")])
}

/// Prints a question on standard error; the answer follows on the same line.
public func printQuestion(_ text: String) {
    writeAsItIs(escapingControls(Array(text.utf8), in: .lines) + [UInt8(ascii: " ")])
}

/// Writes a part of a progress bar, which a carriage return may begin.
func writeToStandardError(_ text: String) {
    let bytes = Array(text.utf8)
    let start = bytes.first == UInt8(ascii: "\r") ? 1 : 0
    writeAsItIs(Array(bytes[..<start]) + escapingControls(Array(bytes[start...]), in: .lines))
}

/// There is nobody to tell where this fails.
private func writeAsItIs(_ bytes: [UInt8]) {
    try? bytes.span.write(to: STDERR_FILENO, path: "standard error")
}
