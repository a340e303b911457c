import ArgumentParser
import CommandSupport
import Base

/// The manual page of a command and its subcommands, made of the texts that `--help` shows. The form is that of
/// groff_man(7).
func manualPage(of command: any ParsableCommand.Type) throws -> String {
    let name = command._commandName
    let configuration = command.configuration
    // No date: the same sources give the same page.
    var page =
        """
        .TH \(name.uppercased()) 1 "" "\(escaped(configuration.version))" "Cellar"
        .SH NAME
        \(name) \\- \(escaped(configuration.abstract))
        .SH SYNOPSIS
        \(paragraphs(command.usageString()))
        .SH DESCRIPTION
        \(paragraphs(configuration.discussion))

        """
    let subcommands = configuration.subcommands.filter { $0.configuration.shouldDisplay }
    if !subcommands.isEmpty { page += ".SH COMMANDS\n" }
    for subcommand in subcommands { page += try section(of: subcommand, in: command) }
    page += ".SH OPTIONS\n" + (try arguments(of: command))
    page +=
        """
        .SH EXIT STATUS
        0 success, 64 wrong usage, 65 bad data, 66 missing input, 70 internal fault, 73 output cannot be created, \
        74 input/output error, 77 no permission, 141 the reader of the output has gone.
        .SH ENVIRONMENT
        .TP
        .B CELLAR_STORE
        The folder of models. \\-\\-store goes before it; without both it is
        .IR models .
        .SH SEE ALSO
        \(["cellar", "infer", "registry", "trainer"].filter { $0 != name }.map { ".BR \($0) (1)" }.joined(separator: ",\n"))

        """
    return page
}

private func section(of subcommand: any ParsableCommand.Type, in command: any ParsableCommand.Type) throws
    -> String
{
    let configuration = subcommand.configuration
    var text = ".SS \(([subcommand._commandName] + configuration.aliases).joined(separator: ", "))\n"
    text += paragraphs(command.usageString(for: subcommand)) + "\n.PP\n"
    text += paragraphs(configuration.abstract) + "\n"
    if !configuration.discussion.isEmpty { text += ".PP\n" + paragraphs(configuration.discussion) + "\n" }
    // The commands of `cellar` have pages of their own, and these have the options.
    return text + (configuration.subcommands.isEmpty ? try arguments(of: subcommand) : "")
}

/// The arguments and options, each with its help. They are read from ArgumentParser's description of the command in
/// JSON, which is what its own generators of manual pages read.
private func arguments(of command: any ParsableCommand.Type) throws -> String {
    let described = try JSON(parsing: command._dumpHelp())
    var text = ""
    for argument in described["command"]?["arguments"]?.array ?? []
    where argument["shouldDisplay"]?.bool != false {
        let value = argument["valueName"]?.string.map { "<\($0)>" } ?? ""
        let names = (argument["names"]?.array ?? []).map { name in
            (name["kind"]?.string == "long" ? "--" : "-") + (name["name"]?.string ?? "")
        }
        let isFlag = argument["kind"]?.string == "flag"
        let title = names.isEmpty ? value : names.joined(separator: ", ") + (isFlag ? "" : " " + value)
        text += ".TP\n.B \(escaped(title))\n\(escaped(argument["abstract"]?.string ?? ""))"
        if let standard = argument["defaultValue"]?.string { text += escaped(" (default: \(standard))") }
        text += "\n"
    }
    return text
}

/// Text whose lines are kept where a paragraph has several, as they are then a list or examples.
private func paragraphs(_ text: String) -> String {
    var parts: [String] = []
    for paragraph in text.split(separator: "\n\n") {
        parts.append(
            paragraph.contains("\n")
                ? ".nf\n" + escaped(String(paragraph)) + "\n.fi" : escaped(String(paragraph)))
    }
    return parts.joined(separator: "\n.PP\n")
}

/// The text with what roff would read as its own: backslashes, hyphens, and dots and quotes that begin a line.
private func escaped(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        let line = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }
    return lines.joined(separator: "\n")
}
